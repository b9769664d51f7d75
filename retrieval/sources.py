"""A file that a site owner has, opened: unpacked, decoded, its format told by what stands in it.

Nothing is decided here about what a field is for; that is `roles.py`. What comes out are numbered
records, those that cannot be read among them, so that they can be reported.
"""

import gzip
import re
import zlib
from pathlib import Path

from retrieval.documents import read_json
from retrieval.errors import CatalogueError
from retrieval.records import Source
from retrieval.tables import read_parquet, read_table

LARGEST = 1 << 30  # bytes, unpacked: a catalogue is held in memory whole
SINGLE_BYTES = (
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256",
    "shift_jis", "gb18030", "big5", "euc_kr",
)  # fmt: skip
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_NOT_WESTERN = re.compile(r"[^\W\d_][£³¹¿¯¼¾]|[³¹¯¼¾][^\W\d_]|£[^\W\d_]|[a-zà-ÿ][À-ÞŸŒŠŽ]")
"""What Windows-1252 makes of a file in another encoding: signs and capitals inside words."""


def read_source(path: Path, encoding: str | None = None) -> Source:
    """Read CSV, TSV, JSON, JSON Lines or Parquet, gzipped or not.

    `encoding` overrules what is found. Raises CatalogueError for a file that is not there, is none
    of these, is cut off, or holds nothing.
    """
    data = unpacked(path)
    if data[:4] == b"PAR1":
        return _some(path, read_parquet(path.name, data))
    _refuse_other_formats(path.name, data)
    text, notes = decoded(path.name, data, encoding)
    if not text.strip():
        raise CatalogueError(f"{path.name} holds no item: it is empty.")
    suffixes = {s.casefold() for s in path.suffixes}
    if text.lstrip()[:1] in ("{", "[") or suffixes & {".json", ".jsonl", ".ndjson"}:
        lines = bool(suffixes & {".jsonl", ".ndjson"})
        source = read_json(path.name, text, by_lines=lines)
    else:
        source = read_table(path.name, text, tabbed=bool(suffixes & {".tsv", ".tab"}))
    return _some(path, Source(source.kind, source.unit, source.records, notes + source.notes))


def _some(path: Path, source: Source) -> Source:
    if not source.records:
        raise CatalogueError(f"{path.name} holds no item.")
    return source


def unpacked(path: Path) -> bytes:
    """The bytes of a file, of what is inside where it is gzipped. Raises CatalogueError."""
    if not path.is_file():
        raise CatalogueError(f"There is no file {str(path)!r} to read a catalogue from.")
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        with gzip.open(path) if packed else path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise CatalogueError(
            f"{path.name} cannot be read, it seems cut off or damaged: {error}."
        ) from error
    if len(data) > LARGEST:
        raise CatalogueError(
            f"{path.name} is larger than {LARGEST >> 20:,} MB unpacked; a catalogue is held in memory."
        )
    return data


def _refuse_other_formats(name: str, data: bytes) -> None:
    start = data[:512].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    for mark, what in (
        (b"pk\x03\x04", "a spreadsheet (or another zip archive)"),
        (b"\xd0\xcf\x11\xe0", "an old spreadsheet"),
        (b"<?xml", "XML"),
        (b"<!doctype", "a web page"),
        (b"<html", "a web page"),
        (b"%pdf", "a PDF"),
        (b"sqlite format 3", "an SQLite database"),
    ):
        if start.startswith(mark):
            raise CatalogueError(
                f"{name} is {what}. Save or export it as CSV, TSV, JSON, JSON Lines or Parquet."
            )


def decoded(name: str, data: bytes, encoding: str | None = None) -> tuple[str, tuple[str, ...]]:
    """The text of a file, and notes on how it was found. Raises CatalogueError for what is none.

    UTF-8 or what a byte order mark says; else, where most lines are UTF-8, the others alone as
    Windows-1252; else one encoding for the file, guessed by charset-normalizer.
    """
    if encoding is not None:
        try:
            return data.decode(encoding).removeprefix("\ufeff"), ()
        except (LookupError, UnicodeError) as error:
            raise CatalogueError(f"{name} cannot be read as {encoding!r}: {error}.") from error
    for mark, named in _BOMS:
        if data.startswith(mark):
            try:
                return data.decode(named), ()
            except UnicodeError as error:
                if named != "utf-8-sig":
                    raise CatalogueError(f"{name} cannot be read as {named}: {error}.") from error
                data = data[len(mark) :]
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return _guessed(name, data)
    if text.count("\0") > len(text) // 4:
        return _guessed(name, data)
    return text, ()


def _guessed(name: str, data: bytes) -> tuple[str, tuple[str, ...]]:
    if data.count(b"\0"):
        order = "utf-16-le" if data[1::2].count(b"\0") > data[::2].count(b"\0") else "utf-16-be"
        if data.count(b"\0") > len(data) // 4:
            try:
                return data.decode(order), (f"Read as {order}, which it does not say itself.",)
            except UnicodeError:
                pass
        raise CatalogueError(
            f"{name} is no text: it holds zero bytes. Save it as CSV, JSON or Parquet."
        )
    strange = [(n, line) for n, line in enumerate(data.split(b"\n"), 1) if not line.isascii()]
    broken = [n for n, line in strange if not _is_utf8(line)]
    if len(broken) * 2 <= len(strange):
        return _mixed(data, broken)
    from charset_normalizer import from_bytes  # noqa: PLC0415

    sample = b"\n".join(line for _, line in strange)[:100_000]
    best = from_bytes(sample, cp_isolation=list(SINGLE_BYTES)).best()
    found = best.encoding if best else "cp1252"
    try:
        if found in ("cp1250", "cp1254") and not _NOT_WESTERN.search(data.decode("cp1252")):
            found = "cp1252"  # the two differ in a few letters, and this one is far more common
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode(found)
    except UnicodeDecodeError:
        text = data.decode(found, errors="replace")
        return text, (
            f"Not UTF-8. Read as {found}, which does not fit every byte: say --encoding NAME.",
        )
    hint = "Not UTF-8. Read as {}, which is a guess; if letters look wrong, say --encoding NAME."
    return text, (hint.format(found),)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _mixed(data: bytes, broken: list[int]) -> tuple[str, tuple[str, ...]]:
    lines = data.split(b"\n")
    wrong = set(broken)
    text = "\n".join(
        line.decode("cp1252", errors="replace") if n in wrong else line.decode()
        for n, line in enumerate(lines, 1)
    )
    shown = ", ".join(map(str, broken[:5])) + (", ..." if len(broken) > 5 else "")
    return text, (f"Mixed encodings: UTF-8, but Windows-1252 in line {shown}.",)
