"""How the values of a field are read: one reading for a field, told by all of its values."""

import math
import re
import sys
from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal

from retrieval import amounts, cleaning, splitting
from retrieval.field_names import among
from retrieval.profiles import LONGEST_AMOUNT, Profile

NUMERIC_NAMES = frozenset(
    [
        "rating",
        "score",
        "stars",
        "year",
        "pages",
        "price",
        "cost",
        "count",
        "number",
        "num",
        "age",
        "weight",
        "height",
        "width",
        "depth",
        "length",
        "duration",
        "runtime",
        "minutes",
        "quantity",
        "qty",
        "stock",
        "inventory",
        "calories",
        "servings",
        "distance",
        "capacity",
        "rank",
        "votes",
        "ratings",
        "reviews",
        "sales",
        "downloads",
        "salary",
        "size_gb",
        "percent",
        "percentage",
        "discount",
        "popularity",
    ]
)
MOSTLY, NEARLY = (
    0.75,
    0.98,
)  # shares of values that fit: where the name agrees, and where it is silent
_DAYS = frozenset({"day", "night", "week", "month", "year"})
_ADDRESS = re.compile(r"\S+?(?=,(?:https?:)?//|[,;]?(?:\s|$))")
_OUT_OF = re.compile(r"(?P<n>[\d.,]+)\s*(?P<after>/\s*\d+|(?:out )?of \d+(?: \w+)?)", re.IGNORECASE)
_SUFFIXED = re.compile(
    r"[~≈#]?\s*(?P<n>[-+]?\d[\d.,]*)(?P<after>\s?%|\s[^\W\d_]\S*(?:\s\S*)?|[^\W\d_]{3,20})"
)


@dataclass(frozen=True)
class Reading:
    """What is done with each value of a field. `how` is the sign of the fraction, the sign that parts
    several values, or the words of a yes; `unit` a unit, a currency, or the order of names."""

    kind: Literal[
        "", "number", "price", "measure", "date", "flag", "list", "people", "prose", "url", "image"
    ] = ""
    how: str = ""
    unit: str = ""

    def of(self, value: Any) -> Any:
        """A value as the catalogue keeps it. Raises ValueError, saying what is wrong with it."""
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError("is not a finite number")
        match self.kind:
            case "number" | "price" | "measure":
                return self._amount(value)
            case "date":
                return cleaning.date(str(value), days_first=self.how == "day first")
            case "flag":
                return [self.how] if cleaning.yes_or_no(value) else []
            case "list" | "people":
                return self._several(value)
            case "prose":
                pieces = value if isinstance(value, list) else [value]
                return "\n".join(cleaning.prose(str(piece)) for piece in pieces)
            case "url" | "image":
                return self._address(value)
        if isinstance(value, list):
            return [cleaning.plain(v) if isinstance(v, str) else v for v in value]
        return cleaning.plain(value) if isinstance(value, str) else value

    def _amount(self, value: Any) -> int | float:
        if isinstance(value, int | float) and not isinstance(value, bool):
            found: int | float | None = value
        elif not isinstance(value, str):
            found = None
        elif self.kind == "price":
            found = self._price(value)
        elif self.kind == "measure":
            read = amounts.measure(value, self.how)
            found = amounts.converted(*read, self.unit) if read else amounts.number(value, self.how)
            found = int(found) if found is not None and float(found).is_integer() else found
        else:
            figures = _with_suffix(value) if self.unit else None
            found = amounts.number(figures[0] if figures else value, self.how)
        if found is None or not abs(found) <= sys.float_info.max:
            raise ValueError("is not a number" + (f" of {self.unit}" if self.unit else ""))
        return found

    def _price(self, value: str) -> int | float:
        read = amounts.price(value, self.how)
        if read is None:
            raise ValueError("is not a price")
        if read[0] < 0:
            raise ValueError("is a price below nothing")
        if self.unit and read[1] and read[1] != self.unit:
            raise ValueError(f"is in {read[1]}, where most prices are in {self.unit}")
        return read[0]

    def _several(self, value: Any) -> list[str]:
        texts = [str(v) for v in value] if isinstance(value, list) else [str(value)]
        found: list[str] = []
        for text in map(cleaning.plain, texts):
            if self.kind == "people":
                names = splitting.Names(self.how, self.unit == "last first")
                found += splitting.people(text, names)
            else:
                found += splitting.parts(text, self.how)
        return [v for v in dict.fromkeys(found) if not cleaning.is_missing(v)]

    def _address(self, value: Any) -> str | None:
        """The first address in a value; None where there is none."""
        text = (
            next((v for v in value if isinstance(v, str)), "") if isinstance(value, list) else value
        )
        found = _ADDRESS.search(str(text))
        return found[0] if found else None


def amount_reading(profile: Profile, *, money: bool = False) -> Reading | None:
    """How the numbers of a field are read; None for a field that holds no numbers."""
    enough = MOSTLY if profile.words & NUMERIC_NAMES else NEARLY
    if money and profile.price_share >= MOSTLY:
        currencies = profile.currencies
        most = max(currencies, key=lambda c: currencies[c]) if currencies else ""
        return Reading("price", profile.sign, most)
    if profile.number_share >= enough:
        return Reading("number", profile.sign)
    if profile.measure_share >= max(enough, 0.9):
        read = [amounts.measure(t, profile.sign) for t in profile.texts if len(t) <= LONGEST_AMOUNT]
        units = Counter(found[1] for found in read if found)
        most = units.most_common(1)[0][0]
        alike = sum(n for unit, n in units.items() if amounts.converted(1, unit, most) is not None)
        if alike >= enough * profile.filled:
            return Reading("measure", profile.sign, most)
    return _with_one_suffix(profile, enough)


def _with_one_suffix(profile: Profile, enough: float) -> Reading | None:
    """Numbers that all have the same words behind them: "320 pages", "4.5/5", "12 %"."""
    if (
        profile.lists
        or not profile.texts
        or profile.distinct < 2
        or profile.words & among("places")
    ):
        return None
    behind: Counter[str] = Counter()
    for text in profile.texts:
        if len(text) <= LONGEST_AMOUNT and (found := _with_suffix(text)):
            behind[found[1].casefold().removesuffix("s")] += 1
    if not behind:
        return None
    after, count = behind.most_common(1)[0]
    if not after or count < enough * profile.filled:
        return None
    return Reading("number", profile.sign, f"{after}s" if after in _DAYS else after)


def _with_suffix(text: str) -> tuple[str, str] | None:
    """The figures of a text and the words behind them, where the two can be told apart."""
    found = _OUT_OF.fullmatch(text.strip()) or _SUFFIXED.fullmatch(text.strip())
    return (found["n"], " ".join(found["after"].split())) if found else None
