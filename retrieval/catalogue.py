"""A site's catalogue in SQLite: rows as they were read, and full text over them (FTS5).

The home of sqlite-utils for catalogues. Writing happens in one transaction, so a reader sees the
old catalogue or the new one; each thread reads through a connection of its own.
"""

import gzip
import hashlib
import json
import math
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from retrieval.constraints import Columns
from retrieval.errors import CatalogueError
from retrieval.item import Item, Role, Schema, infer_roles
from retrieval.text import fold, spaced, visible

FTS_WEIGHTS = (4.0, 3.0, 3.0, 1.0)  # title, people, facets, prose: a name says more than a word
FILE = "catalogue.db"
LONGEST_LINE = 1_000_000  # characters
LARGE = 10_000  # items of a catalogue from which on full text leaves common words out
MOST_MATCHES = 5_000  # items that the words of one such search may be in, all together
MOST_COMMON = 0.1  # of all items
MOST_COUNTED = 10_000  # words whose items were counted and are remembered


class Row(BaseModel):
    """A line of a catalogue file: an id, a title, and whatever else the site knows."""

    model_config = ConfigDict(extra="allow", strict=True)
    id: str = Field(min_length=1, max_length=200)
    title: str = Field(max_length=500)


@dataclass(frozen=True)
class Written:
    """The ids by which a catalogue now differs from what it was, and the hash of what it was, empty where
    there was nothing."""

    added: frozenset[str]
    changed: frozenset[str]
    removed: frozenset[str]
    follows: str


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Read a catalogue file (JSON Lines, gzipped or not).

    Raises CatalogueError, naming the line, for a row that is not an object with a text `id` and
    `title`, for an id given twice, for a number that is not finite, and for an empty file.
    """
    if not path.is_file():
        raise CatalogueError(f"There is no file {str(path)!r} to read a catalogue from.")
    rows: dict[str, dict[str, Any]] = {}
    try:
        for number, line in enumerate(_lines(path), 1):
            if not line.strip():
                continue
            row = _read_row(path, number, line)
            if row["id"] in rows:
                raise CatalogueError(
                    f"{path.name}, line {number}: the id {row['id']!r} stands twice."
                )
            rows[row["id"]] = row
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path.name} cannot be read as text: {error}.") from error
    if not rows:
        raise CatalogueError(f"{path.name} holds no item.")
    return list(rows.values())


def _lines(path: Path) -> Iterator[str]:
    with (
        gzip.open(path, "rt", encoding="utf-8-sig")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8-sig") as file
    ):
        yield from file


def _read_row(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        if len(line) > LONGEST_LINE:
            raise ValueError(f"it is longer than {LONGEST_LINE:,} characters")
        row = Row.model_validate(json.loads(line, parse_constant=_refuse_constant)).model_dump()
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the row"
        raise CatalogueError(f"{path.name}, line {number}, {where}: {first['msg']}.") from error
    except (ValueError, RecursionError) as error:
        raise CatalogueError(
            f"{path.name}, line {number} is not a JSON object: {error}."
        ) from error
    for name, value in row.items():
        parts = value if isinstance(value, list) else [value]
        if not all(v is None or isinstance(v, str | int | float) for v in parts):
            raise CatalogueError(
                f"{path.name}, line {number}, {name}: a field is a text, a number or a list of "
                f"texts, not {value!r:.80}."
            )
        if any(isinstance(v, float) and not math.isfinite(v) for v in parts):
            raise CatalogueError(f"{path.name}, line {number}, {name}: {value!r} is not a number.")
    return {name: _seen(value) if name != "id" else value for name, value in row.items()}


def _seen(value: Any) -> Any:
    if isinstance(value, list):
        return [_seen(part) for part in value]
    return visible(value) if isinstance(value, str) else value


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number in JSON")


def write_catalogue(
    folder: Path,
    rows: list[dict[str, Any]],
    given: Mapping[str, Role] | None = None,
    source: str = "",
) -> Written:
    """Make the catalogue in `folder` hold exactly `rows`. Returns what changed.

    `source` is kept with it: the hash of the file that it is to follow, empty if it follows none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    schema = infer_roles(rows, given)
    with closing(sqlite3.connect(folder / FILE)) as db, db:
        _create_tables(db)
        before = dict(db.execute("select id, hash from items").fetchall())
        follows = dict(db.execute("select key, value from meta").fetchall()).get("hash", "")
        roles = json.dumps(dict(schema.roles))
        stored = {row["id"]: json.dumps(row, ensure_ascii=False) for row in rows}
        hashes = {id: _digest([text, roles]) for id, text in stored.items()}
        changed = [row for row in rows if before.get(row["id"]) != hashes[row["id"]]]
        removed = set(before) - set(hashes)
        db.executemany("delete from items where id = ?", [(id,) for id in removed])
        db.executemany(
            "insert into items (id, title, people, facets, prose, row, hash, place) values"
            " (:id, :title, :people, :facets, :prose, :row, :hash, :place) on conflict (id) do"
            " update set title = excluded.title, people = excluded.people, facets = excluded.facets,"
            " prose = excluded.prose, row = excluded.row, hash = excluded.hash",
            (
                _searched(row, schema)
                | {"row": stored[row["id"]], "hash": hashes[row["id"]], "place": n}
                for n, row in enumerate(changed, len(before))
            ),
        )
        meta = {
            "roles": roles,
            "hash": _digest([id + hash for id, hash in hashes.items()]),
            "source": source,
        }
        db.executemany("insert or replace into meta values (?, ?)", meta.items())
    touched = frozenset(row["id"] for row in changed)
    return Written(touched - set(before), touched & set(before), frozenset(removed), follows)


