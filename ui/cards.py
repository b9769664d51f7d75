"""Cards and chips of the web page. All text of a catalogue or a visitor is escaped here."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from chatbot.edits import ByHand
from chatbot.events import Card
from chatbot.guesses import Guess
from chatbot.lexicon import Lexicon
from chatbot.profile import (
    SIMILAR,
    Edit,
    EditAction,
    Preference,
    Profile,
    ProfileChange,
    Removal,
    can_flip,
    level,
    restrengthened,
)
from chatbot.profile_text import avoided, rests_on, wanted
from retrieval.item import WARNING_FACETS, Item, Schema

MARKS = {
    "like": "You like this.",
    "dislike": "Not for you: noted.",
    "seen": "You have seen this: noted.",
}


def card_html(
    place: int,
    item: Item,
    reason: str,
    schema: Schema,
    mark: str = "",
    labels: Sequence[str] = (),
) -> str:
    """One card: title, labels, facts, reason, prose, warnings."""
    prose = next(
        (str(item.fields[f]) for f in schema.named("description") if item.fields.get(f)), ""
    )
    warned = [v for f in schema.facets if f in WARNING_FACETS for v in item.values(f)]
    parts = [
        f"<h3>{place}. {escape(item.label())}</h3>",
        *(f'<span class="tm-label">{escape(label)}</span>' for label in labels),
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
class Button:
    """A small button on a chip: its kind (which has a sign in the style sheet and a command in the
    terminal), the name that is read out, what the click says, and what it does."""

    kind: Literal["weaken", "strengthen", "flip", "confirm", "dismiss", "undo"]
    name: str
    said: str
    change: ByHand


@dataclass(frozen=True)
class Chip:
    """A piece of the profile that can be taken away by one click: what it says, what it removes;
    and the buttons that change it where it stands."""

    text: str
    change: ProfileChange
    buttons: tuple[Button, ...] = ()


UNDO = Button("undo", "Undo the last change", "(undone)", ByHand(undo=True))


def chips(profile: Profile, lexicon: Lexicon) -> list[Chip]:
    """The profile as chips: everything that came from the same words is one chip."""
    by_words: dict[tuple[str, int, str], list[Preference]] = {}
    for want in profile.wants:
        text = f"like {want.label}" if want.facet == SIMILAR else want.name
        state = wanted(level("wants", want))
        key = (f"♥ {text}" + (f" · {state}" if state else ""), want.turn, "wants")
        by_words.setdefault(key, []).append(want)
    for avoid in profile.avoids:
        step = level("avoids", avoid)
        text = f"{'⊘' if step == 2 else '⊖'} {avoid.name} · {avoided(step)}"
        by_words.setdefault((text, avoid.turn, "avoids"), []).append(avoid)
    found = [
        _chip(text, "wants" if section == "wants" else "avoids", entries)
        for (text, _, section), entries in by_words.items()
    ]
    by_limit: dict[tuple[str, int], list[Removal]] = {}
    for limit in profile.limits:
        removal = Removal("limits", limit.facet, limit.value, limit.op)
        text = limit.quote if limit.whole else f"{limit.facet} {limit.op} {limit.value}"
        by_limit.setdefault((f"≷ {text}", limit.turn), []).append(removal)
    found += [
        Chip(text, ProfileChange(removals=tuple(gone))) for (text, _), gone in by_limit.items()
    ]
    return found + _item_chips(profile, lexicon)


def _chip(text: str, section: Literal["wants", "avoids"], entries: list[Preference]) -> Chip:
    name = entries[0].name
    possible: list[tuple[EditAction, str]] = []
    if restrengthened(section, entries[0], "weaken") is not None:
        possible.append(("weaken", "Count less"))
    if restrengthened(section, entries[0], "strengthen") is not None:
        possible.append(("strengthen", "Count more"))
    if all(can_flip(e) for e in entries):
        possible.append(("flip", "Turn round"))
    buttons = tuple(
        Button(
            action,
            f"{says}: {name}",
            f"({says.lower()}: {name})",
            ByHand(edits=tuple(Edit(section, e.facet, e.value, action) for e in entries)),
        )
        for action, says in possible
    )
    removals = tuple(Removal(section, e.facet, e.value) for e in entries)
    return Chip(text, ProfileChange(removals=removals), buttons)


def _item_chips(profile: Profile, lexicon: Lexicon) -> list[Chip]:
    found = []
    sections: tuple[tuple[str, Literal["liked", "disliked", "seen"]], ...] = (
        ("♥ liked", "liked"), ("⊘ not", "disliked"), ("✓ seen", "seen"),
    )  # fmt: skip
    for sign, section in sections:
        for id in getattr(profile, section):
            title = lexicon.items[id].title
            turn_round: tuple[Button, ...] = ()
            if section != "seen":
                edit = ByHand(edits=(Edit(section, "", id, "flip"),))
                name = f"Turn round: {section} {title}"
                turn_round = (Button("flip", name, f"(turn round: {section} {title})", edit),)
            gone = ProfileChange(removals=(Removal(section, "", id),))
            found.append(Chip(f"{sign} {title}", gone, turn_round))
    return found


@dataclass(frozen=True)
class GuessChip:
    """A guess as it is shown: said to be one, with what it rests on, to be settled by a click."""

    text: str
    yes: Button
    no: Button


def guess_chips(guesses: Sequence[Guess], lexicon: Lexicon) -> list[GuessChip]:
    """The guesses, each with a button to confirm and one to turn down."""
    return [
        GuessChip(
            f"? {g.value} · a guess {rests_on(g, lexicon.items)}",
            Button(
                "confirm",
                f"Yes, I like: {g.value}",
                f"(guess confirmed: {g.value})",
                ByHand(confirm=((g.facet, g.value),)),
            ),
            Button(
                "dismiss",
                f"Wrong guess: {g.value}",
                f"(guess turned down: {g.value})",
                ByHand(dismiss=((g.facet, g.value),)),
            ),
        )
        for g in guesses
    ]


def mark_of(id: str, profile: Profile) -> str:
    """What the visitor said of an item by clicking."""
    marks = [MARKS["like"] if id in profile.liked else ""]
    marks += [MARKS["dislike"] if id in profile.disliked else ""]
    marks += [MARKS["seen"] if id in profile.seen else ""]
    return " ".join(m for m in marks if m)


def slots(cards: Sequence[Card], schema: Schema, profile: Profile, length: int) -> list[str]:
    """The HTML of each place on the page; empty for places that are not filled."""
    filled = [
        card_html(n, card.item, card.reason, schema, mark_of(card.item.id, profile), card.labels)
        for n, card in enumerate(cards, 1)
    ]
    return (filled + [""] * length)[:length]
