"""Utterances labelled by hand (tests/README.md), and what a second reader is to learn from them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from pydantic import BaseModel, ConfigDict

from chatbot.acts import ActName
from chatbot.conversation import Conversation, Turn
from chatbot.lexicon import Lexicon
from chatbot.second_reader import (
    ACT_NAMES,
    ITEM_KINDS,
    SORTS,
    WORD_KINDS,
    Cuts,
    Heard,
    ItemKind,
    Likely,
    Span,
    WordKind,
)
from chatbot.understand import understand
from chatbot.words.everyday import EVERYDAY, frequency
from finetune.json_lines import read_rows
from retrieval.errors import TastemakerError
from retrieval.stop_words import STOP_WORDS
from retrieval.text import clean, fold, tokens

LONGEST = 2000  # characters of an utterance that are read
UNSURE = None
"""The label of what labellers may differ on: nothing is learned from it."""


class Labelled(BaseModel):
    """One labelled utterance; `acts_ok` and `slots_ok` are what another labeller might add."""

    model_config = ConfigDict(extra="forbid")
    say: str
    catalogue: str
    language: str
    shown: list[str] | None = None
    earlier: list[str] | None = None
    acts: list[ActName]
    acts_ok: list[ActName] = []
    slots: list[list[Any]]
    slots_ok: list[list[Any]] = []


@dataclass(frozen=True)
class Lesson:
    """What a reader is given, and what it should say of it; None where labellers may differ."""

    heard: Heard
    acts: Mapping[ActName, bool | None]
    named: tuple[Mapping[ItemKind, bool | None], ...]
    words: tuple[WordKind | None, ...]
    maybe: tuple[bool | None, ...] = ()
    of_titles: bool = False
    """Whether only `maybe` teaches anything."""


def read_labelled(path: Path) -> list[Labelled]:
    """The utterances of a JSON Lines file. Raises TastemakerError that names the line."""
    return list(read_rows(path, Labelled, "labelled utterance"))


def before(row: Labelled, lexicon: Lexicon) -> Conversation:
    """The conversation up to an utterance: what was said earlier, and the list shown last."""
    ids = {item.title: id for id, item in reversed(lexicon.items.items())}
    conversation = Conversation("t", row.catalogue)
    for said in row.earlier or []:
        understanding = understand(clean(said, LONGEST), conversation, lexicon)
        acts = tuple(a.act for a in understanding.acts)
        conversation = conversation.changed(understanding.change)
        turn = Turn(said, "Here you are.", "recommend", acts, about=understanding.about)
        conversation = replace(conversation, turns=(*conversation.turns, turn))
    if row.shown:
        if unknown := [title for title in row.shown if title not in ids]:
            raise TastemakerError(f"{row.catalogue!r} has no {unknown[0]!r}, shown in {row.say!r}.")
        turn = Turn("", "Here you are.", "recommend", (), tuple(ids[t] for t in row.shown))
        conversation = replace(conversation, turns=(*conversation.turns, turn))
    return conversation


KEPT_AS_READ = Cuts(add=dict.fromkeys(SORTS, 2.0) | {"title": 0.5}, drop=dict.fromkeys(SORTS, 0.0))
OF_ITEMS = ("liked", "disliked", "seen", "similar", "exclude", "about", "except")
DECOYS = 3  # words of an utterance that are guessed to be titles and are none
LONGER = 0.4  # of them are two words
COMMON = EVERYDAY - 0.7
"""How frequent the words of a linked title are, for it to teach what everyday words as a title look like."""


class _Listener:
    """Stands where a second reader does, keeps what it is given, and knows which guesses are right."""

    name = "listener"
    cuts = KEPT_AS_READ

    def __init__(self, right: Callable[[Span], bool | None]) -> None:
        self.heard: list[Heard] = []
        self._right = right

    def read(self, heard: Heard) -> Likely:
        """Says nothing but which guesses are right."""
        self.heard.append(heard)
        names = tuple(dict.fromkeys(ITEM_KINDS, 0.0) for _ in heard.named)
        return Likely(
            dict.fromkeys(ACT_NAMES, 0.0),
            names,
            tuple(dict.fromkeys(WORD_KINDS, 0.0) for _ in heard.words),
            tuple(float(self._right(span) is True) for span in heard.maybe),
        )


def lessons_in(row: Labelled, lexicon: Lexicon) -> list[Lesson]:
    """What there is to learn from an utterance; nothing where a second reader is not asked. With its
    titles linked, what all is meant as; with everyday ones not linked, that they are titles."""
    named = {fold(str(s[1])) for s in row.slots if s[0] in OF_ITEMS}
    unsure = {fold(str(s[1])) for s in row.slots_ok if s[0] in OF_ITEMS}
    unsure |= {fold(title) for title in row.shown or ()}

    def right(span: Span) -> bool | None:
        if not span.items:
            return False
        title = fold(lexicon.items[span.items[0]].title)
        return True if title in named else UNSURE if title in unsure else False

    listener = _Listener(right)
    understand(clean(row.say, LONGEST), before(row, lexicon), lexicon, listener)
    if not listener.heard:
        return []
    heard = listener.heard[-1]
    acts: dict[ActName, bool | None] = {
        name: True if name in row.acts else UNSURE if name in row.acts_ok else False
        for name in ACT_NAMES
    }
    heard = _with_decoys(heard, row.say)
    all_of = Lesson(
        heard,
        acts,
        _named(row, heard, lexicon),
        _words(row, heard),
        tuple(map(right, heard.maybe)),
    )
    unlinked = _unlinked(listener.heard[0])
    if not any(map(right, unlinked.maybe)):
        return [all_of]
    unlinked = _with_decoys(unlinked, row.say)
    nothing: dict[ActName, bool | None] = dict.fromkeys(ACT_NAMES, UNSURE)
    return [
        all_of,
        Lesson(
            unlinked,
            nothing,
            tuple(dict.fromkeys(ITEM_KINDS, UNSURE) for _ in unlinked.named),
            (UNSURE,) * len(unlinked.words),
            tuple(map(right, unlinked.maybe)),
            of_titles=True,
        ),
    ]


def _with_decoys(heard: Heard, say: str) -> Heard:
    """With some other words guessed to be titles, which they are not: a larger catalogue has films that
    are called like nearly every word."""
    taken = {i for s in (*heard.named, *heard.maybe) for i in range(s.first, s.last + 1)}
    free = [
        i
        for i, word in enumerate(heard.words)
        if i not in taken and fold(word) not in STOP_WORDS and heard.marks[i] in ("plain", "value")
    ]
    random = Random(say)
    decoys = []
    for at in random.sample(free, min(DECOYS, len(free))):
        last = at + 1 if at + 1 in free and random.random() < LONGER else at
        if taken.isdisjoint(range(at, last + 1)):
            decoys.append(Span(at, last, ()))
            taken |= {at, last}
    return replace(heard, maybe=tuple(sorted((*heard.maybe, *decoys), key=lambda s: s.first)))


def _unlinked(heard: Heard) -> Heard:
    """An utterance as if its titles in everyday words had not been linked, but guessed."""

    def everyday(span: Span) -> bool:
        words = [fold(word) for word in heard.words[span.first : span.last + 1]]
        return heard.marks[span.first] == "title" and all(frequency(w) >= COMMON for w in words)

    guessed = [span for span in heard.named if everyday(span)]
    marks = list(heard.marks)
    for span in guessed:
        marks[span.first : span.last + 1] = ["plain"] * (span.last + 1 - span.first)
    return replace(
        heard,
        marks=tuple(marks),
        named=tuple(span for span in heard.named if span not in guessed),
        maybe=tuple(sorted((*heard.maybe, *guessed), key=lambda s: s.first)),
    )


def _named(
    row: Labelled, heard: Heard, lexicon: Lexicon
) -> tuple[Mapping[ItemKind, bool | None], ...]:
    sure = {(s[0], fold(str(s[1]))) for s in row.slots}
    unsure = {(s[0], fold(str(s[1]))) for s in row.slots_ok}

    def said(kind: ItemKind, titles: Collection[str]) -> bool | None:
        if any((kind, title) in sure for title in titles):
            return True
        return UNSURE if any((kind, title) in unsure for title in titles) else False

    found: list[Mapping[ItemKind, bool | None]] = []
    for span in heard.named:
        titles = {fold(lexicon.items[id].title) for id in span.items}
        found.append({kind: said(kind, titles) for kind in ITEM_KINDS})
    return tuple(found)


def _words(row: Labelled, heard: Heard) -> tuple[WordKind | None, ...]:
    said = [fold(word) for word in heard.words]
    kinds: list[WordKind | None] = ["nothing"] * len(said)
    for slot in row.slots_ok:
        if slot[0] in (*WORD_KINDS, "lift"):
            for i in _place(said, str(slot[1]), set()):
                kinds[i] = UNSURE
    used: set[int] = set()
    for slot in row.slots:
        if slot[0] in WORD_KINDS:
            place = _place(said, str(slot[1]), used)
            used |= set(place)
            for i in place:
                kinds[i] = slot[0]
    for span in heard.named:
        for i in range(span.first, span.last + 1):
            kinds[i] = UNSURE if kinds[i] == "nothing" else kinds[i]
    return tuple(kinds)


def _place(said: Sequence[str], phrase: str, used: Collection[int]) -> range:
    """Where a phrase stands among words, rather not where another was found."""
    wanted = [t.folded for t in tokens(phrase)]
    starts = range(len(said) - len(wanted) + 1) if wanted else range(0)
    hits = [range(i, i + len(wanted)) for i in starts if list(said[i : i + len(wanted)]) == wanted]
    return next((h for h in hits if not set(h) & set(used)), hits[0] if hits else range(0))