def _create_tables(connection: sqlite3.Connection) -> None:
    """The tables of a catalogue, unless they are there. Importing sqlite-utils imports pandas, where that
    is installed: an update that finds them need not wait for it."""
    there = {name for (name,) in connection.execute("select name from sqlite_master")}
    if {"meta", "items", "items_fts"} <= there:
        return
    import sqlite_utils  # noqa: PLC0415

    db = sqlite_utils.Database(connection)
    db.enable_wal()
    db.table("meta").create({"key": str, "value": str}, pk="key", if_not_exists=True)
    items = db.table("items")
    if not items.exists():
        columns = dict.fromkeys(("id", "title", "people", "facets", "prose", "row", "hash"), str)
        items.create({**columns, "place": int}, pk="id")
    if not db.table("items_fts").exists():
        items.enable_fts(
            ["title", "people", "facets", "prose"],
            tokenize="porter unicode61 remove_diacritics 2",
            create_triggers=True,
        )


def read_meta(folder: Path) -> dict[str, str]:
    """What a catalogue says of itself; nothing if it is not there or was never finished."""
    try:
        with closing(
            sqlite3.connect(f"{(folder / FILE).absolute().as_uri()}?mode=ro", uri=True)
        ) as db:
            return dict(db.execute("select key, value from meta").fetchall())
    except sqlite3.Error:
        return {}


def hashes_of(folder: Path) -> dict[str, str]:
    """Every item's id with the hash of what is kept of it."""
    with closing(sqlite3.connect(f"{(folder / FILE).absolute().as_uri()}?mode=ro", uri=True)) as db:
        return dict(db.execute("select id, hash from items").fetchall())


def note(folder: Path, **meta: str) -> None:
    """Keep something about a catalogue beside it; see `read_meta`."""
    with closing(sqlite3.connect(folder / FILE)) as db, db:
        db.executemany("insert or replace into meta values (?, ?)", meta.items())


def _searched(row: dict[str, Any], schema: Schema) -> dict[str, Any]:
    """What full text searches of a row, with its id."""
    item = Item(row["id"], row["title"], row)
    people, facets = (schema.named("person"), schema.named("facet"))
    return {
        "id": item.id,
        "title": spaced(item.title),
        "people": spaced(", ".join(v for f in people for v in item.values(f))),
        "facets": spaced(", ".join(v for f in facets for v in item.values(f))),
        "prose": spaced(" ".join(str(row.get(f) or "") for f in schema.named("description"))),
    }


