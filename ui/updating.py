"""Making a new version of a catalogue: rows and vectors, complete before anybody reads it."""

import json
import shutil
import tempfile
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retrieval.catalogue import (
    Catalogue,
    Written,
    hashes_of,
    note,
    read_meta,
    write_catalogue,
)
from retrieval.changes import SEEN, last_change
from retrieval.encoder import Encoder, HashingEncoder, Progress
from retrieval.errors import HomeInUse, IndexDamaged
from retrieval.item import Item, Role, Schema
from retrieval.vectors import ExactIndex, VectorIndex, fill_with
from retrieval.versions import building, current, renew

VECTORS = "vectors"


@dataclass(frozen=True)
class Update:
    """How a new version differs from the one before, in items, and how many were embedded for it."""

    added: int
    changed: int
    removed: int
    embedded: int
    items: int


def update(
    base: Path,
    encoder: Encoder,
    rows: list[dict[str, Any]] | None = None,
    roles: Mapping[str, Role] | None = None,
    source: str = "",
    progress: Progress | None = None,
) -> Update:
    """Make `rows` (or the current ones, if None) the next version of the catalogue in `base`.

    Readers keep what they opened. Interrupted, it goes on with what was embedded when it is called
    again. Where nothing would change, there is no new version.
    """
    before = current(base)
    seen = last_change(base) if rows is not None or before is None else None
    known = hashes_of(before) if before else {}
    with building(base) as build, ThreadPoolExecutor(1) as beside:
        opening = beside.submit(open_vectors, build.folder, encoder)
        written = None
        try:
            if rows is not None:
                written = write_catalogue(build.folder, rows, roles, source)
        except BaseException:
            close(opening.result())
            raise
        embedded = 0
        if not isinstance(encoder, HashingEncoder):
            items = _items(build.folder, rows)
            try:
                embedded = _filled(
                    opening.result(), build.folder, items, encoder, progress, written
                )
            except IndexDamaged:  # killed while it was written: back to those of the version before
                renew(build.folder, before, VECTORS)
                again = open_vectors(build.folder, encoder)
                embedded = _filled(again, build.folder, items, encoder, progress)
            note(build.folder, encoder=encoder.name)
        if seen is not None:  # the file is newer than what was changed until now
            note(build.folder, **{SEEN: str(seen)})
        now = hashes_of(build.folder)
        build.publish = before is None or read_meta(before) != read_meta(build.folder)
    changed = sum(known[id] != hash for id, hash in now.items() if id in known)
    return Update(
        added=sum(id not in known for id in now),
        changed=changed,
        removed=sum(id not in now for id in known),
        embedded=embedded,
        items=len(now),
    )


def _items(folder: Path, rows: list[dict[str, Any]] | None) -> list[Item]:
    """The items of a version: of the rows that were just written to it, or read from it."""
    if rows is None:
        return list(Catalogue(folder).items.values())
    return [Item(row["id"], row["title"], row) for row in rows]


def _filled(
    index: VectorIndex,
    folder: Path,
    items: list[Item],
    encoder: Encoder,
    progress: Progress | None,
    written: Written | None = None,
) -> int:
    meta = read_meta(folder)
    schema = Schema(json.loads(meta["roles"]))
    try:
        return fill_with(index, meta["hash"], items, schema, encoder, progress, written)
    finally:
        close(index)


def open_vectors(folder: Path, encoder: Encoder) -> VectorIndex:
    """Vectors of a version: on disk (Chroma); in memory for the encoder that needs no model."""
    if isinstance(encoder, HashingEncoder):
        return ExactIndex()
    from retrieval.chroma_index import ChromaIndex  # noqa: PLC0415

    return ChromaIndex(folder / VECTORS, encoder.name)


class LentIndex:
    """Vectors that several parts read, because they are of the same version and encoder (on disk they
    belong to whoever opened them). The last who gives them back closes them."""

    def __init__(self, index: VectorIndex) -> None:
        self.index = index
        self._lock, self._users = threading.Lock(), 1

    def lend(self) -> "LentIndex":
        """The same, for one more."""
        with self._lock:
            self._users += 1
        return self

    def give_back(self) -> None:
        """One fewer."""
        with self._lock:
            self._users -= 1
            last = not self._users
        if last:
            close(self.index)


def open_beside(folder: Path, encoder: Encoder) -> VectorIndex:
    """Vectors of a version, also where another process has them open: then a copy of them, in memory.
    A version never changes once it is current, so its files may be copied."""
    try:
        return open_vectors(folder, encoder)
    except HomeInUse:
        pass
    with tempfile.TemporaryDirectory(prefix="tastemaker-") as copied:
        ignored = shutil.ignore_patterns("owner.*")
        shutil.copytree(folder / VECTORS, Path(copied) / VECTORS, ignore=ignored)
        there = open_vectors(Path(copied), encoder)
        try:
            stored, copy = there.stored(), ExactIndex()
            copy.put(list(stored), there.vectors(list(stored)), list(stored.values()))
            copy.made_for = there.made_for
        finally:
            close(there)
    return copy


def close(part: object) -> None:
    """Give back what a part holds, if it holds anything."""
    if part is not None and hasattr(part, "close"):
        part.close()
