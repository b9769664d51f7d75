"""What a title is also called: by a part of it, without its article, with its numerals as figures."""

import re

from retrieval.text import HAN, fold

ARTICLES = ("the ", "a ", "an ")
SHORTEST_START = 4  # characters of the start of a Chinese title that stands for all of it
_OPEN_ENDS = "的之与和及是在了着不很一人小大"
"""Characters behind which a Chinese phrase is not at its end."""

_INITIALS = re.compile(r"(?:[A-Z]\.){2,}")
_NUMERALS = {
    "ii": "2",
    "iii": "3",
    "iv": "4",
    "v": "5",
    "vi": "6",
    "vii": "7",
    "viii": "8",
    "two": "2",
    "three": "3",
}


def called(title: str, phrase: str) -> dict[str, None]:
    """What a title is also called: without its article, by what stands before a colon, with "and"
    for "&", with figures for a sequel's numerals, and "part" left out before them."""
    title = title.replace("：", ":")
    names = [phrase, _main_title(title)]
    subtitle = fold(title.partition(":")[2])
    if len(subtitle.split()) > 1:
        names.append(subtitle)
    if "&" in title:
        names.append(fold(title.replace("&", " and ")))
    if initials := _INITIALS.match(title):
        names.append(fold(initials[0].replace(".", "")))
    for name in list(names):
        words = name.split()
        numbered = [_NUMERALS.get(w, w) if n else w for n, w in enumerate(words)]
        names.append(" ".join(numbered))
        names.append(" ".join(w for w in numbered if w not in ("part", "chapter", "vol", "volume")))
    found = [*names, *map(without_article, names)]
    return dict.fromkeys(n for n in found if n == phrase or not n.replace(" ", "").isdigit())


def without_article(phrase: str) -> str:
    """A folded title without the article that it starts with."""
    return next((phrase.removeprefix(a) for a in ARTICLES if phrase.startswith(a)), phrase)


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
