"""Tastes that nobody has: an item that is known, and others that are liked along with it.

What people like together is alike, in one of three ways: what it means (nearness of vectors), what kind
it is (words of facets), who made it (people). An item comes to mind by its place among all that are
alike, so that it is the same in a catalogue of a hundred and of a hundred thousand, times a power of how
popular it is. These chances are judgement, measured afterwards (finetune/LOG.md); no person chose anything.
"""

import random
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from retrieval.catalogue import Catalogue
from retrieval.colike import Colikes
from retrieval.find import Retriever

COUNTED = 0.5
"""The power of popularity where it is a count of choices."""
LEAST_COUNTED = 0.75
"""Of the items, that must have a count before it is one: what is missing is not what nobody chose."""
WAYS = ("meaning", "kind", "people")


@dataclass(frozen=True)
class Manner:
    """How simulated people choose and talk. Shares are chances in [0, 1]."""

    popularity: float | None = None
    """The power of popularity by which an item comes to mind; 0 makes all alike. None is COUNTED where the
    catalogue says of most items how often they were chosen, else 0: who made an item is no count."""
    reach: float = 20.0
    """Places among what is alike behind which an item comes to mind half as often as the first."""
    stray: float = 0.1
    """Items that are liked for no reason but being known."""
    ways: tuple[float, float, float] = (0.4, 0.4, 0.2)
    """How often likeness is of meaning, of kind and of people."""
    named: tuple[float, ...] = (0.25, 0.35, 0.3, 0.1)
    """How often a seeker names none, one, two ... liked items."""
    wished: float = 0.7
    """How much of what a seeker might wish for is said."""
    loose: float = 0.5
    """Wishes that come of something else that the seeker likes, and need not hold for what is sought."""
    told: float = 1.0
    """Seekers who tell in words of its own prose what it should be about, where an item has some."""
    chat: float = 0.5
    """Conversations that begin with a greeting, and turns that say nothing of taste."""


class Tastes:
    """Draws items of a catalogue as somebody who does not exist would think of them."""

    def __init__(self, retriever: Retriever, manner: Manner, hidden: Collection[str] = ()) -> None:
        self._retriever, self._manner = retriever, manner
        self._hidden = [retriever.columns.row[id] for id in hidden if id in retriever.columns.row]

    @cached_property
    def known(self) -> NDArray[np.float64]:
        """How much each row is known, shape `(items,)`: its popularity to the power of the manner."""
        power = self._manner.popularity
        if power is None:
            power = (
                COUNTED if are_counted(self._retriever.catalogue, self._retriever.colikes) else 0.0
            )
        known: NDArray[np.float64] = (1 + np.maximum(self._retriever.popularity, 0)) ** power
        known[self._hidden] = 0
        return known

    def one(self, dice: random.Random) -> int:
        """A row, by how much it is known."""
        return drawn(self.known, dice)

    def companion(self, row: int, dice: random.Random, without: Collection[int] = ()) -> int:
        """A row that is liked by who likes `row`, none of `without`."""
        if dice.random() < self._manner.stray:
            chances = self.known.copy()
        else:
            way = dice.choices(WAYS, self._manner.ways)[0]
            chances = self.known * self._alike(row, way)
        chances[[row, *without]] = 0
        if not chances.any():
            chances = np.ones(len(chances))
            chances[[row, *without, *self._hidden]] = 0
        return drawn(chances, dice)

    def _alike(self, row: int, way: str) -> NDArray[np.float64]:
        """How much each row comes to mind beside another, by its place; by meaning where it shares
        nothing of the kind."""
        retriever, id = self._retriever, self._retriever.columns.ids[row]
        schema = retriever.catalogue.schema
        found: NDArray[np.float64] = np.zeros(len(retriever.columns.ids))
        if way == "kind":
            shared = retriever.shared({id: 1.0}, schema.named("facet"), power=1)
            found = shared / np.sqrt(np.maximum(retriever.words_of_facets, 1))
        elif way == "people":
            found = retriever.shared({id: 1.0}, schema.named("person"), power=1)
        found[row] = 0
        if not found.any():
            found = 2 + retriever.index.cosines(retriever.index.vectors([id]))[0].astype(np.float64)
            found[row] = 0
        return np.where(found > 0, 1 / (self._manner.reach + places(found)), 0.0)


def places(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """How many are ahead of each, shape of `scores`; of equals each is ahead of half of the others."""
    _, which, counts = np.unique(-scores, return_inverse=True, return_counts=True)
    ahead = np.cumsum(counts) - counts + (counts - 1) / 2
    return ahead.astype(np.float64)[which]


def are_counted(catalogue: Catalogue, colikes: Colikes | None = None) -> bool:
    """Whether it is said of most items how often they were chosen: by the catalogue, else by interactions."""
    name, items = catalogue.schema.popularity, catalogue.items.values()
    if name:
        return sum((item.number(name) or 0) > 0 for item in items) >= LEAST_COUNTED * len(items)
    return colikes is not None and bool((colikes.people > 0).mean() >= LEAST_COUNTED)


def drawn(chances: NDArray[np.float64], dice: random.Random) -> int:
    """A row, by its chance; chances need not add up to one."""
    whole = np.cumsum(chances)
    return int(
        np.searchsorted(whole, dice.random() * whole[-1], side="right").clip(0, len(whole) - 1)
    )


def several(
    n: int, one: Callable[[Collection[int]], int], fits: Callable[[int], bool], tries: int
) -> list[int]:
    """Up to `n` different rows that fit, out of so many tries each."""
    found: list[int] = []
    for _ in range(n * tries):
        if len(found) == n:
            break
        row = one(found)
        if row not in found and fits(row):
            found.append(row)
    return found
