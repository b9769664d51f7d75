"""Amounts in running text: years, decades, durations, money, measures, counts; in figures and words.

Which words say what is in `words/<language>/limits.toml`; numbers in words are read by text2num and
cn2an, measures are converted by pint.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal, get_args

from chatbot.words import entries, patterns
from retrieval.text import HAN, fold, singular

Kind = Literal[
    "decade", "century", "recent", "clock", "minutes", "money", "year", "measure", "person",
    "count", "bare",
]  # fmt: skip
LARGEST = 1e9
_NOTES = {"fiver": 5.0, "tenner": 10.0}


@dataclass(frozen=True)
class Quantity:
    """An amount from `low` to `high` (equal for a single one), at characters `start` to `end`.

    `recent` is a number of years reaching back from today (0 for one year itself); `unit` is the
    word behind a measure or a count.
    """

    kind: Kind
    low: float
    high: float
    start: int
    end: int
    unit: str = ""

    @property
    def is_year(self) -> bool:
        """Whether it is a year or a span of years."""
        return self.kind in ("decade", "century", "year")


def quantities(text: str, language: str = "en", counted: Collection[str] = ()) -> list[Quantity]:
    """The amounts in `text`, in order, none inside another; `counted` are words that are units too."""
    found: list[Quantity] = []
    units = None
    for kind, match in _amounts(text, language):
        if kind == "count":
            units = units or units_of(language).keys() | {singular(fold(c)) for c in counted}
            if singular(fold(match["unit"])) not in units:
                continue
        if all(match.end() <= q.start or match.start() >= q.end for q in found):
            found += _read(kind, match, language)
    return sorted(found, key=lambda q: q.start)


@lru_cache(maxsize=8)
def _amounts(text: str, language: str) -> tuple[tuple[Kind, re.Match[str]], ...]:
    """Whatever is written like an amount, in the order of the kinds. An utterance is asked about more
    than once while it is read."""
    return tuple(
        (kind, match)
        for kind in get_args(Kind)
        for expression in patterns("limits", f"amounts.{kind}", language)
        for match in expression.finditer(text)
    )


@cache
def units_of(language: str) -> dict[str, tuple[str, ...]]:
    """What a counted word can be about: names of fields, by the word in the singular."""
    found = entries("limits", "units", language)
    return {singular(fold(word)): tuple(fields) for word, *fields in found}


@cache
def fields_called(language: str) -> dict[str, list[str]]:
    """The names of fields that a word stands for ("length"), all folded."""
    found: dict[str, list[str]] = {}
    for word, *fields in entries("limits", "fields", language):
        found.setdefault(fold(word), []).extend(map(fold, fields))
    return found


def number(text: str) -> float:
    """A number in figures ("1,299.00", "2,5"), in English words ("a hundred and twenty") or in
    Chinese ones ("一百二十").

    Raises ValueError for anything else.
    """
    text = text.strip()
    if re.fullmatch(r"\d+(?:,\d{3})+(?:\.\d+)?", text):
        return float(text.replace(",", ""))
    if text[:1].isdigit() and not HAN.search(text):
        return float(text.replace(",", "."))
    if HAN.search(text):
        from cn2an import cn2an  # noqa: PLC0415

        return float(cn2an(text.replace("俩", "两").replace("半", "0.5"), "smart"))
    if text.casefold() in _NOTES:
        return _NOTES[text.casefold()]
    if half := re.match(r"half\s+an?|an?$", text, re.I):
        return 0.5 if half[0].casefold().startswith("half") else 1.0
    from text_to_num import text2num  # noqa: PLC0415

    words = re.sub(r"^a\s+(?=hundred|thousand)", "one ", text.casefold())
    return float(text2num(words, "en"))


def converted(amount: Quantity, unit: str) -> float | None:
    """A measure in another unit, None where the two do not measure the same thing."""
    from pint.errors import DimensionalityError, UndefinedUnitError  # noqa: PLC0415

    name = amount.unit.casefold()
    name = {"kilo": "kg", "kilos": "kg", "kgs": "kg", "lbs": "lb", "cms": "cm"}.get(name, name)
    try:
        return round(float(_measures().Quantity(amount.low, name).to(unit).magnitude), 6)
    except (DimensionalityError, UndefinedUnitError):
        return None


@cache
def _measures() -> Any:
    from pint import UnitRegistry  # noqa: PLC0415

    return UnitRegistry(cache_folder=None)


def _read(kind: Kind, match: re.Match[str], language: str) -> Iterator[Quantity]:
    group = {name: value for name, value in match.groupdict().items() if value is not None}
    try:
        low, high = _value(kind, group, language)
    except ValueError:
        return
    if not max(low, high) < LARGEST:
        return
    unit = group.get("unit", "").casefold()
    yield Quantity(kind, low, high, match.start(), match.end(), unit)


def _value(kind: Kind, group: dict[str, str], language: str) -> tuple[float, float]:
    match kind:
        case "decade":
            return _decade(group, language)
        case "century":
            said = group.get("n") or group.get("word", "")
            count = int(number({"twentie": "twenty"}.get(said.casefold(), said))) if said else 21
            return 100 * count - 99, 100 * count
        case "recent":
            return _years_back(group)
        case "year" if "short" in group:
            return 1900.0 + int(group["short"]), 1900.0 + int(group["short"])
        case "clock":
            minutes = _minutes(group)
            return minutes, minutes
        case _:
            value = number(group["n"]) + (0.5 if "half" in group else 0)
            return value, value


def _minutes(group: dict[str, str]) -> float:
    """Minutes of a duration: hours `h` with `m` minutes or a `half`; `one` hour, `plus` a half."""
    if "quarters" in group:
        return 45.0 if group["quarters"].casefold().startswith(("three", "三")) else 15.0
    if "quarters2" in group:
        hours = number(group["h"]) if "h" in group else 1
        return 60 * hours + (45.0 if group["quarters2"].casefold().startswith("three") else 15.0)
    if "half3" in group:
        return 30.0
    minutes = 60 * (number(group.get("h") or group["h2"]) if "one" not in group else 1)
    minutes += 30 if group.keys() & {"half", "half2", "plus"} else 0
    rest = group.get("m") or group.get("m2") or group.get("bare")
    return minutes + (number(rest) if rest else 0)


def _decade(group: dict[str, str], language: str) -> tuple[float, float]:
    """First and last year of a decade, or of its `early`, `mid` or `late` part."""
    if "full" in group:
        start = int(number(group["full"]))
    else:
        word = group.get("word", "").casefold()
        names = dict(entries("limits", "decade_names", language))
        tens = int(number(group["short"])) if "short" in group else names.get(word) or number(word)
        this_century = group.get("age", "").casefold() == "twenty" or (
            "age" not in group and "word" not in group and tens < 20
        )
        start = int((2000 if this_century else 1900) + tens)
    match group.get("part", "").casefold():
        case "early" | "初" | "早期":
            return start, start + 3
        case "mid" | "中期":
            return start + 4, start + 6
        case "late" | "末" | "后期" | "晚期":
            return start + 7, start + 9
    return start, start + 9


def _years_back(group: dict[str, str]) -> tuple[float, float]:
    said, unit = group.get("n", "").casefold(), group.get("unit", "year").casefold()
    if not said and unit in ("year", "年"):
        return 0.0, 0.0  # "last year" and "this year" are years, not spans
    if said.startswith("couple"):
        count = 2.0
    elif said in ("few", "几"):
        count = 5.0
    else:
        count = number(said) if said else 1.0
    years = count * (10 if unit.startswith("decade") else 1)
    return years, years
