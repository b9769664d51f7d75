"""Several values in one text: "Adventure|Comedy", "Windows, Linux, macOS", "Home > Kitchen"."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

_TAIL = r"(?!\s{0,3}(?:Inc|LLC|Ltd|Co|Corp|GmbH|AG|Jr|Sr|Ph\.?D|M\.?D|Esq|II|III|IV)\b)"
_OUTSIDE = r"(?![^()]{0,80}\))"  # not inside brackets
PATTERNS = {
    "|": r"\|",
    ";": r";",
    ">": r"(?<=\s)[>»›→](?=\s)|&gt;",
    "--": r"--",
    "lines": r"\n",
    "•": r"[•·]",
    ",": rf",{_TAIL}{_OUTSIDE}",
    "/": r"(?<!\d)/(?!\d)",
    "、": r"[、，；]",
}
"""What parts the parts, by the name that is stored. None looks further than 80 characters ahead."""
_SURE = ("|", ";", ">", "--", "lines", "•", "、")
LONGEST_PART = 40  # characters, on average: what is longer is a sentence
MOST_WORDS = 4.0  # a part, on average
RARELY = 0.05  # share of the texts with the sign, under which it stands there by chance
REPEATED = 0.4  # share of the parts that have to stand elsewhere too, where the sign is no proof
_ENOUGH = 4_000  # texts that show what parts them
_AND = re.compile(r"\s+(?:and|und|et|y|&|with)\s+|\s*&\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Names:
    """How the names of people stand in a text: what parts them, and whether each is "Last, First"."""

    sign: str
    last_first: bool = False


def parts(text: str, sign: str) -> list[str]:
    """The values in a text, each once, in order."""
    found = (part.strip(" \t\n\r") for part in re.split(PATTERNS[sign], text.strip(" ,;|")))
    return list(dict.fromkeys(part for part in found if part))


def separator(texts: Sequence[str], *, is_list: bool = False) -> str | None:
    """The sign that parts the values of a column's texts, None where each text is one value.

    A bar or a semicolon between short parts is proof enough. A comma or a slash also needs parts that
    come again elsewhere in the column, or (`is_list`) a column whose name says that it lists things.
    """
    texts = texts[:: max(1, len(texts) // _ENOUGH)]
    whole = Counter(texts)
    for sign, pattern in PATTERNS.items():
        having = [text for text in whole if re.search(pattern, text.strip(" ,;|"))]
        count = sum(whole[text] for text in having)
        if not having or count < RARELY * len(texts):
            continue
        split = [parts(text, sign) for text in having]
        alone = [part for row in split for part in row]
        if not alone or sum(map(len, alone)) > LONGEST_PART * len(alone):
            continue
        if sum(len(part.split()) for part in alone) > MOST_WORDS * len(alone):
            continue
        if is_list or (sign in _SURE and (count > 1 or len(texts) < 10)):
            return sign
        if len(texts) > 4 and _repeated(split, whole, sign) >= REPEATED:
            return sign
    return None


def _repeated(split: list[list[str]], whole: Counter[str], sign: str) -> float:
    """The share of the parts that stand in another text of the column too."""
    seen = Counter(part for row in split for part in row)
    seen.update(text for text in whole if not re.search(PATTERNS[sign], text))
    every = [part for row in split for part in row]
    return sum(seen[part] > 1 for part in every) / len(every)


def names_parted(texts: Sequence[str]) -> Names:
    """How names are parted in a column of people; "Rowling, J. K." is told from "Ann Lee, Bo Kim"."""
    for sign in ("|", ";", "lines", "•", "、"):
        if any(re.search(PATTERNS[sign], text) for text in texts):
            inner = [part for text in texts for part in parts(text, sign)]
            return Names(sign, _last_first(inner))
    if _last_first(texts):
        return Names(";", last_first=True)
    if any(re.search(PATTERNS["/"], text) for text in texts) and not any("," in t for t in texts):
        return Names("/")
    return Names(",")


def _last_first(texts: Sequence[str]) -> bool:
    commas = [text for text in texts if "," in text]
    single = [t for t in commas if t.count(",") == 1 and len(t.partition(",")[0].split()) == 1]
    return bool(commas) and len(single) >= 0.7 * len(commas) and len(commas) * 2 > len(texts)


def people(text: str, how: Names) -> list[str]:
    """The names in a text, each as a person would say it."""
    found: list[str] = []
    for part in parts(text, how.sign):
        last, comma, first = part.partition(",")
        name = f"{first.strip()} {last.strip()}" if how.last_first and comma else part
        found += [" ".join(n.split()) for n in _AND.split(name)] if _is_pair(name) else [name]
    return [n for n in dict.fromkeys(found) if n]


def _is_pair(name: str) -> bool:
    """Whether "and" stands between two full names: "Terry Pratchett and Neil Gaiman"."""
    both = _AND.split(name)
    return len(both) > 1 and all(len(n.split()) > 1 for n in both)


def looks_like_names(texts: Sequence[str]) -> bool:
    """Whether a column of many different texts holds the names of people, by their form.

    Two or three capitalised words; and the first words come again ("John ...", "Mary ...") more
    often than the last ones. Of kinds of things it is the last ones ("... Studios", "... Ale").
    """
    different = list(dict.fromkeys(texts))
    if len(different) < 40 or len(different) * 3 < len(texts):
        return False
    formed = [n.split() for n in different if _NAME.fullmatch(n)]
    if len(formed) < 0.9 * len(different):
        return False
    first, last = Counter(n[0] for n in formed), Counter(n[-1] for n in formed)
    again = sum(count - 1 for count in first.values())
    top = sum(count for _, count in first.most_common(3))
    return again > 1.5 * sum(c - 1 for c in last.values()) and top < 0.4 * len(formed)


_NAME = re.compile(
    r"[A-ZÀ-ÞĀ-Ž][\w'’.-]*(?:\s(?:[A-ZÀ-ÞĀ-Ž][\w'’.-]*|de|van|von|der|den|la|le|di|da|del|bin|al)){1,3}"
)
