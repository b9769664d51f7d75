"""One word spelt two ways: "jewellery" and "jewelry" (breame), "aubergine" and "eggplant" (our table)."""

from collections.abc import Mapping
from functools import cache, lru_cache

from chatbot.words import entries
from retrieval.text import fold, singular


@lru_cache(maxsize=65536)
def respelt(folded: str) -> str:
    """A folded phrase in the singular and in one of its spellings, the same for all of them.

    >>> respelt("grey jewellery") == respelt("gray jewelry")
    True
    """
    phrase = singular(folded)
    for name, other in _names():
        phrase = f" {phrase} ".replace(f" {name} ", f" {other} ").strip()
    return " ".join(_american().get(word, word) for word in phrase.split())


@lru_cache(maxsize=4096)
def other_spelling(folded: str) -> str:
    """The words of a folded phrase that can be spelt otherwise, spelt so; empty where none can."""
    words = [_both_ways().get(word, "") for word in singular(folded).split()]
    named = [
        b for pair in _names() for a, b in (pair, pair[::-1]) if f" {a} " in f" {singular(folded)} "
    ]
    return " ".join([*filter(None, words), *named])


@cache
def _american() -> Mapping[str, str]:
    from breame.data.spelling_constants import BRITISH_ENGLISH_SPELLINGS  # noqa: PLC0415

    return {singular(fold(b)): singular(fold(a)) for b, a in BRITISH_ENGLISH_SPELLINGS.items()}


@cache
def _both_ways() -> Mapping[str, str]:
    return {a: b for b, a in _american().items()} | dict(_american())


@cache
def _names() -> tuple[tuple[str, str], ...]:
    pairs = entries("spellings", "same")
    return tuple((singular(fold(british)), singular(fold(american))) for british, american in pairs)
