"""Boosted regression trees over what is known of a candidate: a correction of the learned blend.

They are fitted elsewhere (`finetune/trees.py`, with xgboost) and kept as plain arrays, so that a turn
needs no library for them and a file of them can hold nothing but numbers. What an item lacks (a year,
a seed to compare with) is NaN, for which every split has a side.
"""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import ModelUnavailable
from retrieval.features import FEATURES
from retrieval.query import Query
from retrieval.stored_arrays import UNREADABLE, as_bytes, save_arrays

if TYPE_CHECKING:
    from retrieval.find import Retriever

FILE = "trees.npz"
VERSION = 1
DEPTH = 200
"""How many of the blend's best are corrected."""
MOST_NAMED = 8
MOST_NODES = 127  # of a tree with 64 leaves, a bit each
NEWNESS = "year"  # the number that says how new an item is, where a catalogue has it
BESIDE: Mapping[str, str] = {
    "blend": "the blend's own score",
    "behind the first": "how far that is below the best one's",
    "named": f"how many items the visitor named, up to {MOST_NAMED}",
    "wishes": "how many wishes there are",
    "year": "the item's year",
    "years from the last": "how far that is from the year of the latest named item",
}
COLUMNS = (*FEATURES, *BESIDE)
"""What the trees read of each candidate, in order."""


@dataclass(frozen=True)
class Trees:
    """Arrays of the shape `(trees, nodes)`. A node sends a row left if its column is below the
    threshold, or is missing and `missing_left`; a leaf is its own child and carries a value."""

    column: NDArray[np.int16]
    threshold: NDArray[np.float32]
    left: NDArray[np.int16]
    right: NDArray[np.int16]
    missing_left: NDArray[np.bool_]
    value: NDArray[np.float32]
    levels: int
    found: str = ""

    def corrections(self, table: NDArray[np.float32]) -> NDArray[np.float64]:
        """What is to be added to the logit of every row, shape `(rows,)`, for a table of the shape
        `(rows, len(COLUMNS))`."""
        found = self._splits.leaves(np.ascontiguousarray(table.T, dtype=np.float32))
        values = np.take_along_axis(self._splits.values, found, axis=1)
        total: NDArray[np.float64] = np.ascontiguousarray(values.T).sum(axis=1, dtype=np.float64)
        return total

    def prepare(self) -> None:
        """Work out what `corrections` reads, which its first call does otherwise. Raises ValueError for
        nodes that point back."""
        _ = self._splits

    @cached_property
    def _splits(self) -> "_Splits":
        return _splits_of(self)


@dataclass(frozen=True)
class _Splits:
    """Trees as QuickScorer reads them (Lucchese et al. 2015): a split that a row fails rules out the leaves on
    its left, and the first leaf that is left is the row's. All rows ask one split of every tree at once, and nothing
    is walked. Splits stand `(splits of a tree, trees)`, flat; `others` has a bit for every leaf that failing
    leaves possible."""

    column: NDArray[np.int16]
    threshold: NDArray[np.float32]
    missing_left: NDArray[np.bool_]
    others: NDArray[np.uint64]
    values: NDArray[np.float32]

    def leaves(self, table: NDArray[np.float32]) -> NDArray[np.intp]:
        """The leaf of every row in every tree, counted from the left, shape `(trees, rows)`; `table` has
        the shape `(columns, rows)`."""
        trees, rows = len(self.values), table.shape[1]
        kind = self.others.dtype.type
        every = kind(np.iinfo(kind).max)
        left = np.full((trees, rows), every)
        for start in range(0, len(self.column), trees):  # so much stays in the processor's cache
            these = slice(start, start + trees)
            read, threshold = table[self.column[these]], self.threshold[these, None]
            passes = read < threshold
            some = self.missing_left[these]
            passes[some] = ~(read[some] >= threshold[some])  # also where it is missing
            left &= self.others[these, None] | (passes.astype(kind) * every)
        first = left & (~left + kind(1))
        found: NDArray[np.intp] = np.bitwise_count(first - kind(1)).astype(np.intp)
        return found


