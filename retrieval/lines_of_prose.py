"""Numbers in lines of running text: "- Cook time: ~30 minutes" makes a field cook_time of 30.

Only a key that stands in many items' texts is a field; only a value that is wholly a number or a
measure is one. Times are in minutes, as `runtime` is.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from retrieval import amounts
from retrieval.item import Role
from retrieval.text import fold

LEAST_SHARE, LEAST = 0.25, 5  # of the rows that have the text; and rows
_LINE = re.compile(
    r"^[^\w\n]{0,12}(?P<key>[^\W\d_][\w ]{1,24}?)[*_]{0,2}\s*:[*_]{0,2}\s*(?P<value>[^\n]{1,40})$",
    re.MULTILINE,
)


def with_numbers(
    rows: list[dict[str, Any]], roles: Mapping[str, Role]
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The rows with the numbers of their prose as fields, and the field that each comes from."""
    found: dict[str, str] = {}
    for field in [name for name, role in roles.items() if role == "description"]:
        texts = [row[field] for row in rows if isinstance(row.get(field), str) and row[field]]
        if sum("\n" in text for text in texts) < LEAST:
            continue
        read = [_lines(row.get(field)) for row in rows]
        counts = Counter(key for lines in read for key in lines)
        for key, count in counts.items():
            name = key.replace(" ", "_")
            if count < max(LEAST, LEAST_SHARE * len(texts)) or name in roles or name in found:
                continue
            values, name = _one_unit([lines.get(key) for lines in read], name)
            given = [v for v in values if v is not None]
            if len(given) < 0.6 * count or len(set(given)) < 2:
                continue
            found[name] = field
            rows = [
                row if value is None else {**row, name: value}
                for row, value in zip(rows, values, strict=True)
            ]
    return rows, found


def _lines(text: Any) -> dict[str, str]:
    if not isinstance(text, str) or ":" not in text:
        return {}
    return {fold(m["key"]): m["value"].strip().strip("*_ ") for m in _LINE.finditer(text)}


def _one_unit(texts: Sequence[str | None], name: str) -> tuple[list[float | int | None], str]:
    """The values in the unit that most have; a text that is no amount in it is not known."""
    units: dict[str, int] = defaultdict(int)
    read: list[tuple[float, str] | None] = []
    for text in texts:
        found: tuple[float, str] | None = None
        if text is not None:
            number = amounts.number(text)
            found = (number, "") if number is not None else amounts.measure(text)
        read.append(found)
        if found:
            units[found[1]] += 1
    if not units:
        return [None] * len(texts), name
    most = max(units, key=lambda unit: units[unit])
    values: list[float | int | None] = []
    for entry in read:
        value = amounts.converted(*entry, most) if entry and bool(entry[1]) == bool(most) else None
        values.append(int(value) if value is not None and float(value).is_integer() else value)
    return values, name if most in ("", amounts.MINUTES) else f"{name}_{most}"
