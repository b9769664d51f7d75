"""Reading a file of interactions: who did what with which item, row by row.

CSV and TSV by the `csv` module, JSON Lines by `json`; gzipped or not, told by the bytes. A row that
cannot be used comes as a `Fault` with its line and the reason; a file that cannot be used at all
raises InteractionsError. Nothing of a file is held in memory.
"""

import csv
import gzip
import io
import json
import math
import zlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any, cast

from retrieval.encoder import Progress
from retrieval.errors import InteractionsError
from retrieval.signals import COUNT, COUNTED, GIVEN, RATING, Columns, Values, find_columns, plain

LONGEST = 200  # characters of an id
LONGEST_LINE = 1_000_000
EVERY = 5000  # rows between two reports of progress
UNREADABLE = (OSError, EOFError, csv.Error, zlib.error)
LATEST = 253_402_300_799_000  # the last millisecond of the year 9999


@dataclass(frozen=True)
class Interaction:
    """One row. `what` is an event's name, or "rating", "count" or "given" (no value at all); `value`
    is the number of a rating or count, the worth of an event, else 1. `time` is in milliseconds
    since 1970, 0 where it is not known."""

    user: str
    item: str
    what: str
    value: float
    time: int = 0


@dataclass(frozen=True)
class Fault:
    """A row that cannot be used."""

    line: int
    why: str


@dataclass(frozen=True)
class Reading:
    """How a file is to be read: columns and kind of values where they are not to be guessed, and
    what events are worth."""

    columns: Mapping[str, str]
    values: Values | None
    worth: Mapping[str, float]


class InteractionFile:
    """A file that is open to be read once, from its first row to its last; `columns` says what was
    taken for what, `values` which kind of value (None until the first that is told by its look)."""

    def __init__(self, path: Path, reading: Reading, progress: Progress | None = None) -> None:
        if not path.is_file():
            raise InteractionsError(f"There is no file {str(path)!r} to read interactions from.")
        self.path, self.values, self._worth = path, reading.values, reading.worth
        self._progress, self._size = progress, path.stat().st_size
        with ExitStack() as stack:
            try:
                self._raw = stack.enter_context(path.open("rb"))
                packed = self._raw.read(2) == b"\x1f\x8b"
                self._raw.seek(0)
                inner: Any = stack.enter_context(gzip.open(self._raw)) if packed else self._raw
                text = io.TextIOWrapper(inner, "utf-8-sig", "surrogateescape", newline="")
                self._rows = self._open(text)
                names, self._ahead = self._names()
            except UNREADABLE as error:
                raise InteractionsError(f"{path.name} cannot be read: {error}.") from error
            self.columns: Columns = find_columns(names, reading.columns, path.name)
            self._stack = stack.pop_all()
        if self.values is None and plain(self.columns.value) in COUNTED:
            self.values = "counts"

    def _open(self, text: io.TextIOWrapper) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
        name = self.path.name.casefold().removesuffix(".gz")
        return _objects(text) if name.endswith(("json", "jsonl", "ndjson")) else _table(text, name)

    def _names(self) -> tuple[list[str], list[tuple[int, Mapping[str, Any] | str]]]:
        """The columns' names, and the rows that had to be read for them."""
        ahead = []
        for line, row in self._rows:
            ahead.append((line, row))
            if not isinstance(row, str):
                return list(row), ahead
            if len(ahead) > 100:
                break
        why = f" Line {ahead[0][0]}: {ahead[0][1]}." if ahead else ""
        raise InteractionsError(f"{self.path.name} holds no interaction.{why}")

    def __iter__(self) -> Iterator[Interaction | Fault]:
        """Every row. Raises InteractionsError where the rest cannot be read; the file is then closed."""
        done = 0
        try:
            with self._stack:
                for line, row in self._ahead:
                    yield self._read(line, row)
                for done, (line, row) in enumerate(self._rows, len(self._ahead)):
                    if self._progress and done % EVERY == 0:
                        self._progress("reading", self._raw.tell(), self._size)
                    yield self._read(line, row)
        except UNREADABLE as error:
            raise InteractionsError(
                f"{self.path.name} cannot be read beyond row {done:,}: {error}. Nothing was changed."
            ) from error

    def _read(self, line: int, row: Mapping[str, Any] | str) -> Interaction | Fault:
        if isinstance(row, str):
            return Fault(line, row)
        try:
            user = _id(row.get(self.columns.user), "user")
            item = _id(row.get(self.columns.item), "item")
            what, value = self._value(row.get(self.columns.value))
            return Interaction(user, item, what, value, _time(row.get(self.columns.time)))
        except ValueError as error:
            return Fault(line, str(error))

    def _value(self, value: Any) -> tuple[str, float]:
        if not self.columns.value:
            return GIVEN, 1.0
        if value is None or (isinstance(value, str) and not value.strip()):
            raise ValueError(f"the {self.columns.value} is empty")
        number = _number(value)
        name = plain(str(value))
        if self.values is None and (number is not None or name in self._worth):
            self.values = "events" if number is None else "ratings"
        if self.values in ("events", None):
            if name not in self._worth:
                raise ValueError(f"no event is named {str(value)!r:.60}; `--event {name or 'NAME'}=WORTH` says what it is worth")  # fmt: skip
            return name, self._worth[name]
        if number is None:
            raise ValueError(f"{value!r:.60} is no number")
        if self.values == "counts" and number < 0:
            raise ValueError(f"{value!r:.60} is no count")
        return (COUNT if self.values == "counts" else RATING), number


