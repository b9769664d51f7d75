"""Cards and chips of the web page. All text of a catalogue or a visitor is escaped here."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from chatbot.conversation import Reaction
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
from chatbot.voice import ENGLISH, Voice, table
from retrieval.item import WARNING_FACETS, Item, Schema


def card_html(
    place: int,
    item: Item,
    reason: str,
    schema: Schema,
    mark: str = "",
    labels: Sequence[str] = (),
    voice: Voice = ENGLISH,
    said: Sequence[Reaction] = (),
) -> str:
    """One card: title, labels, facts, reason, prose, warnings. By what was `said` of the item, the page
    tells which of its buttons are pressed (static/lists.js)."""
    prose = next(
        (str(item.fields[f]) for f in schema.named("description") if item.fields.get(f)), ""
    )
    warned = [v for f in schema.facets if f in WARNING_FACETS for v in item.values(f)]
    beware = voice.phrase("page.card.warned", values=", ".join(warned)) if warned else ""
    parts = [
        f"<h3>{place}. {escape(item.label())}</h3>",
        *(f'<span class="tm-label">{escape(label)}</span>' for label in labels),
        f'<div class="facts">{escape(_facts(item, schema, voice))}</div>',
        f'<div class="reason">{escape(reason)}</div>' if reason else "",
        f'<div class="prose">{escape(prose)}</div>' if prose else "",
        f'<div class="notes">{escape(beware)}</div>' if beware else "",
        f'<div class="mark">{escape(mark)}</div>' if mark else "",
    ]
    return f'<article class="tm-card" data-said="{" ".join(said)}">{"".join(parts)}</article>'


def _facts(item: Item, schema: Schema, voice: Voice) -> str:
    numbers = [
        voice.phrase("page.card.minutes", n=f"{n:g}")
        if f in ("runtime", "duration")
        else voice.phrase("page.card.number", field=_name(f, voice), n=f"{n:g}")
        for f in schema.numbers
        if f != "year" and (n := item.number(f)) is not None
    ]
    named = [f for f in schema.named("facet") if f not in WARNING_FACETS]
    named.sort(key=lambda f: f in ("countries", "country"))
    facets = [", ".join(item.values(f)[:4]) for f in named if f != "tags"]
    people = [", ".join(item.values(f)[:3]) for f in schema.named("person")]
    return " · ".join(part for part in (*facets[:2], *people, *numbers) if part)


def _name(field: str, voice: Voice) -> str:
    """What a field is called; its own name, which may hold its unit, where that is all we know."""
    known = table(voice.language).get(f"fields.{field}", field)
    return field if voice == ENGLISH else str(known)


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


def undo(voice: Voice = ENGLISH) -> Button:
    """The button that takes the last change back."""
    say = voice.phrase
    return Button("undo", say("page.chip.undo"), say("page.chip.undone"), ByHand(undo=True))


def chips(profile: Profile, lexicon: Lexicon, voice: Voice = ENGLISH) -> list[Chip]:
    """The profile as chips: everything that came from the same words is one chip."""
    by_words: dict[tuple[str, int, str], list[Preference]] = {}
    for want in profile.wants:
        text = want.name
        if want.facet == SIMILAR:
            text = voice.phrase("page.chip.similar", title=want.label)
        state = wanted(level("wants", want), voice)
        key = (f"♥ {text}" + (f" · {state}" if state else ""), want.turn, "wants")
        by_words.setdefault(key, []).append(want)
    for avoid in profile.avoids:
        step = level("avoids", avoid)
        text = f"{'⊘' if step == 2 else '⊖'} {avoid.name} · {avoided(step, voice)}"
        by_words.setdefault((text, avoid.turn, "avoids"), []).append(avoid)
    found = [
        _chip(text, "wants" if section == "wants" else "avoids", entries, voice)
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
    return found + _item_chips(profile, lexicon, voice)


_DONE: dict[EditAction, str] = {
    "weaken": "weakened",
    "strengthen": "strengthened",
    "flip": "flipped",
}


def _chip(
    text: str, section: Literal["wants", "avoids"], entries: list[Preference], voice: Voice
) -> Chip:
    possible: list[EditAction] = []
    if restrengthened(section, entries[0], "weaken") is not None:
        possible.append("weaken")
    if restrengthened(section, entries[0], "strengthen") is not None:
        possible.append("strengthen")
    if all(can_flip(e) for e in entries):
        possible.append("flip")
    buttons = tuple(
        Button(
            action,
            voice.phrase(f"page.chip.{action}", what=entries[0].name),
            voice.phrase(f"page.chip.{_DONE[action]}", what=entries[0].name),
            ByHand(edits=tuple(Edit(section, e.facet, e.value, action) for e in entries)),
        )
        for action in possible
    )
    removals = tuple(Removal(section, e.facet, e.value) for e in entries)
    return Chip(text, ProfileChange(removals=removals), buttons)


def _item_chips(profile: Profile, lexicon: Lexicon, voice: Voice) -> list[Chip]:
    found = []
    sections: tuple[Literal["liked", "disliked", "seen"], ...] = ("liked", "disliked", "seen")
    for section in sections:
        for id in getattr(profile, section):
            title = lexicon.items[id].title
            turn_round: tuple[Button, ...] = ()
            if section != "seen":
                edit = ByHand(edits=(Edit(section, "", id, "flip"),))
                name = voice.phrase(f"page.chip.flip_{section}", what=title)
                said = voice.phrase(f"page.chip.flipped_{section}", what=title)
                turn_round = (Button("flip", name, said, edit),)
            gone = ProfileChange(removals=(Removal(section, "", id),))
            found.append(Chip(voice.phrase(f"page.chip.{section}", title=title), gone, turn_round))
    return found


@dataclass(frozen=True)
class GuessChip:
    """A guess as it is shown: said to be one, with what it rests on, to be settled by a click."""

    text: str
    yes: Button
    no: Button


def guess_chips(
    guesses: Sequence[Guess], lexicon: Lexicon, voice: Voice = ENGLISH
) -> list[GuessChip]:
    """The guesses, each with a button to confirm and one to turn down."""
    say = voice.phrase
    return [
        GuessChip(
            say("page.chip.guess", value=g.value, rests_on=rests_on(g, lexicon.items, voice)),
            Button(
                "confirm",
                say("page.chip.confirm", value=g.value),
                say("page.chip.confirmed", value=g.value),
                ByHand(confirm=((g.facet, g.value),)),
            ),
            Button(
                "dismiss",
                say("page.chip.dismiss", value=g.value),
                say("page.chip.dismissed", value=g.value),
                ByHand(dismiss=((g.facet, g.value),)),
            ),
        )
        for g in guesses
    ]


MARKS: dict[Reaction, tuple[Literal["liked", "disliked", "seen"], str]] = {
    "like": ("liked", "liked"),
    "dislike": ("disliked", "disliked"),
    "seen": ("seen", "was_seen"),
}
"""The reactions with a button on a card: where the profile keeps them, and what the card then says."""


def said_of(id: str, profile: Profile) -> list[Reaction]:
    """What the visitor has said of an item, by a click or in words."""
    return [name for name, (section, _) in MARKS.items() if id in getattr(profile, section)]


def taken_back(id: str, reaction: Reaction) -> ByHand:
    """The change that takes a reaction back."""
    return ByHand(removals=(Removal(MARKS[reaction][0], "", id),))


def slots(
    cards: Sequence[Card], schema: Schema, profile: Profile, length: int, voice: Voice = ENGLISH
) -> list[str]:
    """The HTML of each place on the page; empty for places that are not filled."""
    filled = []
    for n, card in enumerate(cards, 1):
        said = said_of(card.item.id, profile)
        mark = voice.sentences(*(voice.phrase(f"page.card.{MARKS[name][1]}") for name in said))
        filled.append(card_html(n, card.item, card.reason, schema, mark, card.labels, voice, said))
    return (filled + [""] * length)[:length]
