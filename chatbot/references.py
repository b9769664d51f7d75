"""References to items by place or pronoun: "the second", "number 3", "that one", "both"."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chatbot.conversation import Conversation

_ORDINALS = (
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
)
_COUNTS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_PLACE = "|".join(_ORDINALS)
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("some", re.compile(rf"\bthe\s+(first|last)\s+({'|'.join(_COUNTS)}|[2-9])\b(?!\s+(?:years?|decades?))", re.I)),
    ("ordinal", re.compile(rf"\b(?:the\s+)?({_PLACE}|1st|2nd|3rd|[4-9]th)\b(?!\s+(?:world|war|love|date|time|contact|man|half|century|act))(?:\s+(?:one|film|movie|suggestion|item|book|game|title)\b)?", re.I)),
    ("number", re.compile(r"(?:\b(?:number|no\.?|nr\.?|option)\s+|#)(\d{1,2})\b", re.I)),
    ("bare", re.compile(r"(?<=\blike )([1-9])\b(?!\s*(?:\d|hours?|minutes?|films?))|^\s*([1-9])\s*[.!]?$", re.I)),
    ("list", re.compile(r"\b(?:seen|watched|liked?|loved?|hated?)\s+(?:numbers?\s+)?((?:[1-9]\b(?:\s*(?:,|and|&)\s*)*)+)(?!\s*(?:hours?|films?|times?|years?|\d))", re.I)),
    ("last", re.compile(r"\bthe\s+last\s+(?:one|film|movie)\b", re.I)),
    ("all", re.compile(r"\b(?:all|none|any)\s+of\s+(?:them|these|those)\b|\b(?:all\s+(?:five|four|three))\b|\bthem\s+all\b", re.I)),
    ("both", re.compile(r"\bboth\b(?:\s+of\s+(?:them|these|those))?", re.I)),
    ("it", re.compile(r"\b(?:that|this)\s+(?:one|film|movie)\b|\b(?:it|that)\b(?=\s*(?:[.,!?]|$|already|too|but|and|before|last|yesterday))|(?<=\bin\s)it\b|(?<=\bis\s)it\b|(?<=\bdirected\s)it\b|(?<=\bmade\s)it\b|(?<=\babout\s)it\b|(?<=\bwhy\s)(?:it|that|this)\b", re.I)),
)  # fmt: skip


@dataclass(frozen=True)
class Reference:
    """Words that point at shown items. `items` is empty where it is not clear which are meant."""

    start: int
    end: int
    items: tuple[str, ...]
    quote: str


def references(text: str, conversation: Conversation) -> list[Reference]:
    """What in `text` points at items of the latest list, or at those talked about last."""
    shown = conversation.last_shown
    if not shown and not conversation.focus:
        return []
    found: list[Reference] = []
    for name, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if all(match.end() <= r.start or match.start() >= r.end for r in found):
                found += _resolve(name, match, shown, conversation.focus)
    return sorted(found, key=lambda r: r.start)


def _resolve(
    name: str, match: re.Match[str], shown: Sequence[str], focus: Sequence[str]
) -> Iterator[Reference]:
    items: Sequence[str]
    match name:
        case "some":
            count = _COUNTS.get(match[2].casefold()) or int(match[2])
            items = shown[:count] if match[1].casefold() == "first" else shown[-count:]
        case "ordinal":
            said = match[1].casefold()
            place = _ORDINALS.index(said) if said in _ORDINALS else int(said[0]) - 1
            items = shown[place : place + 1]
        case "number" | "bare":
            place = int(next(g for g in match.groups() if g)) - 1
            items = shown[place : place + 1] if place >= 0 else ()
        case "list":
            places = [int(n) for n in re.findall(r"\d", match[1])]
            items = [shown[n - 1] for n in places if n <= len(shown)]
            yield Reference(match.start(1), match.end(1), tuple(items), match[1].strip())
            return
        case "last":
            items = shown[-1:]
        case "all":
            items = shown
        case "both":
            items = shown if len(shown) == 2 else focus if len(focus) == 2 else ()
        case _:
            items = focus or shown[:1]
    yield Reference(match.start(), match.end(), tuple(items), match[0])
