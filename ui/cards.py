"""Cards and chips of the web page. All text of a catalogue or a visitor is escaped here."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from chatbot.events import Card
from chatbot.lexicon import WARNING_FACETS, Lexicon
from chatbot.profile import SIMILAR, Profile, ProfileChange, Removal
from retrieval.item import Item, Schema

MARKS = {
    "like": "You like this.",
    "dislike": "Not for you: noted.",
    "seen": "You have seen this: noted.",
}


def card_html(place: int, item: Item, reason: str, schema: Schema, mark: str = "") -> str:
    """One card: title, facts, reason, prose, warnings."""
    prose = next(
        (str(item.fields[f]) for f in schema.named("description") if item.fields.get(f)), ""
    )
    warned = [v for f in schema.facets if f in WARNING_FACETS for v in item.values(f)]
    parts = [
        f"<h3>{place}. {escape(item.label())}</h3>",
        f'<div class="facts">{escape(_facts(item, schema))}</div>',
        f'<div class="reason">{escape(reason)}</div>' if reason else "",
        f'<div class="prose">{escape(prose)}</div>' if prose else "",
        f'<div class="notes">Be warned: {escape(", ".join(warned))}</div>' if warned else "",
        f'<div class="mark">{escape(mark)}</div>' if mark else "",
    ]
    return f'<article class="tm-card">{"".join(parts)}</article>'


def _facts(item: Item, schema: Schema) -> str:
    numbers = [
        f"{n:g} min" if f in ("runtime", "duration") else f"{f} {n:g}"
        for f in schema.numbers
        if f != "year" and (n := item.number(f)) is not None
    ]
    named = [f for f in schema.named("facet") if f not in WARNING_FACETS]
    named.sort(key=lambda f: f in ("countries", "country"))
    facets = [", ".join(item.values(f)[:4]) for f in named if f != "tags"]
    people = [", ".join(item.values(f)[:3]) for f in schema.named("person")]
    return " · ".join(part for part in (*facets[:2], *people, *numbers) if part)


@dataclass(frozen=True)
class Chip:
    """A piece of the profile that can be taken away by one click: what it says, what it removes."""

    text: str
    change: ProfileChange


def chips(profile: Profile, lexicon: Lexicon) -> list[Chip]:
    """The profile as chips: everything that came from the same words is one chip."""
    by_quote: dict[tuple[str, int, str], list[Removal]] = {}
    for want in profile.wants:
        text = f"like {want.label}" if want.facet == SIMILAR else want.name
        removal = Removal("wants", want.facet, want.value)
        by_quote.setdefault((f"♥ {text}", want.turn, "w"), []).append(removal)
    for avoid in profile.avoids:
        removal = Removal("avoids", avoid.facet, avoid.value)
        by_quote.setdefault((f"⊘ {avoid.name}", avoid.turn, "a"), []).append(removal)
    for limit in profile.limits:
        removal = Removal("limits", limit.facet, limit.value, limit.op)
        text = limit.quote if limit.whole else f"{limit.facet} {limit.op} {limit.value}"
        by_quote.setdefault((f"≷ {text}", limit.turn, "l"), []).append(removal)
    found = [Chip(text, ProfileChange(removals=tuple(r))) for (text, _, _), r in by_quote.items()]
    for sign, section, ids in (
        ("♥ liked", "liked", profile.liked),
        ("⊘ not", "disliked", profile.disliked),
        ("✓ seen", "seen", profile.seen),
    ):
        for id in ids:
            change = ProfileChange(removals=(Removal(section, "", id),))  # type: ignore[arg-type]
            found.append(Chip(f"{sign} {lexicon.items[id].title}", change))
    return found


def mark_of(id: str, profile: Profile) -> str:
    """What the visitor said of an item by clicking."""
    marks = [MARKS["like"] if id in profile.liked else ""]
    marks += [MARKS["dislike"] if id in profile.disliked else ""]
    marks += [MARKS["seen"] if id in profile.seen else ""]
    return " ".join(m for m in marks if m)


def slots(cards: Sequence[Card], schema: Schema, profile: Profile, length: int) -> list[str]:
    """The HTML of each place on the page; empty for places that are not filled."""
    filled = [
        card_html(n, card.item, card.reason, schema, mark_of(card.item.id, profile))
        for n, card in enumerate(cards, 1)
    ]
    return (filled + [""] * length)[:length]
