"""What is liked together: each item's nearest neighbours by who liked both, stored with the catalogue.

Item-item cosine over likes, in which a user who likes n items counts 1/sqrt(n) (who likes everything
says little), with `SHRINK` added below the line (Bell & Koren 2007): a pair that two people share is
not as near as one that two hundred do. It was chosen by measurement (finetune/LOG.md,
`tastemaker finetune colikes`). The home of scipy.
"""

import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.encoder import Progress
from retrieval.errors import InteractionsError
from retrieval.likes import Likes, Meant
from retrieval.stored_arrays import UNREADABLE, as_bytes, save_arrays

FILE = "colikes.npz"
VERSION = 1
NEIGHBOURS = 100
SHRINK = 10.0
PAIR = 2  # people that must like both: one alone is no evidence, and somebody in particular
BLOCK = 256  # items whose neighbours are found at a time
AGAINST = 0.25
"""How much likeness to a disliked item counts, where likeness to a liked one counts 1."""


@dataclass(frozen=True)
class Colikes:
    """For each row of the catalogue its neighbours, the nearest first: rows (-1 where there are no
    more), strengths in (0, 1] and how many people like both, each of shape `(items, neighbours)`;
    and how many like the item, shape `(items,)`. `users` are those who like anything, `made_for` is
    the hash of the ids that it was made for."""

    ids: tuple[str, ...]
    neighbours: NDArray[np.int32]
    strengths: NDArray[np.float32]
    both: NDArray[np.int32]
    people: NDArray[np.int32]
    users: int
    meant: Meant
    made_for: str

    @cached_property
    def row(self) -> Mapping[str, int]:
        """The row of each id."""
        return {id: n for n, id in enumerate(self.ids)}

    def scores(
        self, seeds: Mapping[str, float], against: Iterable[str] = ()
    ) -> NDArray[np.float64]:
        """How much each row is liked together with the seeds, shape `(items,)`; 0 for strangers."""
        total = np.zeros(len(self.ids))
        pulls = [*seeds.items(), *((id, -AGAINST) for id in against)]
        for id, weight in pulls:
            near = self.neighbours[self.row[id]] if id in self.row else self.neighbours[:0]
            strengths = self.strengths[self.row[id]] if id in self.row else self.strengths[:0]
            total[near[near >= 0]] += weight * strengths[near >= 0]
        return total

    def together(self, one: str, other: str) -> int:
        """How many people like both; 0 if neither is among the other's neighbours."""
        for a, b in ((one, other), (other, one)):
            if a in self.row and b in self.row:
                found = np.flatnonzero(self.neighbours[self.row[a]] == self.row[b])
                if len(found):
                    return int(self.both[self.row[a], found[0]])
        return 0


def ids_hash(ids: Sequence[str]) -> str:
    """What stands for a catalogue's ids, in their order."""
    return hashlib.sha256(json.dumps(list(ids)).encode()).hexdigest()


def fit(
    ids: Sequence[str], likes: Likes, neighbours: int = NEIGHBOURS, progress: Progress | None = None
) -> Colikes:
    """The neighbours of every item. The same likes give the same arrays."""
    from scipy.sparse import csr_array, diags_array  # noqa: PLC0415

    n, width = len(ids), max(1, min(neighbours, len(ids) - 1))
    _, user = np.unique(likes.user, return_inverse=True)
    shape = (likes.users, n)
    liked = csr_array((np.ones(len(user)), (user, likes.row)), shape=shape)
    graded = csr_array((likes.strength, (user, likes.row)), shape=shape)
    each = 1 / np.sqrt(np.bincount(user, minlength=likes.users))
    share = each[user]
    graded = csr_array(diags_array(np.sqrt(each / (share.mean() if len(share) else 1))) @ graded)
    size = np.sqrt(np.asarray(graded.power(2).sum(axis=0)).ravel())
    near = np.full((n, width), -1, dtype=np.int32)
    strengths = np.zeros((n, width), dtype=np.float32)
    both = np.zeros((n, width), dtype=np.int32)
    by_item, counted_by_item = csr_array(graded.T), csr_array(liked.T)
    for start in range(0, n, BLOCK):
        if progress:
            progress("finding what is liked together", start, n)
        weights = csr_array(by_item[start : start + BLOCK] @ graded)
        counts = csr_array(counted_by_item[start : start + BLOCK] @ liked)
        for m in (weights, counts):
            m.sort_indices()
        for i in range(weights.shape[0]):
            part = slice(weights.indptr[i], weights.indptr[i + 1])
            columns, count = weights.indices[part], counts.data[part]
            use = (columns != start + i) & (count >= PAIR)
            columns, count, weight = columns[use], count[use], weights.data[part][use]
            strength = weight / (size[start + i] * size[columns] + SHRINK)
            best = np.lexsort((columns, -strength))[:width]
            near[start + i, : len(best)] = columns[best]
            strengths[start + i, : len(best)] = strength[best]
            both[start + i, : len(best)] = count[best]
    if progress:
        progress("finding what is liked together", n, n)
    people = np.bincount(likes.row, minlength=n).astype(np.int32)
    return Colikes(
        tuple(ids), near, strengths, both, people, likes.users, likes.meant, ids_hash(ids)
    )