def _id(value: Any, part: str) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    if value is None or isinstance(value, bool | float | list | dict):
        raise ValueError(f"there is no {part}" if value is None else f"{value!r:.60} is no {part}")
    text = str(value).strip()
    if not text:
        raise ValueError(f"there is no {part}")
    if len(text) > LONGEST:
        raise ValueError(f"the {part} is longer than {LONGEST} characters")
    if any("\ud800" <= c <= "\udfff" for c in text) or "\0" in text:
        raise ValueError(f"the {part} {text!r:.60} is not text in UTF-8")
    return text


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _time(value: Any) -> int:
    """Milliseconds since 1970 of seconds, milli- or microseconds or an ISO date; UTC if it names no zone."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return 0
    try:
        moment = datetime.fromisoformat(str(value).strip())
        return round(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() * 1000)
    except ValueError:
        number = _number(value)
    scale = 1000 if abs(number or 0) < 1e11 else 1 if abs(number or 0) < 1e14 else 1e-3
    if number is None or abs(number * scale) > LATEST:
        raise ValueError(f"{value!r:.60} is no time")
    return int(number * scale)


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    for number, line in enumerate(iter(lambda: text.readline(LONGEST_LINE + 1), ""), 1):
        if len(line) > LONGEST_LINE:
            raise csv.Error(f"line {number} is longer than {LONGEST_LINE:,} characters")
        yield line


def _objects(text: io.TextIOWrapper) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    for number, line in enumerate(_lines(text), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield number, f"it is not JSON: {error}"
            continue
        if isinstance(row, dict):
            yield number, cast("dict[str, Any]", row)
        else:
            yield number, "it is not a JSON object"


def _table(text: io.TextIOWrapper, name: str) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    lines = _lines(text)
    first = next(lines, "")
    tabbed = name.endswith((".tsv", ".tab"))
    delimiter = "\t" if tabbed else max(",;\t|", key=first.count)
    rows = csv.reader(chain((first,), lines), delimiter=delimiter)
    header = [cell.strip() for cell in next(rows, [])]
    for cells in rows:
        if not cells:
            continue
        if len(cells) == len(header):
            yield rows.line_num, dict(zip(header, cells, strict=True))
        else:
            yield rows.line_num, f"it has {len(cells)} cells where {len(header)} columns are named"
