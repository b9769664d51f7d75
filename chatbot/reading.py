"""What has been gathered from one utterance so far, while it is being understood."""

import re
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Literal

from chatbot.acts import Act, ActName
from chatbot.conversation import Conversation
from chatbot.lexicon import Lexicon, Mention
from chatbot.profile import Limit, Preference, Removal
from chatbot.words import pattern
from retrieval.text import Token, fold

Missed = Literal["", "feature", "place"]
"""Why words point at no shown item: none has the feature, or there are not so many."""


@dataclass
class Reading:
    """An utterance with its tokens and its place in the conversation, and what it turned out to say."""

    text: str
    words: Sequence[Token]
    conversation: Conversation
    lexicon: Lexicon
    turn: int
    language: str = "en"
    wants: list[Preference] = field(default_factory=list)
    avoids: list[Preference] = field(default_factory=list)
    limits: list[Limit] = field(default_factory=list)
    liked: list[str] = field(default_factory=list)
    disliked: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    removals: list[Removal] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    about: list[str] = field(default_factory=list)
    unless: list[tuple[str, str]] = field(default_factory=list)
    """What is let through by the exclusions of this utterance: facet and value, or "id" and an id."""
    act_spans: list[tuple[ActName, int, int]] = field(default_factory=list)
    """The acts that fixed phrases show, with the characters that show them."""
    spent: list[tuple[int, int]] = field(default_factory=list)
    """Characters that have been read as something and are no wish."""
    written: str = ""
    """The text with what it is repaired by ("no, I meant") still in it; places are the same."""
    of_same_makers: bool = False
    """Whether it asks for more of whoever made something."""
    of_content: bool = False
    """Whether it asks what is in an item that may upset."""
    unclear: str = ""
    missed: Missed = ""
    unknown: list[str] = field(default_factory=list)

    def apart(self) -> "Reading":
        """One that can be read on without changing this one."""
        found = copy(self)
        for name, value in vars(self).items():
            if isinstance(value, list):
                setattr(found, name, list(value))
        return found

    def is_told(self, start: int) -> bool:
        """Whether what starts at that character is part of a story, and no wish: "we lost a dog"."""
        clause = re.split(r"[.,;!?\n]|\bso\b|\bbut\b|\bwant\b", self.text[:start])[-1]
        return bool(pattern("talk", "change.told", self.language).search(clause))

    def revoke(self, quote: str) -> None:
        """Note that something is taken back, once for words that lie within each other."""
        said = fold(quote)
        known = [fold(a.quote) for a in self.acts if a.act == "revoke"]
        if not any(q in said or said in q for q in known):
            self.acts.append(Act("revoke", quote.strip()))

    def found(self, key: str, start: int = 0, end: int | None = None) -> bool:
        """Whether an expression of `talk.toml` is in the text, or in that part of it."""
        text = self.text if end is None else self.text[:end]
        return bool(pattern("talk", key, self.language).search(text[start:]))


def is_question(text: str, language: str = "en") -> bool:
    """Whether an utterance asks something of an item, and does not ask for items."""
    asks = pattern("talk", "question.asks", language)
    for_items = pattern("talk", "question.asks_for_items", language)
    if not asks.search(text):
        return False
    first = re.split(r"(?<=[?？])\s", text, maxsplit=1)[0]
    return not for_items.search(text) or bool(asks.search(first) and not for_items.search(first))


def overlaps(words: Sequence[Token], mention: Mention, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether a mention shares characters with any of these spans."""
    return any(words[mention.first].start < e and s < words[mention.last].end for s, e in spans)


def inside_of(word: Token, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether a word lies in one of these spans."""
    return any(s <= word.start and word.end <= e for s, e in spans)
