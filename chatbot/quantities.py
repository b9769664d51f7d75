"""Amounts in running text: years, decades, durations, money, counts; in figures and in words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from text_to_num import text2num

Kind = Literal["year", "minutes", "money", "count", "since"]

_NUMBER_WORDS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    "sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|"
    "hundred|thousand"
)
_NUMBER = (
    rf"(?:\d+(?:,\d{{3}})+(?:\.\d+)?|\d+(?:[.,]\d+)?|"
    rf"(?:a\s+)?(?:{_NUMBER_WORDS})(?:[\s-]+(?:and\s+)?(?:{_NUMBER_WORDS}))*)"
)
_DECADE_WORDS = {
    "twenties": 20, "thirties": 30, "forties": 40, "fifties": 50, "sixties": 60, "seventies": 70,
    "eighties": 80, "nineties": 90, "noughties": 100, "aughts": 100,
}  # fmt: skip
_HOUR, _MINUTE = r"(?:hours?|hrs?|h)\b", r"(?:minutes?|mins?|min|m)\b"
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "decade",
        re.compile(
            rf"(?:\b(?P<part>early|mid|late)[\s-]+(?:the\s+)?)?(?:(?P<full>(?:18|19|20)\d0)['’]?s\b|"
            rf"['’]?\b(?P<short>\d0)['’]?s\b|\b(?:(?P<age>nineteen|twenty)[\s-]+)?"
            rf"(?P<word>{'|'.join(_DECADE_WORDS)})\b)",
            re.I,
        ),
    ),
    ("century", re.compile(r"\b(?:the\s+)?(?P<n>20|21)(?:th|st)\s+century\b|\bthis\s+century\b", re.I)),
    (
        "recent",
        re.compile(
            rf"\b(?:last|past|previous)\s+(?:(?P<n>{_NUMBER}|couple(?:\s+of)?|few)\s+)?"
            r"(?P<unit>years?|decades?)\b|\bthis\s+year\b",
            re.I,
        ),
    ),
    (
        "clock",
        re.compile(
            rf"\b(?P<h>{_NUMBER})\s*(?P<half>and\s+a\s+half\s+)?{_HOUR}"
            rf"(?:\s*(?:and\s+)?(?:(?P<m>{_NUMBER})\s*{_MINUTE}|(?P<bare>\d\d)\b|(?P<half2>a\s+half)\b))?"
            r"|\b(?P<h2>\d)h(?P<m2>\d\d)\b",
            re.I,
        ),
    ),
    (
        "an hour",
        re.compile(
            rf"\b(?P<half>half\s+an\s+hour)\b|\b(?:an|one|a\s+single)\s+(?P<one>hour)\b"
            rf"(?:\s+and\s+(?:(?P<plus>a\s+half)|(?P<m>{_NUMBER})\s*{_MINUTE}))?",
            re.I,
        ),
    ),
    ("minutes", re.compile(rf"\b(?P<n>{_NUMBER})[\s-]*{_MINUTE}", re.I)),
    (
        "money",
        re.compile(
            rf"[€$£]\s*(?P<a>\d+(?:[.,]\d+)*)|\b(?P<b>{_NUMBER})\s*"
            r"(?:€|\$|£|euros?\b|eur\b|dollars?\b|usd\b|bucks\b|pounds?\b|gbp\b|quid\b)",
            re.I,
        ),
    ),
    ("year", re.compile(r"(?<![\d.,])(?P<n>1[89]\d\d|20\d\d)(?![\d]|[.,]\d)")),
    ("count", re.compile(rf"\b(?P<n>{_NUMBER})[\s-]+(?P<unit>pages?|stars?|players?|points?|ingredients?|servings?)\b", re.I)),
)  # fmt: skip


@dataclass(frozen=True)
class Quantity:
    """An amount from `low` to `high` (equal for a single one), at characters `start` to `end`.

    `since` is a number of years reaching back from today. `unit` is the word behind a count.
    """

    kind: Kind
    low: float
    high: float
    start: int
    end: int
    unit: str = ""


def quantities(text: str) -> list[Quantity]:
    """The amounts in `text`, in order, none inside another."""
    found: list[Quantity] = []
    for name, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            free = all(match.end() <= q.start or match.start() >= q.end for q in found)
            if free:
                found += _read(name, match)
    return sorted(found, key=lambda q: q.start)


def number(text: str) -> float:
    """A number in figures ("1,299.00", "2,5") or in English words ("a hundred and twenty").

    Raises ValueError for anything else.
    """
    text = text.strip()
    if re.fullmatch(r"\d+(?:,\d{3})+(?:\.\d+)?", text):
        return float(text.replace(",", ""))
    if text[:1].isdigit():
        return float(text.replace(",", "."))
    words = re.sub(r"^a\s+(?=hundred|thousand)", "one ", text.casefold())
    return float(text2num(words, "en"))


LARGEST = 1e9


def _read(name: str, match: re.Match[str]) -> Iterator[Quantity]:
    try:
        kind, low, high, unit = _value(name, match)
    except ValueError:
        return
    if not max(low, high) < LARGEST:
        return
    yield Quantity(kind, low, high, match.start(), match.end(), unit)


def _value(name: str, match: re.Match[str]) -> tuple[Kind, float, float, str]:
    group = match.groupdict()
    match name:
        case "decade":
            return ("year", *_decade(group), "")
        case "century":
            return ("year", 2001, 2100, "") if group["n"] != "20" else ("year", 1901, 2000, "")
        case "recent":
            return ("since", *_years_back(group), "")
        case "clock":
            minutes = 60 * number(group["h"] or group["h2"])
            minutes += 30 if group["half"] or group["half2"] else 0
            rest = group["m"] or group["m2"] or group["bare"]
            minutes += number(rest) if rest else 0
            return ("minutes", minutes, minutes, "")
        case "an hour":
            minutes = 30.0 if group["half"] else 90.0 if group["plus"] else 60.0
            minutes += number(group["m"]) if group["m"] else 0
            return ("minutes", minutes, minutes, "")
        case "minutes":
            return ("minutes", number(group["n"]), number(group["n"]), "")
        case "money":
            amount = number(group["a"] or group["b"])
            return ("money", amount, amount, "")
        case "year":
            return ("year", number(group["n"]), number(group["n"]), "")
        case _:
            return ("count", number(group["n"]), number(group["n"]), group["unit"].casefold())


def _decade(group: dict[str, str | None]) -> tuple[float, float]:
    if group["full"]:
        start = int(group["full"])
    else:
        tens = (
            int(group["short"])
            if group["short"]
            else _DECADE_WORDS[(group["word"] or "").casefold()]
        )
        this_century = group["age"] == "twenty" or (
            group["age"] is None and group["short"] and tens < 20
        )
        start = (2000 if this_century else 1900) + tens
    match group["part"] and group["part"].casefold():
        case "early":
            return start, start + 3
        case "mid":
            return start + 4, start + 6
        case "late":
            return start + 7, start + 9
    return start, start + 9


def _years_back(group: dict[str, str | None]) -> tuple[float, float]:
    said = (group["n"] or "").casefold()
    if not said and (group["unit"] or "year").casefold() == "year":
        return 0.0, 0.0  # "last year" and "this year" are years, not spans
    if said.startswith("couple"):
        count = 2.0
    elif said == "few":
        count = 5.0
    else:
        count = number(said) if said else 1.0
    years = count * (10 if (group["unit"] or "").casefold().startswith("decade") else 1)
    return years, years
