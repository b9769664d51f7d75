"""JSON Lines, a JSON array, or a JSON object that holds one: records with the line each begins in."""

import json
import re
from collections.abc import Iterator
from typing import Any

from retrieval.errors import CatalogueError
from retrieval.records import LONGEST_RECORD, Record, Source

_DECODER = json.JSONDecoder()
_GAP = re.compile(r"[\s,]*")
DEEPEST = 3  # objects around the array of records


def read_json(name: str, text: str, *, by_lines: bool = False) -> Source:
    """The records of a JSON text. A record that cannot be read, and one that is no object, comes as
    a problem; a text that breaks off, or holds no records, raises CatalogueError."""
    if by_lines or _is_lines(text):
        return Source("JSON Lines", "line", list(_lines(name, text)))
    try:
        whole = json.loads(text)
    except RecursionError as error:
        raise CatalogueError(f"{name} is nested too deeply to be read.") from error
    except json.JSONDecodeError as error:
        cut = error.pos >= len(text.rstrip()) - 1 or error.msg.startswith("Unterminated")
        what = "is cut off" if cut else "is broken"
        raise CatalogueError(
            f"{name} {what}: in line {error.lineno}, column {error.colno}: {error.msg}."
        ) from error
    except ValueError as error:
        raise CatalogueError(f"{name} cannot be read as JSON: {error}.") from error
    if isinstance(whole, list):
        return Source("JSON array", "line", list(_elements(text, text.index("["), whole)))
    found = _records_in(whole)
    if found is None:
        raise CatalogueError(
            f"{name} holds no list of objects. Expected are an array of objects, an object that "
            "holds one, or JSON Lines."
        )
    path, records = found
    if isinstance(records, list):
        start = _start_of(text, path[-1], records)
        kind = f"JSON object, array under {'.'.join(path)!r}"
        if start is None:
            return Source(kind, "item", [_record(n, v) for n, v in enumerate(records, 1)])
        return Source(kind, "line", list(_elements(text, start, records)))
    if _is_columns(records):
        return Source("JSON object of columns", "item", list(_from_columns(records)))
    rows = [
        _record(n, value if "id" in value else {"id": key, **value})
        for n, (key, value) in enumerate(records.items(), 1)
    ]
    return Source("JSON object of records", "item", rows, ("The keys are taken for ids.",))


def _is_lines(text: str) -> bool:
    """Whether each line is a value of its own: so they look, and there are several."""
    lines = [line.strip() for line in text[:200_000].splitlines() if line.strip()][:20]
    if not lines or not lines[0].startswith("{"):
        return False
    if len(lines) == 1:
        try:
            only = json.loads(lines[0])
        except (ValueError, RecursionError):
            return False
        return _records_in(only) is None
    whole = sum(line.startswith("{") and line.endswith("}") for line in lines)
    return whole * 2 > len(lines)


def _lines(name: str, text: str) -> Iterator[Record]:
    rows = text.split("\n")
    last = next((n for n in range(len(rows), 0, -1) if rows[n - 1].strip()), 0)
    for number, line in enumerate(rows, 1):
        if not line.strip():
            continue
        if len(line) > LONGEST_RECORD:
            yield Record(number, problem=f"is longer than {LONGEST_RECORD:,} characters")
            continue
        try:
            value = json.loads(line)
        except RecursionError:
            yield Record(number, problem="is nested too deeply", raw=line[:60])
            continue
        except ValueError as error:
            if number == last and number == len(rows) and number > 1:
                raise CatalogueError(
                    f"{name} is cut off: its last line, {number}, does not end."
                ) from error
            yield Record(number, problem=f"is not JSON: {error}", raw=line[:60])
            continue
        yield _record(number, value)


def _record(line: int, value: Any) -> Record:
    if not isinstance(value, dict):
        return Record(line, problem="is not an object", raw=str(value)[:60])
    return Record(line, value)


def _elements(text: str, start: int, values: list[Any]) -> Iterator[Record]:
    """The elements of the array that begins at `start`, with the line that each begins in."""
    place, line, counted = start + 1, text.count("\n", 0, start + 1) + 1, start + 1
    for value in values:
        gap = _GAP.match(text, place)
        begin = gap.end() if gap else place
        line += text.count("\n", counted, begin)
        counted = begin
        _, place = _DECODER.raw_decode(text, begin)
        if place - begin > LONGEST_RECORD:
            yield Record(line, problem=f"is longer than {LONGEST_RECORD:,} characters")
        else:
            yield _record(line, value)


def _start_of(text: str, key: str, records: list[Any]) -> int | None:
    for match in re.finditer(re.escape(json.dumps(key, ensure_ascii=False)) + r"\s*:\s*\[", text):
        start = match.end() - 1
        try:
            if _DECODER.raw_decode(text, start)[0] == records:
                return start
        except ValueError:
            continue
    return None


def _records_in(value: Any, depth: int = 0) -> tuple[list[str], Any] | None:
    """The longest list of objects inside an object, or an object of alike objects; with its path."""
    if not isinstance(value, dict) or depth > DEEPEST:
        return None
    lists = {k: v for k, v in value.items() if isinstance(v, list) and v}
    whole = {k: v for k, v in lists.items() if all(isinstance(e, dict) for e in v)}
    if whole and not _is_a_record(value):
        key = max(whole, key=lambda k: len(whole[k]))
        return [key], whole[key]
    inner = [(k, _records_in(v, depth + 1)) for k, v in value.items()]
    found = [([k, *at[0]], at[1]) for k, at in inner if at]
    if found and not _is_a_record(value) and len(found) < 4:
        return max(found, key=lambda at: len(at[1]))
    if len(value) > 1 and all(isinstance(v, dict) and v for v in value.values()):
        return [], value
    return None


def _is_a_record(value: dict[str, Any]) -> bool:
    """Whether an object is an item itself, with a list of objects as one of its fields."""
    return bool({"title", "name"} & {k.casefold() for k, v in value.items() if isinstance(v, str)})


def _is_columns(records: dict[str, dict[str, Any]]) -> bool:
    columns = list(records.values())
    keys = columns[0].keys()
    numbered = all(k.isdigit() for k in keys)
    return numbered and all(column.keys() == keys for column in columns)


def _from_columns(records: dict[str, dict[str, Any]]) -> Iterator[Record]:
    for number, key in enumerate(next(iter(records.values())), 1):
        yield Record(number, {name: column[key] for name, column in records.items()})
