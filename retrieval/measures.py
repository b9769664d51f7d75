"""What a number of a catalogue measures, read off its field's name: minutes, money, years ...

Owners name their fields as they like ("cook_time_minutes", "priceEUR", "playtime (hours)"); visitors
say "under 30 minutes" to all of them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from retrieval.text import fold, singular

Kind = Literal[
    "year", "minutes", "money", "age", "rating", "stock", "pages", "servings", "calories",
    "players", "weight",
]  # fmt: skip

_CAMEL = re.compile(r"(?<=[a-z\d])(?=[A-Z])")
_WORDS: dict[Kind, frozenset[str]] = {
    "year": frozenset(["year", "jahr", "annee", "published", "released"]),
    "minutes": frozenset(
        ["minute", "runtime", "duration", "playtime", "hour", "hr", "second", "length"]
    ),
    "money": frozenset(
        [
            "price",
            "cost",
            "preis",
            "prix",
            "precio",
            "fee",
            "rent",
            "msrp",
            "amount",
            "salary",
            "rate",
        ]
    ),
    "rating": frozenset(["rating", "score", "star"]),
    "stock": frozenset(["stock", "inventory", "quantity", "qty"]),
    "pages": frozenset(["page"]),
    "servings": frozenset(["serving", "serve", "portion", "yield"]),
    "calories": frozenset(["calorie", "calories", "kcal", "energy"]),
    "players": frozenset(["player"]),
    "weight": frozenset(["weight", "mass"]),
}
_TIMES = frozenset(
    ["cook", "prep", "preparation", "total", "play", "playing", "running", "reading"]
)
"""What makes a "time" one of minutes."""
_UNITS = {
    "hour": 60.0, "hr": 60.0, "second": 1 / 60, "ms": 1 / 60_000, "day": 1440.0, "night": 1440.0,
    "week": 10_080.0,
}  # fmt: skip
_AGES = frozenset(["age from", "min age", "minimum age", "age"])
_LEADING = ("total", "sale", "current")
"""Of several fields that measure the same, one so named is meant first, behind the plain name."""


@dataclass(frozen=True)
class Measure:
    """What a field measures; one of its units is `factor` of the kind's own (minutes, for times)."""

    kind: Kind
    factor: float = 1.0


@lru_cache(maxsize=4096)
def words_of(field: str) -> tuple[str, ...]:
    """The words of a field's name, folded: `cookTimeMinutes` and `cook_time.minutes` are alike."""
    return tuple(fold(_CAMEL.sub(" ", field)).split())


@lru_cache(maxsize=4096)
def measure_of(field: str) -> Measure | None:
    """What a number field measures; None where its name does not say."""
    words = words_of(field)
    plain = [singular(w) for w in words]
    if " ".join(words) in _AGES:
        return Measure("age")
    if words[-1:] in (("min",), ("mins",)) and len(words) > 1:
        return Measure("minutes")
    for kind, names in _WORDS.items():
        found = [one for word, one in zip(words, plain, strict=True) if {word, one} & names]
        if found:
            factor = _UNITS.get(plain[-1], _UNITS.get(found[-1], 1.0))
            return Measure(kind, factor if kind == "minutes" else 1.0)
    if "time" in plain and set(plain) & _TIMES:
        return Measure("minutes")
    return None


def measuring(kind: Kind, fields: Iterable[str]) -> list[str]:
    """The fields that measure `kind`, the likeliest to be meant first."""
    found = [f for f in fields if (m := measure_of(f)) is not None and m.kind == kind]
    return sorted(found, key=lambda f: (len(words_of(f)) > 1, not set(words_of(f)) & set(_LEADING)))
