"""The whole of a time that a file gives in parts: preparing and cooking, say."""

from collections.abc import Mapping, Sequence
from typing import Any

from retrieval.item import Role
from retrieval.measures import measure_of, words_of

NAME = "total_time"
_PARTS = (("prep", "preparation"), ("cook", "cooking", "bake", "baking"))


def with_total_time(
    rows: list[dict[str, Any]], roles: Mapping[str, Role]
) -> tuple[list[dict[str, Any]], dict[str, Sequence[str]]]:
    """The rows with the sum of their times, where a file has the parts and no whole; and the name of
    that field with those of its parts. A row that lacks a part has no sum: it would be too low."""
    times = [
        name
        for name, role in roles.items()
        if role == "number" and (m := measure_of(name)) and m.kind == "minutes" and m.factor == 1
    ]
    if any("total" in words_of(name) for name in times):
        return rows, {}
    parts = [next((n for n in times if set(words_of(n)) & set(called)), None) for called in _PARTS]
    fields = [name for name in parts if name is not None]
    if len(fields) < len(_PARTS):
        return rows, {}
    return [_summed(row, fields) for row in rows], {NAME: fields}


def _summed(row: dict[str, Any], fields: Sequence[str]) -> dict[str, Any]:
    values = [row.get(name) for name in fields]
    known = [v for v in values if isinstance(v, int | float)]
    return {**row, NAME: sum(known)} if len(known) == len(fields) else row
