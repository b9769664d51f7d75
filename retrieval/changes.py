"""Prices and stock that change between two versions of a catalogue, at once and alone.

Changes are kept beside the versions, in order. A version knows up to which of them its file already
says better; a reader applies the later ones, and looks for new ones before every turn.
"""

import math
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from retrieval.catalogue import Catalogue, read_meta
from retrieval.constraints import Columns
from retrieval.errors import CatalogueError
from retrieval.item import Item
from retrieval.versions import current

FILE = "changes.db"
SEEN = "changes"
"""The note of a version: the last change that its file is newer than."""


def change(base: Path, id: str, values: Mapping[str, float]) -> int:
    """Set numbers of one item, such as its price and stock. Gives the number of the change.

    Raises CatalogueError for an item or a number field that the catalogue does not have, and for a
    value that is no finite number; then nothing is changed.
    """
    folder = current(base)
    if folder is None:
        raise CatalogueError(f"There is no catalogue named {base.name!r} here.")
    catalogue = Catalogue(folder, base.name)
    if id not in catalogue.items:
        raise CatalogueError(f"There is no item {id!r} in the catalogue {base.name!r}.")
    for field, value in values.items():
        if field not in catalogue.schema.numbers:
            numbers = ", ".join(catalogue.schema.numbers) or "none"
            raise CatalogueError(f"{field!r} is no number field of it; those are {numbers}.")
        if not math.isfinite(value):
            raise CatalogueError(f"{field} cannot become {value!r}: that is no finite number.")
    import sqlite_utils  # noqa: PLC0415

    db = sqlite_utils.Database(base / FILE)
    db.enable_wal()
    with db.conn:
        db.execute(
            "create table if not exists changes"
            " (number integer primary key autoincrement, id text, field text, value real)"
        )
        db.conn.executemany(
            "insert into changes (id, field, value) values (?, ?, ?)",
            [(id, field, float(value)) for field, value in values.items()],
        )
        (last,) = db.execute("select max(number) from changes").fetchone()
    db.close()
    return int(last)


def last_change(base: Path) -> int:
    """The number of the latest change, 0 if there was none."""
    return max((number for number, *_ in _changes(base, 0)), default=0)


class Changes:
    """The changes of one opened version, applied to it as they come."""

    def __init__(self, base: Path, folder: Path, catalogue: Catalogue, columns: Columns) -> None:
        self._base, self._catalogue, self._columns = base, catalogue, columns
        self._applied = int(read_meta(folder).get(SEEN, "0"))
        self.catch_up()

    def catch_up(self) -> int:
        """Apply what is new; gives how many changes that were. Takes a fraction of a millisecond."""
        found = _changes(self._base, self._applied)
        for number, id, field, value in found:
            item = self._catalogue.items.get(id)
            if item is not None:
                whole = int(value) if float(value).is_integer() else value
                fresh = Item(id, item.title, {**item.fields, field: whole})
                self._catalogue.items[id] = fresh
                self._columns.replace(fresh, field)
            self._applied = number
        return len(found)


def _changes(base: Path, after: int) -> list[tuple[int, str, str, float]]:
    if not (base / FILE).is_file():
        return []
    uri = f"{(base / FILE).absolute().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(uri, uri=True, timeout=5)) as db:
            return db.execute(
                "select number, id, field, value from changes where number > ? order by number",
                (after,),
            ).fetchall()
    except sqlite3.OperationalError:  # it is just being made
        return []
