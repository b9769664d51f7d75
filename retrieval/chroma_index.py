"""The home of chromadb: vectors on disk, behind the VectorIndex Protocol.

Embedded Chroma belongs to one process, so a lock file guards the folder. Its approximate search
answers questions without a filter over many vectors; others are answered exactly from a copy in
memory, which is some twenty times faster than its `where` (see DECISIONS.md).
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import Any

import filelock
import numpy as np
from numpy.typing import NDArray

from retrieval.encoder import Vectors
from retrieval.errors import HomeInUse, IndexDamaged
from retrieval.vectors import Allowed, ExactIndex

COLLECTION = "items"
PAGE = 10_000  # rows read at once
EXACT_UP_TO = 100_000  # vectors; so far comparing all takes no longer, and misses nothing


class ChromaIndex:
    """One Chroma collection in `folder`, made by the encoder named `encoder_name`.

    Opening with another encoder's name empties it: vectors of two encoders are never mixed.
    """

    def __init__(self, folder: Path, encoder_name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._encoder, self._folder = encoder_name, folder
        self._lock = _acquire(folder)
        try:
            with _damage_told(folder):
                self._client = _client(folder)
                self._collection = self._open(encoder_name)
        except BaseException:
            _forget(self.__dict__.get("_client"))
            self._lock.release()
            raise
        self._most = self._client.get_max_batch_size()

    def _open(self, encoder_name: str) -> Any:
        there = {c.name: c for c in self._client.list_collections()}
        found = there.get(COLLECTION)
        if found is not None and (found.metadata or {}).get("encoder") != encoder_name:
            self._client.delete_collection(COLLECTION)
        return self._client.get_or_create_collection(
            COLLECTION,
            metadata={"encoder": encoder_name},
            embedding_function=None,
            configuration={"hnsw": {"space": "cosine"}},
        )

    def _pages(self, what: str) -> Iterator[Any]:
        """Everything that is stored, some at a time: SQLite takes 32,766 variables in one question."""
        for start in range(0, self._collection.count(), PAGE):
            yield self._collection.get(include=[what], limit=PAGE, offset=start)

    @cached_property
    def _hashes(self) -> dict[str, str]:
        """The hash of every item, read when first asked for: a small update need not know the others."""
        with _damage_told(self._folder):
            return _hashes_in(self._pages("metadatas"))

    @cached_property
    def _exact(self) -> ExactIndex:
        """All vectors in memory, read when first searched: who only builds needs none."""
        exact = ExactIndex()
        ids: list[str] = []
        parts = []
        for found in self._pages("embeddings"):
            ids += found["ids"]
            parts.append(np.asarray(found["embeddings"], dtype=np.float32))
        if ids:
            exact.put(ids, np.concatenate(parts), [self._hashes[id] for id in ids])
        return exact

    @property
    def made_for(self) -> str:
        """See `VectorIndex.made_for`; kept in the collection beside the encoder's name."""
        return str((self._collection.metadata or {}).get("catalogue", ""))

    @made_for.setter
    def made_for(self, catalogue: str) -> None:
        self._collection.modify(metadata={"encoder": self._encoder, "catalogue": catalogue})

    def stored(self, among: Sequence[str] | None = None) -> dict[str, str]:
        """See `VectorIndex.stored`."""
        if among is None:
            return dict(self._hashes)
        with _damage_told(self._folder):
            parts = (list(among[n : n + PAGE]) for n in range(0, len(among), PAGE))
            return _hashes_in(self._collection.get(p, include=["metadatas"]) for p in parts)

    def put(self, ids: Sequence[str], vectors: Vectors, hashes: Sequence[str]) -> None:
        """See `VectorIndex.put`. Raises ValueError for vectors that are not finite."""
        if not np.isfinite(vectors).all():
            raise ValueError("A vector holds NaN or Inf; nothing was stored.")
        with _damage_told(self._folder):
            for start in range(0, len(ids), self._most):
                part = slice(start, start + self._most)
                self._collection.upsert(
                    ids=list(ids[part]),
                    embeddings=vectors[part],
                    metadatas=[{"hash": hash} for hash in hashes[part]],
                )
        if "_hashes" in self.__dict__:
            self._hashes |= dict(zip(ids, hashes, strict=True))
        if "_exact" in self.__dict__:
            self._exact.put(ids, vectors, hashes)

    def remove(self, ids: Sequence[str]) -> None:
        """See `VectorIndex.remove`."""
        with _damage_told(self._folder):
            for start in range(0, len(ids), self._most):
                self._collection.delete(ids=list(ids[start : start + self._most]))
        for id in ids if "_hashes" in self.__dict__ else ():
            self._hashes.pop(id, None)
        if "_exact" in self.__dict__:
            self._exact.remove(ids)

    def vectors(self, ids: Sequence[str]) -> Vectors:
        """See `VectorIndex.vectors`."""
        return self._exact.vectors(ids)

    def arrange(self, ids: Sequence[str]) -> None:
        """See `VectorIndex.arrange`."""
        self._exact.arrange(ids)

    def cosines(self, queries: NDArray[np.float32]) -> NDArray[np.float64]:
        """See `VectorIndex.cosines`."""
        return self._exact.cosines(queries)

    def search(
        self, queries: NDArray[np.float32], n: int, allowed: Allowed = None
    ) -> list[list[tuple[str, float]]]:
        """See `VectorIndex.search`. Chroma gives cosine distances; 1 - distance is the cosine."""
        if allowed is not None or len(self._hashes) <= EXACT_UP_TO:
            return self._exact.search(queries, n, allowed)
        n = min(n, len(self._hashes))
        found = self._collection.query(query_embeddings=queries, n_results=n, include=["distances"])
        return [
            [(id, 1.0 - float(distance)) for id, distance in zip(ids, distances, strict=True)]
            for ids, distances in zip(found["ids"], found["distances"], strict=True)
        ]

    def close(self) -> None:
        """Give the folder back, for another process to open."""
        self._client.close()
        self._lock.release()


