"""Interactions as they are kept: in SQLite in the catalogue's folder, users only by a salted hash.

The same event twice (user, item, what, time) counts once; a later value for it replaces the earlier.
A file is taken in within one transaction: whole, or not at all. The salt lies in the home folder,
never in a catalogue's: a folder that is handed on cannot be searched for a user whose id is known.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import InteractionsError
from retrieval.interactions import Fault, Interaction
from retrieval.kept_secret import kept_secret

FILE = "interactions.db"
SALT = "interactions.salt"
BATCH = 10_000  # rows written at a time
SHOWN = 10  # faults that are kept to be told

_TABLES = """
create table if not exists meta (key text primary key, value text);
create table if not exists users (id integer primary key, hash blob unique not null);
create table if not exists items (id integer primary key, item text unique not null);
create table if not exists events (user integer, item integer, what text, time integer, value real,
    primary key (user, item, what, time)) without rowid;
"""


@dataclass(frozen=True)
class Taken:
    """What came of a file: rows that could be used, events that were not known before, rows that
    could not be used (the first of them in `faults`), and rows about items that the catalogue lacks."""

    rows: int
    added: int
    bad: int
    faults: tuple[Fault, ...]
    unknown_rows: int
    unknown_items: int


@dataclass(frozen=True)
class Kept:
    """All that is kept, an event a place: users and items by their numbers, `items` by number."""

    user: NDArray[np.int64]
    item: NDArray[np.int64]
    time: NDArray[np.int64]
    value: NDArray[np.float64]
    what: NDArray[np.int64]
    names: tuple[str, ...]
    """What `what` counts in."""
    items: dict[int, str]


def salt_of(home: Path) -> bytes:
    """The home's secret, made when first asked for: 32 random bytes that only its owner can read."""
    path = home / SALT
    salt = kept_secret(path)
    if salt is None:
        raise InteractionsError(
            f"{str(path)!r} holds no salt. Put the right one back from a copy, or remove it and read "
            "every file of interactions anew with `--replace`."
        )
    return salt


def hashed(user: str, salt: bytes) -> bytes:
    """A user as they are kept: keyed BLAKE2b, 16 bytes."""
    return hashlib.blake2b(user.encode(), digest_size=16, key=salt).digest()


