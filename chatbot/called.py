"""What a title is also called: the names that visitors say for it."""

import re
from collections.abc import Iterable, Iterator
from itertools import combinations

from chatbot.words import cues
from retrieval.stop_words import STOP_WORDS
from retrieval.text import HAN, fold

ARTICLES = ("the ", "a ", "an ")
LONG = 3  # words
MOST_UNSPACED = 4  # words of a title that may be written without spaces
SHORTEST_UNSPACED = 8  # characters, spaces counted, of such a title
SHORTEST_START = 4  # characters of the start of a Chinese title that stands for all of it
_OPEN_ENDS = "的之与和及是在了着不很一人小大"
"""Characters behind which a Chinese phrase is not at its end."""
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

PARTS = frozenset(["part", "chapter", "vol", "volume"])
"""Before the number of one part of a work."""
_AMOUNTS = frozenset(
    ["years", "year", "hours", "hour", "minutes", "days", "weeks", "months", "times", "people"]
)
"""Behind a number: an amount, and no title, unless it is written like the title."""
_COUNTED = frozenset(NUMBERS) | frozenset(_NUMERALS)


def called(title: str, phrase: str) -> dict[str, None]:
    """What a title is also called: without its article, by what stands before a colon, with "and"
    for "&", with figures for numbers, and "part" left out before them."""
    title = title.replace("：", ":")
    names = [phrase, _main_title(title)]
    subtitle = fold(title.partition(":")[2])
    if len(subtitle.split()) > 1 and not cues("no_subtitle") | STOP_WORDS >= set(subtitle.split()):
        names.append(subtitle)
    if "&" in title:
        names.append(fold(title.replace("&", " and ")))
    if initials := _INITIALS.match(title):
        names.append(fold(initials[0].replace(".", "")))
    for name in list(names):
        numbered = counted(name).split()
        names.append(" ".join(numbered))
        names.append(" ".join(w for w in numbered if w not in PARTS))
    found = [*names, *map(without_article, names)]
    return dict.fromkeys(n for n in found if n == phrase or not n.replace(" ", "").isdigit())


def counted(phrase: str) -> str:
    """With figures for a sequel's numerals and for numbers in words."""
    words = phrase.split()
    if _COUNTED.isdisjoint(words) or words[-1] in _AMOUNTS or STOP_WORDS.issuperset(words[:-1]):
        return phrase
    return in_figures(phrase)


def in_figures(phrase: str) -> str:
    """Every number of a phrase in figures; a numeral only behind another word."""
    words = enumerate(phrase.split())
    return " ".join(NUMBERS.get(w, (n and _NUMERALS.get(w)) or w) for n, w in words)


def pairs(phrase: str) -> Iterator[str]:
    """Two words of a title that has more, in their order."""
    words = [w for w in phrase.split() if w not in STOP_WORDS and len(w) > 1]
    if len(words) >= LONG:
        yield from (" ".join(pair) for pair in combinations(words, 2))


def without_article(phrase: str) -> str:
    """A folded title without the article that it starts with."""
    return next((phrase.removeprefix(a) for a in ARTICLES if phrase.startswith(a)), phrase)


def is_begun(said: str, title: str) -> bool:
    """Whether a folded phrase is only the first words of a title, and not all of it or all that stands
    before its colon."""
    said = without_article(said)
    whole = without_article(fold(title)), without_article(fold(title.partition(":")[0]))
    return said not in whole and whole[0].startswith(said)


def _main_title(title: str) -> str:
    """What stands before a colon."""
    head, colon, _ = title.partition(":")
    return fold(head) if colon else ""


def starts(title: str) -> list[str]:
    """The first words of a title, folded, as many as can stand for it: of a Chinese one, what
    stands before a "的", or four characters and more."""
    words = without_article(fold(title)).split()
    if not HAN.search(title):
        return [" ".join(words[:length]) for length in range(2, len(words))]
    cut = {n for n in range(SHORTEST_START, len(words)) if words[n - 1] not in _OPEN_ENDS}
    cut |= {n for n in range(SHORTEST_START - 1, len(words)) if words[n] == "的"}
    return [" ".join(words[:n]) for n in sorted(cut) if HAN.match(words[0])]


def unspaced(titles: Iterable[str]) -> dict[str, str]:
    """Titles of several words by what they are without spaces."""
    several = (t for t in titles if " " in t and len(t) >= SHORTEST_UNSPACED)
    return {
        t.replace(" ", ""): t
        for t in several
        if len(t.split()) <= MOST_UNSPACED and len(t.split()[-1]) > 1
    }
