"""Vectors kept by item id, and searched. The Protocol, its exact twin, and how they are filled."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from retrieval.catalogue import Catalogue
from retrieval.encoder import Encoder, Progress, Vectors
from retrieval.item import item_text

BLOCK = 512  # vectors compared at a time
STEP = 512  # items embedded and stored at a time: what an interruption can cost


Allowed = frozenset[str] | NDArray[np.bool_] | None
"""What a search may find: ids, or a mask over ids that were arranged before; None for all."""


def highest(scores: NDArray[np.floating[Any]], n: int) -> NDArray[np.intp]:
    """The places of the `n` highest scores, highest first, the earlier place first among equals."""
    if 0 < n < len(scores):
        least = np.partition(scores, len(scores) - n)[len(scores) - n]
        places = np.flatnonzero(scores >= least)
    else:
        places = np.arange(len(scores))
    return places[np.lexsort((places, -scores[places]))][:n]


class VectorIndex(Protocol):
    """Unit vectors by id. Similarities are cosines, higher is closer."""

    made_for: str
    """The hash of the catalogue that it is complete for; empty while it is for none."""

    def stored(self) -> dict[str, str]:
        """The ids that are there, each with the hash of the text that it was made from."""
        ...

    def put(self, ids: Sequence[str], vectors: Vectors, hashes: Sequence[str]) -> None:
        """Add or replace vectors."""
        ...

    def remove(self, ids: Sequence[str]) -> None:
        """Forget vectors."""
        ...

    def vectors(self, ids: Sequence[str]) -> Vectors:
        """The vectors of `ids`, shape `(len(ids), dimensions)`."""
        ...

    def cosines(self, queries: NDArray[np.float32]) -> NDArray[np.float64]:
        """Cosines to the vectors of the ids that were arranged, shape `(queries, ids)`."""
        ...

    def arrange(self, ids: Sequence[str]) -> None:
        """Take masks of `search` to be over `ids`, in this order, from now on."""
        ...

    def search(
        self, queries: NDArray[np.float32], n: int, allowed: Allowed = None
    ) -> list[list[tuple[str, float]]]:
        """For each of the queries, shape `(queries, dimensions)`, the `n` nearest of the `allowed` (ids,
        or a mask over those arranged; of all, if None), nearest first."""
        ...


class ExactIndex:
    """Every vector compared with the query: the oracle, and quick enough up to some 100,000."""

    def __init__(self) -> None:
        self.made_for = ""
        self._hashes: dict[str, str] = {}
        self._row: dict[str, int] = {}
        self._ids: list[str] = []
        self._matrix: Vectors = np.empty((0, 0), dtype=np.float32)
        self._order: dict[str, int] = {}
        self._place: NDArray[np.intp] | None = None

    def stored(self) -> dict[str, str]:
        """See `VectorIndex.stored`."""
        return dict(self._hashes)

    def put(self, ids: Sequence[str], vectors: Vectors, hashes: Sequence[str]) -> None:
        """See `VectorIndex.put`."""
        fresh = dict(zip(ids, vectors, strict=True))
        kept = {id: self._matrix[n] for id, n in self._row.items()} | fresh
        self._keep(kept)
        self._hashes |= dict(zip(ids, hashes, strict=True))

    def remove(self, ids: Sequence[str]) -> None:
        """See `VectorIndex.remove`."""
        gone = set(ids)
        self._keep({id: self._matrix[n] for id, n in self._row.items() if id not in gone})
        self._hashes = {id: hash for id, hash in self._hashes.items() if id not in gone}

    def vectors(self, ids: Sequence[str]) -> Vectors:
        """See `VectorIndex.vectors`."""
        return self._matrix[[self._row[id] for id in ids]]

    def arrange(self, ids: Sequence[str]) -> None:
        """See `VectorIndex.arrange`."""
        if list(self._order) == list(ids):  # others may be reading just now
            return
        self._order = {id: n for n, id in enumerate(ids)}
        self._place = None

    def cosines(self, queries: NDArray[np.float32]) -> NDArray[np.float64]:
        """See `VectorIndex.cosines`; 0 for what has no vector."""
        found = np.zeros((len(queries), len(self._order) + 1))
        found[:, self._placed()] = self._similarities(queries)
        return found[:, :-1]

    def _placed(self) -> NDArray[np.intp]:
        """For each vector, where its id was arranged; one beyond the last for ids that were not."""
        if self._place is None:
            known = [self._order.get(id, len(self._order)) for id in self._ids]
            self._place = np.array(known, dtype=np.intp)
        return self._place

    def _mask(self, allowed: Allowed) -> NDArray[np.bool_]:
        if isinstance(allowed, np.ndarray):
            return np.append(allowed, False)[self._placed()]
        assert allowed is not None
        return np.fromiter((id in allowed for id in self._ids), dtype=np.bool_)

    def search(
        self, queries: NDArray[np.float32], n: int, allowed: Allowed = None
    ) -> list[list[tuple[str, float]]]:
        """See `VectorIndex.search`. Ties are broken by id, so that the order is always the same.

        All questions are answered in one pass over the vectors, whose reading is what takes time.
        """
        if not self._ids:
            return [[] for _ in queries]
        mask = None if allowed is None else self._mask(allowed)
        answers = []
        for similarity in self._similarities(queries):
            if mask is not None:
                similarity[~mask] = -np.inf
            order = highest(similarity, n)
            found = ((self._ids[i], float(similarity[i])) for i in order)
            answers.append([(id, score) for id, score in found if score > -np.inf])
        return answers

    def _similarities(self, queries: NDArray[np.float32]) -> NDArray[np.float32]:
        """Cosines, shape `(queries, items)`, block by block: a block is in the cache for all of them."""
        found = np.empty((len(queries), len(self._ids)), dtype=np.float32)
        columns = np.ascontiguousarray(queries.T)
        for start in range(0, len(self._ids), BLOCK):
            block = slice(start, start + BLOCK)
            found[:, block] = (self._matrix[block] @ columns).T
        return found

    def _keep(self, by_id: Mapping[str, Vectors]) -> None:
        self._ids, self._place = sorted(by_id), None
        self._row = {id: n for n, id in enumerate(self._ids)}
        self._matrix = np.stack([by_id[id] for id in self._ids]) if by_id else self._matrix[:0]


def fill(
    index: VectorIndex, catalogue: Catalogue, encoder: Encoder, progress: Progress | None = None
) -> int:
    """Bring `index` up to date with `catalogue`. Returns how many items were embedded.

    Only items whose text differs from the one stored are embedded; what was stored before an
    interruption counts as done.
    """
    if index.made_for == catalogue.hash:
        return 0
    index.made_for = ""
    texts = {id: item_text(item, catalogue.schema) for id, item in catalogue.items.items()}
    hashes = {id: hashlib.sha256(text.encode()).hexdigest()[:16] for id, text in texts.items()}
    stored = index.stored()
    index.remove([id for id in stored if id not in texts])
    # Long texts first: batches of like length waste no padding, and the time left is never too low.
    wanted = [id for id in texts if stored.get(id) != hashes[id]]
    todo = sorted(wanted, key=lambda id: (-len(texts[id]), id))
    for start in range(0, len(todo), STEP):
        ids = todo[start : start + STEP]
        if progress:
            progress("embedding", start, len(todo))
        index.put(ids, encoder.encode([texts[id] for id in ids]), [hashes[id] for id in ids])
    if progress and todo:
        progress("embedding", len(todo), len(todo))
    index.made_for = catalogue.hash
    return len(todo)