def _hashes_in(found: Iterable[Any]) -> dict[str, str]:
    return {
        id: kept["hash"]
        for part in found
        for id, kept in zip(part["ids"], part["metadatas"], strict=True)
    }


def load() -> None:
    """Import chromadb now, which takes a moment, instead of when a folder is opened."""
    import chromadb  # noqa: F401, PLC0415


def _forget(client: Any) -> None:
    """Let go of a client that may be broken; Chroma would give out its system again for that path."""
    from chromadb.api.shared_system_client import SharedSystemClient  # noqa: PLC0415

    with suppress(Exception):
        client.close()
    SharedSystemClient.clear_system_cache()


@contextmanager
def _damage_told(folder: Path) -> Iterator[None]:
    """Whatever Chroma says of files that it cannot read: it has no one error for that."""
    try:
        yield
    except (HomeInUse, KeyboardInterrupt):
        raise
    except Exception as error:
        raise IndexDamaged(
            f"The vectors in {folder} are damaged ({error}). Run `tastemaker index` again: they are "
            "made anew."
        ) from error


def _acquire(folder: Path) -> filelock.FileLock:
    lock = filelock.FileLock(folder / "owner.lock")
    note = folder / "owner.pid"
    try:
        lock.acquire(blocking=False)
    except filelock.Timeout:
        owner = note.read_text() if note.is_file() else "unknown"
        raise HomeInUse(
            f"Another tastemaker (process {owner}) has {folder} open, and its vector index belongs "
            "to one process at a time. Stop that one, talk to it over HTTP, or give this one "
            "another folder with --home."
        ) from None
    note.write_text(str(os.getpid()))
    return lock


def _client(folder: Path) -> Any:
    import chromadb  # noqa: PLC0415
    from chromadb.config import Settings  # noqa: PLC0415

    return chromadb.PersistentClient(str(folder), Settings(anonymized_telemetry=False))
