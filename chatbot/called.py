"""What a title is also called: the names that visitors say for it."""

import re
from collections.abc import Iterator
from itertools import combinations

from retrieval.find import STOP_WORDS
from retrieval.text import fold

ARTICLES = ("the ", "a ", "an ")
LONG = 3  # words
_INITIALS = re.compile(r"(?:[A-Z]\.){2,}")
_NUMERALS = {"ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8"}
NUMBERS = {
    word: str(number)
    for number, word in enumerate(
        [
            "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
            "twelve", "thirteen",
        ],
        start=2,
    )
}  # fmt: skip

_AMOUNTS = frozenset(
    ["years", "year", "hours", "hour", "minutes", "days", "weeks", "months", "times", "people"]
)
"""Behind a number: an amount, and no title, unless it is written like the title."""
_COUNTED = frozenset(NUMBERS) | frozenset(_NUMERALS)


def called(title: str, phrase: str) -> dict[str, None]:
    """What a title is also called: without its article, by what stands before a colon, with "and"
    for "&", with figures for numbers, and "part" left out before them."""
    names = [phrase, _main_title(title)]
    subtitle = fold(title.partition(":")[2])
    if len(subtitle.split()) > 1:
        names.append(subtitle)
    if "&" in title:
        names.append(fold(title.replace("&", " and ")))
    if initials := _INITIALS.match(title):
        names.append(fold(initials[0].replace(".", "")))
    for name in list(names):
        numbered = counted(name).split()
        names.append(" ".join(numbered))
        names.append(" ".join(w for w in numbered if w not in ("part", "chapter", "vol", "volume")))
    found = [*names, *map(without_article, names)]
    return dict.fromkeys(n for n in found if n == phrase or not n.replace(" ", "").isdigit())


def counted(phrase: str) -> str:
    """With figures for a sequel's numerals and for numbers in words."""
    words = phrase.split()
    if _COUNTED.isdisjoint(words) or words[-1] in _AMOUNTS or STOP_WORDS.issuperset(words[:-1]):
        return phrase
    return " ".join(NUMBERS.get(w, (n and _NUMERALS.get(w)) or w) for n, w in enumerate(words))


def pairs(phrase: str) -> Iterator[str]:
    """Two words of a title that has more, in their order."""
    words = [w for w in phrase.split() if w not in STOP_WORDS and len(w) > 1]
    if len(words) >= LONG:
        yield from (" ".join(pair) for pair in combinations(words, 2))


def without_article(phrase: str) -> str:
    """Without "the" or "a" at its start."""
    return next((phrase.removeprefix(a) for a in ARTICLES if phrase.startswith(a)), phrase)


def _main_title(title: str) -> str:
    """What stands before a colon."""
    head, colon, _ = title.partition(":")
    return fold(head) if colon else ""