def _splits_of(trees: Trees) -> _Splits:
    """The splits and leaves of each tree."""
    orders = [_leaves_from_left(trees, n) for n in range(len(trees.column))]
    most = max(len(order) for order, _ in orders)
    kind = next(k for k in (np.uint16, np.uint32, np.uint64) if most <= np.iinfo(k).bits)
    splits = max(max(len(under) for _, under in orders), 1)
    column = np.zeros((splits, len(orders)), dtype=np.int16)
    threshold = np.full(column.shape, np.inf, dtype=np.float32)
    missing = np.zeros(column.shape, dtype=np.bool_)
    others = np.full(column.shape, np.iinfo(kind).max, dtype=kind)
    values = np.zeros((len(orders), most), dtype=np.float32)
    for n, (order, under) in enumerate(orders):
        values[n, : len(order)] = trees.value[n, order]
        for place, (node, first, end) in enumerate(under):
            column[place, n] = trees.column[n, node]
            threshold[place, n] = trees.threshold[n, node]
            missing[place, n] = trees.missing_left[n, node]
            others[place, n] = np.iinfo(kind).max ^ (((1 << (end - first)) - 1) << first)
    return _Splits(column.ravel(), threshold.ravel(), missing.ravel(), others.ravel(), values)


def _leaves_from_left(trees: Trees, n: int) -> tuple[list[int], list[tuple[int, int, int]]]:
    """The leaves of a tree from left to right; and its splits, each with the first leaf on its left and the
    one behind the last."""
    order: list[int] = []
    under: list[tuple[int, int, int]] = []

    def walk(node: int) -> None:
        if trees.left[n, node] == node:
            order.append(node)
            return
        left, right = int(trees.left[n, node]), int(trees.right[n, node])
        if min(left, right) <= node:
            raise ValueError("a node points back")
        first = len(order)
        walk(left)
        under.append((node, first, len(order)))
        walk(right)

    walk(0)
    return order, under


def columns(
    features: NDArray[np.float32],
    logits: NDArray[np.float64],
    rows: NDArray[np.int64],
    query: Query,
    retriever: "Retriever",
) -> NDArray[np.float32]:
    """The table that trees read: features and logits of the candidates at `rows`, best first, with what
    stands beside them. Shape `(len(rows), len(COLUMNS))`."""
    named = [retriever.columns.row[id] for id in query.seeds if id in retriever.columns.row]
    years = retriever.years
    apart = np.abs(years[rows] - years[named[-1]]) if named else np.full(len(rows), np.nan)
    beside = [
        logits,
        logits.max(initial=-np.inf) - logits,
        np.full(len(rows), min(len(named), MOST_NAMED)),
        np.full(len(rows), len(query.wishes)),
        years[rows],
        apart,
    ]
    return np.column_stack([features, *beside]).astype(np.float32)


def save_trees(path: Path, trees: Trees) -> None:
    """Write the trees: the old file or the new one is there, never a part."""
    head = {"version": VERSION, "columns": COLUMNS, "levels": trees.levels, "found": trees.found}
    arrays: dict[str, NDArray[Any]] = {
        "head": as_bytes(head),
        "column": trees.column,
        "threshold": trees.threshold,
        "left": trees.left,
        "right": trees.right,
        "missing_left": trees.missing_left,
        "value": trees.value,
    }
    save_arrays(path, arrays, compressed=True)


def load_trees(path: Path) -> Trees | None:
    """The trees as they were stored; None where there are none. Raises ModelUnavailable for a file that
    cannot be read, is damaged, or reads other columns."""
    if not path.is_file():
        return None
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
            head = json.loads(file["head"].tobytes())
            if head["version"] != VERSION or tuple(head["columns"]) != COLUMNS:
                raise ValueError("they are of another version")
            trees = Trees(
                file["column"].astype(np.int16),
                file["threshold"].astype(np.float32),
                file["left"].astype(np.int16),
                file["right"].astype(np.int16),
                file["missing_left"].astype(np.bool_),
                file["value"].astype(np.float32),
                int(head["levels"]),
                str(head["found"]),
            )
        _check(trees)
        trees.prepare()
    except UNREADABLE as error:
        raise ModelUnavailable(
            f"{str(path)!r} holds no trees ({error}). Make them anew: "
            "`tastemaker finetune arms SAMPLES --catalogue NAME`."
        ) from error
    return trees


def _check(trees: Trees) -> None:
    shape = trees.column.shape
    parts = (trees.threshold, trees.left, trees.right, trees.missing_left, trees.value)
    if len(shape) != 2 or any(part.shape != shape for part in parts):
        raise ValueError("their parts do not fit")
    if shape[1] > MOST_NODES:
        raise ValueError(f"a tree has more than {MOST_NODES} nodes")
    for part, size in (
        (trees.left, shape[1]),
        (trees.right, shape[1]),
        (trees.column, len(COLUMNS)),
    ):
        if ((part < 0) | (part >= size)).any():
            raise ValueError("a node points to nothing")
    if not (np.isfinite(trees.value).all() and np.isfinite(trees.threshold).all()):
        raise ValueError("a value is no number")
    if not 0 < trees.levels <= shape[1]:
        raise ValueError("their depth is impossible")
