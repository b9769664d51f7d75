"""Boosted regression trees over what is known of a candidate: a correction of the learned blend.

They are fitted elsewhere (`finetune/trees.py`, with xgboost) and kept as plain arrays, so that a turn
needs no library for them and a file of them can hold nothing but numbers. What an item lacks (a year,
a seed to compare with) is NaN, for which every split has a side.
"""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
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
        tree = np.arange(len(self.column))[None, :]
        row = np.arange(len(table))[:, None]
        at = np.zeros((len(table), len(self.column)), dtype=np.int16)
        for _ in range(self.levels):
            values = table[row, self.column[tree, at]]
            below = values < self.threshold[tree, at]
            left = np.where(np.isnan(values), self.missing_left[tree, at], below)
            at = np.where(left, self.left[tree, at], self.right[tree, at])
        total: NDArray[np.float64] = self.value[tree, at].sum(axis=1, dtype=np.float64)
        return total


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