class InteractionStore:
    """The interactions of one catalogue."""

    def __init__(self, folder: Path, salt: bytes) -> None:
        self._path, self._salt = folder / FILE, salt

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """A transaction, kept if all goes well."""
        try:
            with closing(sqlite3.connect(self._path, timeout=30, isolation_level=None)) as db:
                db.execute("pragma secure_delete = on")
                db.execute("pragma cache_size = -100000")
                db.execute("begin immediate")
                try:
                    for statement in _TABLES.split(";\n"):
                        db.execute(statement)
                    yield db
                    db.execute("commit")
                except BaseException:
                    db.execute("rollback")
                    raise
        except sqlite3.Error as error:
            raise InteractionsError(
                f"{str(self._path)!r} cannot be used: {error}. If it is broken, remove it and read every file anew."
            ) from error

    def take(
        self,
        rows: Iterable[Interaction | Fault],
        known: frozenset[str],
        tolerated: int,
        replace: bool = False,
    ) -> Taken:
        """Keep what `rows` say; with `replace`, that alone. `known` are the catalogue's ids.

        Raises InteractionsError, and keeps nothing, for more than `tolerated` faults, for rows none of
        which is about an item of the catalogue, and for users hashed with another salt.
        """
        with self._open() as db:
            if replace:
                for table in ("events", "users", "items", "meta"):
                    db.execute(f"delete from {table}")
            self._check_salt(db)
            before = _count(db)
            writer = _Writer(db, self._salt)
            faults: list[Fault] = []
            bad = unknown = 0
            strangers: set[str] = set()
            for row in rows:
                if isinstance(row, Fault):
                    bad += 1
                    faults += [row] if len(faults) < SHOWN else []
                    if bad > tolerated:
                        raise InteractionsError(_too_many(faults, tolerated))
                    continue
                writer.put(row)
                if row.item not in known:
                    unknown += 1
                    strangers.add(row.item)
            writer.flush()
            if not writer.rows:
                raise InteractionsError(f"No row can be used. {_told(faults)}.")
            if writer.rows == unknown:
                example = f", {next(iter(sorted(strangers)))!r} for one" if strangers else ""
                raise InteractionsError(
                    f"No row is about an item of the catalogue{example}. The ids must be the catalogue's own; "
                    "is it the right column? `--column item=NAME` chooses another."
                )
            return Taken(
                writer.rows, _count(db) - before, bad, tuple(faults), unknown, len(strangers)
            )

    def _check_salt(self, db: sqlite3.Connection) -> None:
        mark = hashed("", self._salt).hex()
        db.execute("insert or ignore into meta values ('salt', ?)", (mark,))
        if db.execute("select value from meta where key = 'salt'").fetchone()[0] != mark:
            raise InteractionsError(
                f"The users in {str(self._path)!r} are hashed with another salt than {SALT!r} in the home folder "
                "holds, so who is who cannot be told. Put the old one back, or start anew with `--replace`."
            )

    def forget(self, user: str) -> int:
        """Erase what a user did. Returns how many events that were."""
        with self._open() as db:
            self._check_salt(db)
            key = hashed(user, self._salt)
            gone = db.execute(
                "delete from events where user = (select id from users where hash = ?)", (key,)
            )
            db.execute("delete from users where hash = ?", (key,))
            return gone.rowcount

    def kept(self) -> Kept:
        """Everything, in the order of users and items: the same for the same contents."""
        with self._open() as db:
            names = [n for (n,) in db.execute("select distinct what from events order by what")]
            code = {name: n for n, name in enumerate(names)}
            n = _count(db)
            kind = [("u", "i8"), ("i", "i8"), ("t", "i8"), ("v", "f8"), ("w", "i8")]
            found = db.execute("select user, item, time, value, what from events")
            table = np.fromiter(((*row[:4], code[row[4]]) for row in found), dtype=kind, count=n)
            items = dict(db.execute("select id, item from items").fetchall())
        user, item, time, value, what = (table[c] for c in "uitvw")
        return Kept(user, item, time, value, what, tuple(names), items)


class _Writer:
    """Puts rows into the tables, some thousands at a time."""

    def __init__(self, db: sqlite3.Connection, salt: bytes) -> None:
        self._db, self._salt, self.rows = db, salt, 0
        self._users: dict[str, int] = {}
        self._items: dict[str, int] = {}
        self._batch: list[tuple[int, int, str, int, float]] = []

    def put(self, row: Interaction) -> None:
        """Keep a row; it is written by `flush` at the latest."""
        user, item = self._users.get(row.user), self._items.get(row.item)
        if user is None:
            key = hashed(row.user, self._salt)
            user = self._users[row.user] = self._number("users", "hash", key)
        if item is None:
            item = self._items[row.item] = self._number("items", "item", row.item)
        self._batch.append((user, item, row.what, row.time, row.value))
        self.rows += 1
        if len(self._batch) >= BATCH:
            self.flush()

    def _number(self, table: str, column: str, value: str | bytes) -> int:
        self._db.execute(f"insert or ignore into {table} ({column}) values (?)", (value,))
        found = self._db.execute(f"select id from {table} where {column} = ?", (value,))
        number: int = found.fetchone()[0]
        return number

    def flush(self) -> None:
        """Write what was put."""
        self._db.executemany(
            "insert into events (user, item, what, time, value) values (?, ?, ?, ?, ?)"
            " on conflict do update set value = excluded.value",
            self._batch,
        )
        self._batch.clear()


def _count(db: sqlite3.Connection) -> int:
    number: int = db.execute("select count(*) from events").fetchone()[0]
    return number


def _too_many(faults: list[Fault], tolerated: int) -> str:
    return (
        f"More than {tolerated} rows cannot be used, so nothing was changed. {_told(faults)}. "
        "`--tolerate N` lets more pass."
    )


def _told(faults: list[Fault]) -> str:
    return "; ".join(f"line {f.line}: {f.why}" for f in faults)
