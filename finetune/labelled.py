"""Utterances labelled by hand (tests/README.md), and what a second reader is to learn from them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
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
    WordKind,
)
from chatbot.understand import understand
from finetune.json_lines import read_rows
from retrieval.errors import TastemakerError
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


KEPT_AS_READ = Cuts(add=dict.fromkeys(SORTS, 2.0), drop=dict.fromkeys(SORTS, 0.0))


class _Listener:
    """Stands where a second reader does, and keeps what it is given."""

    name = "listener"
    cuts = KEPT_AS_READ

    def __init__(self) -> None:
        self.heard: list[Heard] = []

    def read(self, heard: Heard) -> Likely:
        """Says nothing at all."""
        self.heard.append(heard)
        names = tuple(dict.fromkeys(ITEM_KINDS, 0.0) for _ in heard.named)
        return Likely(
            dict.fromkeys(ACT_NAMES, 0.0),
            names,
            tuple(dict.fromkeys(WORD_KINDS, 0.0) for _ in heard.words),
        )


def lesson(row: Labelled, lexicon: Lexicon) -> Lesson | None:
    """What there is to learn from an utterance; None where a second reader is not asked."""
    listener = _Listener()
    understand(clean(row.say, LONGEST), before(row, lexicon), lexicon, listener)
    if not listener.heard:
        return None
    heard = listener.heard[0]
    acts: dict[ActName, bool | None] = {
        name: True if name in row.acts else UNSURE if name in row.acts_ok else False
        for name in ACT_NAMES
    }
    return Lesson(heard, acts, _named(row, heard, lexicon), _words(row, heard))


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
