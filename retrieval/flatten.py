"""Nested values laid flat: {"dimensions": {"width": 3}} becomes the field "dimensions.width".

A list of objects is summed up: reviews to their number and mean rating, variants to their lowest
price, pictures to their addresses, named things to their names, pairs of name and value to fields.
"""

import ast
import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

from retrieval.field_names import names_people

DEEPEST = 5  # objects in objects
LONGEST_PACKED = 100_000  # characters of a list written as text
_NAMES = ("name", "title", "label", "value", "text", "code", "slug")
_RATINGS = ("rating", "score", "stars", "ratingvalue", "rating_value")
_PRICES = ("price", "amount", "cost")
_ADDRESSES = ("src", "url", "href", "link", "image")
_KEYS, _VALUES = ("name", "key", "label", "attribute", "property"), ("value", "values", "val")


def flatten(fields: Mapping[str, Any], dropped: set[str]) -> dict[str, Any]:
    """One record without objects in it. What cannot be laid flat is left out, its name in `dropped`."""
    if not any(_is_nested(v) for v in fields.values()):
        return dict(fields)
    flat: dict[str, Any] = {}
    for name, value in fields.items():
        _lay(name, value, flat, dropped, 1)
    return flat


def _is_nested(value: Any) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and any(v is None or isinstance(v, dict | list) for v in value)
    )


def _lay(name: str, value: Any, flat: dict[str, Any], dropped: set[str], depth: int) -> None:
    if depth > DEEPEST:
        dropped.add(name)
    elif isinstance(value, dict):
        for key, inner in value.items():
            _lay(f"{name}.{key}", inner, flat, dropped, depth + 1)
    elif not isinstance(value, list):
        flat[name] = value
    elif all(not isinstance(v, dict | list) for v in value):
        flat[name] = [v for v in value if v is not None]
    elif all(isinstance(v, dict) for v in value):
        _sum_up(name, value, flat, dropped, depth)
    else:
        inner = [v for part in value if isinstance(part, list) for v in part]
        if any(isinstance(v, dict | list) for v in inner):
            dropped.add(name)
        else:
            flat[name] = [v for v in inner if v is not None]


def _sum_up(
    name: str, objects: list[dict[str, Any]], flat: dict[str, Any], dropped: set[str], depth: int
) -> None:
    keys = {key.casefold(): key for key in objects[0]}
    rating = next((keys[k] for k in _RATINGS if k in keys), None)
    price = next((keys[k] for k in _PRICES if k in keys), None)
    address = next((keys[k] for k in _ADDRESSES if k in keys), None)
    named = next((keys[k] for k in _NAMES if k in keys), None)
    pair = next((keys[k] for k in _KEYS if k in keys), None)
    held = next((keys[k] for k in _VALUES if k in keys), None)
    if pair and held and pair != held:
        for entry in objects:
            _lay(f"{name}.{entry.get(pair)}", entry.get(held), flat, dropped, depth + 1)
    elif rating:
        numbers = _numbers(entry.get(rating) for entry in objects)
        flat[f"{name}.count"] = len(objects)
        if numbers:
            flat[f"{name}.{rating}"] = round(sum(numbers) / len(numbers), 2)
    elif price:
        if numbers := _numbers(entry.get(price) for entry in objects):
            flat[f"{name}.{price}"] = min(numbers)
        if named:
            flat[f"{name}.{named}"] = _texts(entry.get(named) for entry in objects)
    elif named and (names_people(name) or not address):
        flat[name] = _texts(entry.get(named) for entry in objects)
    elif address:
        flat[name] = _texts(entry.get(address) for entry in objects)
    else:
        flat[f"{name}.count"] = len(objects)
        dropped.add(name)


def _numbers(values: Iterable[Any]) -> list[float]:
    found = []
    for value in values:
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            continue
        if math.isfinite(number):
            found.append(int(number) if number.is_integer() else number)
    return found


def _texts(values: Iterable[Any]) -> list[str]:
    return list(
        dict.fromkeys(str(v) for v in values if isinstance(v, str | int | float) and v != "")
    )


def unpacked_columns(rows: list[dict[str, Any]]) -> tuple[str, ...]:
    """Opens, in place, the columns whose texts are lists or objects written out: '["a", "b"]' as JSON
    writes it, "['a', 'b']" as Python does. Gives the names of those columns."""
    names = [n for n, v in (rows[0] if rows else {}).items() if isinstance(v, str | None)]
    opened = []
    for name in names:
        texts = [t for row in rows if isinstance(t := row.get(name), str) and t.strip()]
        packed = [t for t in texts if t.lstrip()[:1] in "[{" and t.rstrip()[-1:] in "]}"]
        if not packed or len(packed) < 0.9 * len(texts):
            continue
        sample = packed[:50]
        if sum(isinstance(_unpacked(t), list | dict) for t in sample) < 0.9 * len(sample):
            continue
        opened.append(name)
        for row in rows:
            if isinstance(row.get(name), str):
                row[name] = _unpacked(row[name])
    return tuple(opened)


def _unpacked(text: str) -> Any:
    if len(text) > LONGEST_PACKED:
        return text
    for read in (json.loads, ast.literal_eval):
        try:
            value = read(text.strip())
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
        if isinstance(value, list | dict):
            return value
        if isinstance(value, tuple | set):
            return list(value)
    return text
