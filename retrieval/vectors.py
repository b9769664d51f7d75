"""Vectors kept by item id, and searched. The Protocol, its exact twin, and how they are filled."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from retrieval.catalogue import Catalogue, Written
from retrieval.encoder import Encoder, Progress, Vectors
from retrieval.halved import Halved, is_half_quicker
from retrieval.item import Item, Schema, item_texts

BLOCK = 512  # vectors compared at a time
STEP = 512  # items embedded and stored at a time: what an interruption can cost
HALVED_FROM = 20_000  # vectors; of fewer, comparing all exactly takes no time to speak of
SPARSE = 3  # of so many vectors one is allowed, or fewer: only these are compared
FEW = 1_000  # allowed vectors that are compared exactly at once, instead of all roughly
LEAST = float(np.finfo(np.float32).min)  # below it is only what may not be found
SAMPLED = 16  # of so many scores one is looked at, to guess how high the best are


Allowed = frozenset[str] | NDArray[np.bool_] | None
"""What a search may find: ids, or a mask over ids that were arranged before; None for all."""


def highest(scores: NDArray[np.floating[Any]], n: int) -> NDArray[np.intp]:
    """The places of the `n` highest scores, highest first, the earlier place first among equals."""
    if 0 < n < len(scores):
        places = np.flatnonzero(scores >= nth_highest(scores, n))
    else:
        places = np.arange(len(scores))
    return places[np.lexsort((places, -scores[places]))][:n]


def nth_highest(scores: NDArray[np.floating[Any]], n: int) -> float:
    """The `n`-th highest of at least `n` scores. Where there are many more, a sample says how high to
    look, and only what is as high is put in order."""
    among = scores
    if len(scores) > 4 * SAMPLED * n:
        sample = scores[::SAMPLED]
        wanted = 2 * n // SAMPLED + 8
        guess = np.partition(sample, len(sample) - wanted)[len(sample) - wanted]
        high = scores[scores >= guess]
        among = high if len(high) >= n else scores
    return float(np.partition(among, len(among) - n)[len(among) - n])


class VectorIndex(Protocol):
    """Unit vectors by id. Similarities are cosines, higher is closer."""

    made_for: str
    """The hash of the catalogue that it is complete for; empty while it is for none."""

    def stored(self, among: Sequence[str] | None = None) -> dict[str, str]:
        """The ids that are there, of all or `among` some, each with the hash of the text that it was
        made from."""
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
    """Every vector compared with the query, and the nearest found exactly.

    Where there are many, and bfloat16 is quick here, all are compared roughly first, and exactly those
    that may be among the nearest then (`halved.py`).
    """

    def __init__(self) -> None:
        self.made_for = ""
        self._hashes: dict[str, str] = {}
        self._row: dict[str, int] = {}
        self._ids: list[str] = []
        self._matrix: Vectors = np.empty((0, 0), dtype=np.float32)
        self._order: dict[str, int] = {}
        self._place: NDArray[np.intp] | None = None
        self._half: Halved | None = None

    def stored(self, among: Sequence[str] | None = None) -> dict[str, str]:
        """See `VectorIndex.stored`."""
        ids = self._hashes if among is None else [id for id in among if id in self._hashes]
        return {id: self._hashes[id] for id in ids}

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
        self._halved()  # now, not in the first turn

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
        half = self._halved()
        if mask is not None and (half is None or np.count_nonzero(mask) <= FEW):
            rows = np.flatnonzero(mask)
            if len(rows) > FEW:
                return [self._best(s, rows, n) for s in self._similarities(queries, rows)]
            pools = [rows for _ in queries]
        elif half is not None:
            pools = self._possible(half, queries, n, mask)
        else:
            return [self._best(s, None, n) for s in self._similarities(queries)]
        return [
            self._best(self._matrix[pool] @ query, pool, n)
            for query, pool in zip(queries, pools, strict=True)
        ]

    def _best(
        self, scores: NDArray[np.float32], rows: NDArray[np.intp] | None, n: int
    ) -> list[tuple[str, float]]:
        """Ids with their scores, the best `n` first; the scores are those of `rows`, or of all."""
        order = highest(scores, n)
        there = order if rows is None else rows[order]
        return [(self._ids[i], s) for i, s in zip(there, scores[order].tolist(), strict=True)]

    def _possible(
        self,
        half: Halved,
        queries: NDArray[np.float32],
        n: int,
        mask: NDArray[np.bool_] | None,
    ) -> list[NDArray[np.intp]]:
        """For each query the rows that may be among the nearest `n`, whatever rounding did: as far below
        the n-th as both may be off."""
        rows = None if mask is None else self._sparse(np.flatnonzero(mask))
        rough, off = half.similarities(queries, rows)
        gone = None if mask is None or rows is not None else ~mask
        pools = []
        for scores, most in zip(rough, off, strict=True):
            if gone is not None:
                np.copyto(scores, -np.inf, where=gone)
            least = nth_highest(scores, n) - 2 * most if n < len(scores) else -np.inf
            places = np.flatnonzero(scores >= max(least, LEAST))
            pools.append(places if rows is None else rows[places])
        return pools

    def _sparse(self, rows: NDArray[np.intp]) -> NDArray[np.intp] | None:
        """Rows, where they are so few that fetching them takes less than comparing all."""
        return rows if SPARSE * len(rows) <= len(self._ids) else None

    def _halved(self) -> Halved | None:
        """The vectors in half the bits; None where there are few, or where that is no quicker."""
        if self._half is None and len(self._ids) >= HALVED_FROM and is_half_quicker():
            self._half = Halved(self._matrix)
        return self._half

    def _similarities(
        self, queries: NDArray[np.float32], rows: NDArray[np.intp] | None = None
    ) -> NDArray[np.float32]:
        """Cosines, shape `(queries, rows)`, of all if None, block by block: a block is in the cache for all
        of the queries."""
        fetched = None if rows is None else self._sparse(rows)
        many = len(self._ids) if fetched is None else len(fetched)
        found = np.empty((len(queries), many), dtype=np.float32)
        columns = np.ascontiguousarray(queries.T)
        for start in range(0, many, BLOCK):
            block = slice(start, start + BLOCK)
            part = self._matrix[block if fetched is None else fetched[block]]
            found[:, block] = (part @ columns).T
        return found if rows is None or fetched is not None else found[:, rows]

    def _keep(self, by_id: Mapping[str, Vectors]) -> None:
        self._ids, self._place, self._half = sorted(by_id), None, None
        self._row = {id: n for n, id in enumerate(self._ids)}
        self._matrix = np.stack([by_id[id] for id in self._ids]) if by_id else self._matrix[:0]


def fill(
    index: VectorIndex, catalogue: Catalogue, encoder: Encoder, progress: Progress | None = None
) -> int:
    """Bring `index` up to date with `catalogue`. Returns how many items were embedded.

    Only items whose text differs from the one stored are embedded; what was stored before an
    interruption counts as done.
    """
    items, schema = catalogue.items.values(), catalogue.schema
    return fill_with(index, catalogue.hash, items, schema, encoder, progress)


def fill_with(
    index: VectorIndex,
    made_for: str,
    items: Iterable[Item],
    schema: Schema,
    encoder: Encoder,
    progress: Progress | None = None,
    written: Written | None = None,
) -> int:
    """Bring `index` up to date with the items of the catalogue whose hash is `made_for`; see `fill`.

    Where it was up to date with what the catalogue was before it was `written`, nothing else is looked at.
    """
    if index.made_for == made_for:
        return 0
    whole = list(items)
    if written is not None and written.follows and index.made_for == written.follows:
        touched = written.added | written.changed
        whole = [item for item in whole if item.id in touched]
        stored, gone = index.stored(sorted(touched)), sorted(written.removed)
    else:
        stored = index.stored()
        there = {item.id for item in whole}
        gone = [id for id in stored if id not in there]
    index.made_for = ""
    texts = {i.id: text for i, text in zip(whole, item_texts(whole, schema), strict=True)}
    hashes = {id: hashlib.sha256(text.encode()).hexdigest()[:16] for id, text in texts.items()}
    index.remove(gone)
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
    index.made_for = made_for
    return len(todo)