def save(folder: Path, made: Colikes) -> None:
    """Put the arrays in the catalogue's folder: the old file or the new one is there, never a part."""
    head = {"version": VERSION, "meant": made.meant, "users": made.users, "made_for": made.made_for}
    arrays: dict[str, NDArray[Any]] = {
        "head": as_bytes(head),
        "ids": as_bytes(made.ids),
        "neighbours": made.neighbours,
        "strengths": made.strengths,
        "both": made.both,
        "people": made.people,
    }
    save_arrays(folder / FILE, arrays)


def load(folder: Path, ids: Sequence[str]) -> Colikes | None:
    """What is stored, in the rows of a catalogue of these ids; None where nothing is.

    Items that the catalogue has no longer are dropped, and those that it has gained have no
    neighbours until it is made anew. Raises InteractionsError for a file that cannot be read.
    """
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        data = path.read_bytes()
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            head = json.loads(file["head"].tobytes())
            made = Colikes(
                tuple(json.loads(file["ids"].tobytes())),
                file["neighbours"],
                file["strengths"],
                file["both"],
                file["people"],
                head["users"],
                head["meant"],
                head["made_for"],
            )
        if head["version"] != VERSION or not _whole(made):
            raise ValueError(f"it is of version {head['version']!r}, or its parts do not fit")
    except UNREADABLE as error:
        raise InteractionsError(
            f"{str(path)!r} cannot be read: {error}. Make it anew: "
            f"`tastemaker interactions --catalogue {folder.name}`."
        ) from error
    return made if made.made_for == ids_hash(ids) else _moved(made, tuple(ids))


def _whole(made: Colikes) -> bool:
    n = len(made.ids)
    shapes = {a.shape for a in (made.neighbours, made.strengths, made.both)}
    return (
        len(shapes) == 1
        and made.neighbours.shape[:1] == made.people.shape == (n,)
        and made.neighbours.dtype.kind == made.both.dtype.kind == made.people.dtype.kind == "i"
        and made.strengths.dtype.kind == "f"
        and bool(((made.neighbours >= -1) & (made.neighbours < max(n, 1))).all())
        and bool(np.isfinite(made.strengths).all())
    )


def _moved(made: Colikes, ids: tuple[str, ...]) -> Colikes:
    """The same for other ids."""
    there = {id: n for n, id in enumerate(ids)}
    now = np.array([there.get(id, -1) for id in made.ids] + [-1], dtype=np.int32)
    old = np.array([made.row.get(id, -1) for id in ids], dtype=np.int64)
    pad = [(0, 1), (0, 0)]
    near = now[np.pad(made.neighbours, pad, constant_values=-1)[old]]
    gone = near < 0
    return replace(
        made,
        ids=ids,
        neighbours=near,
        strengths=np.where(gone, 0, np.pad(made.strengths, pad)[old]).astype(np.float32),
        both=np.where(gone, 0, np.pad(made.both, pad)[old]).astype(np.int32),
        people=np.pad(made.people, (0, 1))[old],
    )