def _digest(parts: list[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


class Catalogue:
    """An indexed catalogue, opened to be read. Items are held in memory, full text in SQLite."""

    def __init__(self, folder: Path, name: str = "") -> None:
        self.name = name or folder.name
        self._path = folder / FILE
        meta = read_meta(folder)
        if "hash" not in meta:
            raise CatalogueError(
                f"There is no catalogue named {self.name!r} here. Make one with "
                f"`tastemaker index FILE --name {self.name}`, or see `tastemaker catalogues`."
            )
        self._local = threading.local()
        self.hash: str = meta["hash"]
        self.schema = Schema(json.loads(meta["roles"]))
        self._counted: dict[str, int] = {}
        self.items: dict[str, Item] = {}
        rowids: list[int] = []
        stored = self._connection().execute("select rowid, row from items order by place, id")
        for rowid, row in stored:
            fields = json.loads(row)
            rowids.append(rowid)
            self.items[fields["id"]] = Item(fields["id"], fields["title"], fields)
        self._ids = list(self.items)
        self._rowids = np.array(rowids, dtype=np.int64)
        """Rows of the table, in the order of `items`."""
        self._by_rowid = np.argsort(self._rowids)

    @cached_property
    def columns(self) -> Columns:
        """The same items by column."""
        return Columns(list(self.items.values()), self.schema)

    def _connection(self) -> sqlite3.Connection:
        if not hasattr(self._local, "connection"):
            uri = f"{self._path.absolute().as_uri()}?mode=ro"
            self._local.connection = sqlite3.connect(uri, uri=True, timeout=10)
        connection: sqlite3.Connection = self._local.connection
        return connection

    def search(self, words: list[str], n: int) -> list[tuple[str, float]]:
        """The `n` best items by BM25 for any of `words`, best first, as (id, score above 0)."""
        places, scores = self.matching(words, n)
        return [(self._ids[p], s) for p, s in zip(places.tolist(), scores.tolist(), strict=True)]

    def matching(
        self, words: list[str], n: int, among: NDArray[np.intp] | None = None
    ) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """The `n` best items by BM25 for any of `words`, best first, as their places in `items` and their
        scores above 0; of all items, or of those at the places `among` which they are to be.

        In a LARGE catalogue the commonest words are left out where all of them together are in more than
        MOST_MATCHES items, since they tell least and cost most (as in Lucene's common terms query); the
        rarest stays unless it is in more than MOST_COMMON of all items.
        """
        query = " OR ".join(self._telling(words))
        if not query:
            return np.empty(0, dtype=np.intp), np.empty(0)
        only = "" if among is None else " and +rowid in (select value from json_each(?))"
        given = [] if among is None else [json.dumps(self._rowids[among].tolist())]
        found = self._connection().execute(
            "select rowid, -bm25(items_fts, ?, ?, ?, ?) as score from items_fts"
            f" where items_fts match ?{only} order by score desc limit ?",
            (*FTS_WEIGHTS, query, *given, n),
        )
        table = np.array(found.fetchall(), dtype=np.float64).reshape(-1, 2)
        rowids, scores = table[:, 0].astype(np.int64), table[:, 1]
        best = np.lexsort((rowids, -scores))
        places = self._by_rowid[np.searchsorted(self._rowids, rowids[best], sorter=self._by_rowid)]
        return places, scores[best]

    def holds(self, word: str) -> bool:
        """Whether any item has a word, by its stem, in its title, people, facets or prose."""
        folded = fold(word)
        return bool(folded) and self._matches(f'"{folded}"') > 0

    def _telling(self, words: list[str]) -> list[str]:
        """The words to search for, quoted, the rarest first."""
        quoted = [f'"{w}"' for w in dict.fromkeys(map(fold, words)) if w]
        if len(self.items) <= LARGE:
            return quoted
        counts = {word: self._matches(word) for word in quoted}
        most = MOST_COMMON * len(self.items)
        rarest = sorted((w for w in quoted if counts[w] <= most), key=lambda word: counts[word])
        together = accumulate(counts[word] for word in rarest)
        few = [w for w, matches in zip(rarest, together, strict=True) if matches <= MOST_MATCHES]
        return few or rarest[:1]

    def _matches(self, quoted: str) -> int:
        """How many items have a word, counted once."""
        if quoted not in self._counted:
            question = "select count(*) from items_fts where items_fts match ?"
            (count,) = self._connection().execute(question, (quoted,)).fetchone()
            if len(self._counted) >= MOST_COUNTED:
                self._counted.clear()
            self._counted[quoted] = int(count)
        return self._counted[quoted]
