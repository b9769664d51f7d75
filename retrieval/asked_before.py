"""What was asked for before, and what people suggested then: past conversations as neighbours.

Of each decision in a logged conversation one sentence embedding is kept (of what had been said, not the
words) along with what was suggested. An item that was suggested to people who talked like this one is
likely again (kernel regression over conversations; Nadaraya 1964, Watson 1964).
"""

import io
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import ModelUnavailable
from retrieval.item import Item
from retrieval.stored_arrays import UNREADABLE, as_bytes, save_arrays

FILE = "asked.npz"
VERSION = 1
SHARPNESS = 12.0  # of the kernel: how fast a past conversation counts less the less it is alike
NOTHING = 1e-4  # added under the logarithm, where nobody like this was given an item
_STEPS = 127  # a vector is stored in whole numbers up to this


@dataclass(frozen=True)
class AskedBefore:
    """Unit vectors of the shape `(decisions, dimensions)`, each times 127 in whole numbers; `talks[n]` is
    the decision in which the item at `rows[n]` was suggested. `keys` name the rows."""

    keys: tuple[str, ...]
    vectors: NDArray[np.int8]
    talks: NDArray[np.int32]
    rows: NDArray[np.int32]
    encoder: str

    @cached_property
    def _units(self) -> NDArray[np.float32]:
        vectors = self.vectors.astype(np.float32)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        found: NDArray[np.float32] = vectors / np.maximum(lengths, 1e-9)
        return found

    @cached_property
    def _centre(self) -> NDArray[np.float32]:
        found: NDArray[np.float32] = self._units.mean(axis=0)
        return found

    @cached_property
    def _profiles(self) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """The rows that were ever suggested, and for each the mean of what had been said, less the mean
        of everything."""
        rows, place, many = np.unique(self.rows, return_inverse=True, return_counts=True)
        total = np.zeros((len(rows), self.vectors.shape[1]), dtype=np.float32)
        np.add.at(total, place, self._units[self.talks] - self._centre)
        means: NDArray[np.float32] = (total / many[:, None]).astype(np.float32)
        return rows.astype(np.intp), means

    def alike(self, said: NDArray[np.float32]) -> NDArray[np.float64]:
        """For every row the logarithm of how much of what is like `said` (a unit vector) it was suggested
        after, shape `(items,)`; 0 for what never was."""
        near = np.exp(SHARPNESS * (self._units @ said - 1))
        total = np.bincount(self.rows, near[self.talks], minlength=len(self.keys))
        found: NDArray[np.float64] = np.log(total + NOTHING) - np.log(NOTHING)
        return found

    def typical(self, said: NDArray[np.float32]) -> NDArray[np.float64]:
        """For every row how far `said` goes the way of what is said where it is suggested, shape
        `(items,)`; 0 for what never was."""
        rows, profiles = self._profiles
        found = np.zeros(len(self.keys))
        found[rows] = profiles @ (said - self._centre)
        return found


def remember(
    keys: Sequence[str],
    vectors: NDArray[np.float32],
    suggested: Sequence[Sequence[str]],
    encoder: str,
) -> AskedBefore:
    """Keep decisions: the unit vector of what had been said, shape `(decisions, dimensions)`, and the keys
    of what was suggested. The same ones give the same arrays."""
    row = {key: n for n, key in enumerate(keys)}
    pairs = [(talk, row[k]) for talk, ids in enumerate(suggested) for k in ids if k in row]
    talks, rows = np.array(pairs, dtype=np.int32).reshape(-1, 2).T
    whole = np.rint(vectors * _STEPS).astype(np.int8)
    return AskedBefore(tuple(keys), whole, talks, rows, encoder)


def without(made: AskedBefore, left: NDArray[np.bool_]) -> AskedBefore:
    """The same with nothing suggested in the decisions that `left` marks, shape `(decisions,)`."""
    keep = np.flatnonzero(~left)
    place = np.full(len(left), -1, dtype=np.int32)
    place[keep] = np.arange(len(keep), dtype=np.int32)
    use = ~left[made.talks]
    return AskedBefore(
        made.keys, made.vectors[keep], place[made.talks[use]], made.rows[use], made.encoder
    )


def placed(made: AskedBefore, items: Iterable[Item], key: Callable[[Item], str]) -> AskedBefore:
    """The same over the rows of a catalogue; what is not in it was never suggested."""
    names = [key(item) for item in items]
    first: dict[str, int] = {}
    for n, name in enumerate(names):
        first.setdefault(name, n)
    to = np.array([first.get(k, -1) for k in made.keys], dtype=np.int32)
    rows = to[made.rows] if len(made.rows) else made.rows
    return AskedBefore(
        tuple(names), made.vectors, made.talks[rows >= 0], rows[rows >= 0], made.encoder
    )


def save_asked(path: Path, made: AskedBefore) -> None:
    """Write it: the old file or the new one is there, never a part."""
    rows, place = np.unique(made.rows, return_inverse=True)
    arrays: dict[str, NDArray[Any]] = {
        "head": as_bytes({"version": VERSION, "encoder": made.encoder}),
        "keys": as_bytes([made.keys[n] for n in rows]),
        "vectors": made.vectors,
        "talks": made.talks,
        "rows": place.astype(np.int32),
    }
    save_arrays(path, arrays, compressed=True)


def load_asked(path: Path) -> AskedBefore | None:
    """What was stored; None where nothing was. Raises ModelUnavailable for a file that cannot be read."""
    if not path.is_file():
        return None
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
            head = json.loads(file["head"].tobytes())
            if head["version"] != VERSION:
                raise ValueError("it is of another version")
            made = AskedBefore(
                tuple(json.loads(file["keys"].tobytes())),
                file["vectors"].astype(np.int8),
                file["talks"].astype(np.int32),
                file["rows"].astype(np.int32),
                str(head["encoder"]),
            )
        if made.vectors.ndim != 2 or made.talks.shape != made.rows.shape:
            raise ValueError("its parts do not fit")
        for part, size in ((made.talks, len(made.vectors)), (made.rows, len(made.keys))):
            if ((part < 0) | (part >= size)).any():
                raise ValueError("it points to nothing")
    except UNREADABLE as error:
        raise ModelUnavailable(
            f"{str(path)!r} cannot be read ({error}). Make it anew: "
            "`tastemaker finetune arms SAMPLES --catalogue NAME`."
        ) from error
    return made
