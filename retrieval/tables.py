"""CSV and TSV (the dialect told by clevercsv), and Parquet: the home of pyarrow and clevercsv."""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from retrieval.errors import CatalogueError
from retrieval.records import LONGEST_RECORD, Record, Source

DELIMITERS = (",", ";", "\t", "|")
NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
MOST_FIELDS = 2_000
LONGEST_NAME = 100  # characters
_SAMPLE = 16_000  # characters


class _Dialect(csv.Dialect):
    delimiter = ","
    quotechar = '"'
    doublequote = True
    escapechar: str | None = None
    skipinitialspace = False
    lineterminator = "\n"
    quoting: Any = csv.QUOTE_MINIMAL


def read_table(name: str, text: str, *, tabbed: bool = False) -> Source:
    """The rows below a line of column names.

    A row with another number of cells than there are columns comes as a problem. Raises
    CatalogueError for names that are missing, and for a file that ends inside a cell or a row.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    dialect = _dialect(text, tabbed)
    rows = _rows(name, text, dialect)
    header_line, header = next(rows, (1, []))
    names, notes = _names(name, header)
    records = []
    for line, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        records.append(_row(line, cells, names, dialect.delimiter))
    last = records[-1] if records else Record(0)
    if last.problem and len(last.fields) < len(names) and not text.endswith("\n"):
        raise CatalogueError(f"{name} is cut off: its last line, {last.line}, {last.problem}.")
    if header_line > 1:
        notes.insert(0, f"The columns are named in line {header_line}.")
    kind = f"table, cells parted by {NAMES[dialect.delimiter]}"
    return Source(kind, "line", records, tuple(notes))


def _dialect(text: str, tabbed: bool) -> type[csv.Dialect]:
    import clevercsv  # noqa: PLC0415

    sample = text[:_SAMPLE]
    sample = sample[: sample.rfind("\n") + 1] or sample
    try:
        found = clevercsv.Sniffer().sniff(sample, delimiters=list(DELIMITERS))
    except clevercsv.Error:
        found = None
    first = sample.lstrip("\n").partition("\n")[0]

    class Found(_Dialect):
        pass

    if tabbed and "\t" in first:
        Found.delimiter = "\t"
    elif found and found.delimiter and found.delimiter in first:
        Found.delimiter = found.delimiter
    else:
        Found.delimiter = max(DELIMITERS, key=first.count)
    if found and not found.quotechar and '"' in sample and Found.delimiter == "\t":
        Found.quoting = csv.QUOTE_NONE
    if found and found.escapechar == "\\":
        Found.escapechar = "\\"
    return Found


def _rows(name: str, text: str, dialect: type[csv.Dialect]) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(LONGEST_RECORD)
    reader = csv.reader(io.StringIO(text, newline=""), dialect)
    begin, last = 1, (1, 1)
    try:
        for cells in reader:
            if cells:
                last = (begin, reader.line_num)
                yield begin, cells
            begin = reader.line_num + 1
    except csv.Error as error:
        raise CatalogueError(
            f"{name}, line {begin}: {error}. A quotation mark there may never be closed."
        ) from error
    lines = text.split("\n")
    open_cell = "\n".join(lines[last[0] - 1 : last[1]])
    try:
        list(csv.reader(io.StringIO(open_cell, newline=""), dialect, strict=True))
    except csv.Error as error:
        if "unexpected end" in str(error):
            raise CatalogueError(
                f"{name} is cut off, or a quotation mark is never closed: the cell that begins in "
                f"line {last[0]} runs to the end of the file."
            ) from error


def _names(name: str, header: list[str]) -> tuple[list[str], list[str]]:
    cells = [" ".join(cell.split()) for cell in header]
    while cells and not cells[-1]:
        cells.pop()
    if not cells:
        raise CatalogueError(f"{name}: the first line has to name the columns.")
    if len(cells) > MOST_FIELDS:
        raise CatalogueError(f"{name} names {len(cells):,} columns; {MOST_FIELDS:,} can be read.")
    long = next((cell for cell in cells if len(cell) > LONGEST_NAME), None)
    if long is not None:
        raise CatalogueError(
            f"{name}: the first line has to name the columns, and {long[:60]!r}... is no name."
        )
    names: list[str] = []
    notes: list[str] = []
    for place, cell in enumerate(cells, 1):
        new, count = cell or f"column {place}", 1
        while new in names:
            count += 1
            new = f"{cell or f'column {place}'} ({count})"
        if cell and count > 1:
            notes.append(f"The column {cell!r} stands twice; the second one is called {new!r}.")
        names.append(new)
    return names, notes


def _row(line: int, cells: list[str], names: list[str], delimiter: str) -> Record:
    while len(cells) > len(names) and not cells[-1].strip():
        cells.pop()
    fields = dict(zip(names, map(str.strip, cells), strict=False))
    if len(cells) != len(names):
        problem = f"has {len(cells)} cells, where {len(names)} columns are named"
        return Record(line, fields, problem, delimiter.join(cells)[:60])
    return Record(line, fields)


def read_parquet(name: str, data: bytes) -> Source:
    """The rows of a Parquet file, counted from 1. Raises CatalogueError for a damaged file."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        rows = pq.read_table(pa.BufferReader(data)).to_pylist()
    except (pa.ArrowException, OSError, ValueError) as error:
        first = str(error).splitlines()[0]
        raise CatalogueError(f"{name} cannot be read as Parquet: {first}") from error
    records = [Record(n, {k: _plain(v) for k, v in row.items()}) for n, row in enumerate(rows, 1)]
    return Source("Parquet", "row", records)


def _plain(value: Any) -> Any:
    """A value of Arrow as JSON would hold it; bytes, which say nothing to a reader, as nothing."""
    match value:
        case dict():
            return {str(k): _plain(v) for k, v in value.items()}
        case list() if value and all(isinstance(v, tuple) and len(v) == 2 for v in value):
            return {str(k): _plain(v) for k, v in value}
        case list() | tuple():
            return [_plain(v) for v in value]
        case Decimal():
            number = float(value)
            return int(number) if number.is_integer() else number
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return value.total_seconds() / 60
        case bytes():
            return None
        case _:
            return value
