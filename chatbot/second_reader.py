"""A learned second reader beside the rules: what it is given, what it says, what it may change.

It reads the words of one utterance with the names and facet words marked, and says how likely each
act, each opinion on a named item and each meaning of a word is. `reviewed` is the policy.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, get_args

from chatbot.acts import ActName

Mark = Literal["plain", "title", "pointed", "pronoun", "value", "person"]
"""How a word was linked: part of a title, of words that point at shown items, of a facet's value."""
ItemKind = Literal["liked", "disliked", "seen", "similar", "exclude", "about"]
WordKind = Literal["nothing", "want", "prefer", "must", "avoid", "rather-not", "context"]
Sort = Literal["act", "opinion", "wish", "topic", "context", "against", "strength", "title"]
"""What is decided on: an act, an opinion on an item (or that it is asked about, or its like wanted), a
wish for a value that was linked, one for other words, an occasion, an exclusion, and how
strongly something is meant; and that words which equal a title are meant as one."""
MARKS: tuple[Mark, ...] = get_args(Mark)
ITEM_KINDS: tuple[ItemKind, ...] = get_args(ItemKind)
WORD_KINDS: tuple[WordKind, ...] = get_args(WordKind)
SORTS: tuple[Sort, ...] = get_args(Sort)
ACT_NAMES: tuple[ActName, ...] = get_args(ActName)


@dataclass(frozen=True)
class Span:
    """Tokens `first` to `last`, which stand for these items."""

    first: int
    last: int
    items: tuple[str, ...]


@dataclass(frozen=True)
class Heard:
    """One utterance as the second reader gets it: its words, how each is linked, the names in it,
    whether a list was shown and whether something was said before."""

    words: tuple[str, ...]
    marks: tuple[Mark, ...]
    named: tuple[Span, ...]
    shown: bool = False
    earlier: bool = False
    maybe: tuple[Span, ...] = ()
    """Words that equal a title and were not taken for one."""


@dataclass(frozen=True)
class Likely:
    """How likely the reader thinks each thing, 0 to 1: acts; kinds for each of `Heard.named`, each by
    itself; kinds for each word, which add up to 1."""

    acts: Mapping[ActName, float]
    named: tuple[Mapping[ItemKind, float], ...]
    words: tuple[Mapping[WordKind, float], ...]
    maybe: tuple[float, ...] = ()
    """For each of `Heard.maybe`, that it is meant as a title."""


@dataclass(frozen=True)
class Cuts:
    """How likely something has to be to be added to what the rules read, and below what it is
    dropped, for each `Sort` of thing."""

    add: Mapping[Sort, float]
    drop: Mapping[Sort, float]

    def holds(self, sort: Sort, read: bool, likely: float) -> bool:
        """Whether something stands, which the rules read or did not."""
        return likely >= (self.drop if read else self.add)[sort]


class SecondReader(Protocol):
    """Reads one utterance; deterministic, keeps nothing, never raises for any words."""

    name: str
    cuts: Cuts

    def read(self, heard: Heard) -> Likely:
        """What is likely meant."""
        ...


class ScriptedSecondReader:
    """Says what a script says of a word, a name or a whole utterance, and is undecided on all else, which
    then stays as the rules read it. For demos and tests."""

    name = "scripted"
    cuts = Cuts(dict.fromkeys(SORTS, 0.9), dict.fromkeys(SORTS, 0.1))

    def __init__(
        self,
        acts: Mapping[ActName, float] | None = None,
        named: Mapping[ItemKind, float] | None = None,
        words: Mapping[str, WordKind] | None = None,
        titles: float = 0.0,
    ) -> None:
        self._acts, self._named, self._words = acts or {}, named or {}, words or {}
        self._titles = titles

    def read(self, heard: Heard) -> Likely:
        """What the script says of this utterance."""
        kinds: tuple[WordKind, ...] = ("want", "context", "avoid")
        undecided: dict[WordKind, float] = {"nothing": 0.4, **dict.fromkeys(kinds, 0.2)}
        said = [self._words.get(word.casefold()) for word in heard.words]
        meant = [undecided if kind is None else {kind: 1.0} for kind in said]
        return Likely(
            {act: self._acts.get(act, 0.5) for act in ACT_NAMES},
            tuple({k: self._named.get(k, 0.5) for k in ITEM_KINDS} for _ in heard.named),
            tuple({k: kinds.get(k, 0.0) for k in WORD_KINDS} for kinds in meant),
            (self._titles,) * len(heard.maybe),
        )
