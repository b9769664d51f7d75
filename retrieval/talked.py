"""What is talked of together: in how many conversations items, and pairs of items, were named.

Counts over logged conversations, kept by a key that outlives ids: the id in a catalogue of its own,
or title and year for what comes with the project and is to be of use to any catalogue of films.
"""

import io
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import InteractionsError
from retrieval.item import Item
from retrieval.stored_arrays import UNREADABLE, as_bytes, save_arrays
from retrieval.text import fold

FILE = "talked.npz"
VERSION = 1
PRIOR = 20.0  # namings by chance that are added to what an item was named with
RARE = 0.5  # conversations added to every item, so that nothing is impossible
_NOT_LETTERS = re.compile(r"[^\w]+")


@dataclass(frozen=True)
class Conversations:
    """Items named in each conversation, and those that were suggested there, by key."""

    named: tuple[tuple[str, ...], ...]
    suggested: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Talked:
    """Counts over the rows of a catalogue. `named` and `suggested` have the shape `(items,)`; the items
    named with row r are `others[starts[r]:starts[r + 1]]`, in so many conversations as `counts` says."""

    keys: tuple[str, ...]
    named: NDArray[np.int32]
    suggested: NDArray[np.int32]
    starts: NDArray[np.int64]
    others: NDArray[np.int32]
    counts: NDArray[np.int32]

    def lifts(self, rows: Sequence[int]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """For each of `rows`, shape `(rows, items)`: how much likelier every item is to be named in a
        conversation with it than in any (log of the ratio), and the probability itself.

        Shrunk towards chance by PRIOR (a Dirichlet prior).
        """
        base = self.named.astype(np.float64)
        chance = (base + RARE) / (base.sum() + RARE * len(base))
        share = np.empty((len(rows), len(base)))
        for place, row in enumerate(rows):
            part = slice(self.starts[row], self.starts[row + 1])
            together = np.zeros(len(base))
            together[self.others[part]] = self.counts[part]
            together[row] = 0
            share[place] = (together + PRIOR * chance) / (together.sum() + PRIOR)
        return np.log(share / chance), share

    def together(self, rows: Sequence[int]) -> NDArray[np.float64]:
        """In how many conversations each item was named along with one of `rows`, shape `(items,)`,
        each row's counts divided by its own (a mean of conditional probabilities)."""
        total = np.zeros(len(self.named))
        for row in rows:
            part = slice(self.starts[row], self.starts[row + 1])
            total[self.others[part]] += self.counts[part] / max(int(self.named[row]), 1)
        return total


def by_id(item: Item) -> str:
    """The key of an item in a catalogue of its own."""
    return item.id


def by_title(item: Item) -> str:
    """The key of an item in any catalogue: its title without case, accents and signs, and its year."""
    year = item.fields.get("year")
    return f"{_NOT_LETTERS.sub(' ', fold(item.title)).strip()}|{year if year else ''}"


def count(keys: Sequence[str], conversations: Conversations) -> Talked:
    """Counts over the conversations. The same ones give the same arrays."""
    row = {key: n for n, key in enumerate(keys)}
    named, suggested = np.zeros(len(keys), np.int32), np.zeros(len(keys), np.int32)
    pairs: list[NDArray[np.int64]] = []
    for talk in conversations.named:
        rows = np.unique(np.array([row[k] for k in talk if k in row], dtype=np.int64))
        named[rows] += 1
        one, other = np.meshgrid(rows, rows)
        pairs.append((one * len(keys) + other)[one != other])
    for talk in conversations.suggested:
        suggested[list({row[k] for k in talk if k in row})] += 1
    codes = np.concatenate([*pairs, np.empty(0, dtype=np.int64)])
    there, counts = np.unique(codes, return_counts=True)
    first, other = np.divmod(there, max(len(keys), 1))
    starts = np.searchsorted(first, np.arange(len(keys) + 1))
    return Talked(
        tuple(keys), named, suggested, starts, other.astype(np.int32), counts.astype(np.int32)
    )


def placed(made: Talked, items: Iterable[Item], key: Callable[[Item], str]) -> Talked:
    """The same counts over the rows of a catalogue; who is not in it is dropped."""
    keys: dict[str, int] = {}
    for n, item in enumerate(items):
        keys.setdefault(key(item) or f"row {n}", n)
        size = n + 1
    size = size if keys else 0
    to = np.array([keys.get(k, -1) for k in made.keys], dtype=np.int64)
    first = np.repeat(to, np.diff(made.starts))
    other = to[made.others]
    use = (first >= 0) & (other >= 0)
    order = np.lexsort((other[use], first[use]))
    named, suggested = np.zeros(size, np.int32), np.zeros(size, np.int32)
    named[to[to >= 0]], suggested[to[to >= 0]] = made.named[to >= 0], made.suggested[to >= 0]
    back = {n: k for k, n in keys.items()}
    return Talked(
        tuple(back.get(n, "") for n in range(size)),
        named,
        suggested,
        np.searchsorted(first[use][order], np.arange(size + 1)),
        other[use][order].astype(np.int32),
        made.counts[use][order],
    )


def save(path: Path, made: Talked) -> None:
    """Write the counts: the old file or the new one is there, never a part."""
    said = np.flatnonzero(made.named + made.suggested)
    keys = [made.keys[n] for n in said]
    now = np.full(len(made.keys), -1, dtype=np.int64)
    now[said] = np.arange(len(said))
    arrays: dict[str, NDArray[Any]] = {
        "head": as_bytes({"version": VERSION}),
        "keys": as_bytes(keys),
        "named": made.named[said],
        "suggested": made.suggested[said],
        "starts": np.append(made.starts[said], len(made.others)),
        "others": now[made.others].astype(np.int32),
        "counts": made.counts.astype(np.uint16),
    }
    save_arrays(path, arrays, compressed=True)


def load(path: Path) -> Talked | None:
    """The counts as they were stored; None where there are none. Raises InteractionsError for a file
    that cannot be read."""
    if not path.is_file():
        return None
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
            if json.loads(file["head"].tobytes())["version"] != VERSION:
                raise ValueError("it is of another version")
            made = Talked(
                tuple(json.loads(file["keys"].tobytes())),
                file["named"].astype(np.int32),
                file["suggested"].astype(np.int32),
                file["starts"].astype(np.int64),
                file["others"].astype(np.int32),
                file["counts"].astype(np.int32),
            )
        n = len(made.keys)
        fit = len(made.starts) == n + 1 and len(made.others) == len(made.counts) == made.starts[-1]
        if not fit or ((made.others < 0) | (made.others >= n)).any():
            raise ValueError("its parts do not fit")
    except UNREADABLE as e:
        raise InteractionsError(
            f"{str(path)!r} cannot be read: {e}. Make it anew: `tastemaker finetune arms`."
        ) from e
    return made
