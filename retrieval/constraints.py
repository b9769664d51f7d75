"""Hard limits: what an item must satisfy to be shown at all.

Two readings of the same rule live here on purpose. `permits` looks at one item and is the last
word before anything is shown; `Columns.allowed` answers for a whole catalogue at once and spares
the search from finding what may not be shown. Tests hold them to the same answer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from retrieval.item import Item, Schema
from retrieval.text import fold

Op = Literal["<", "<=", "=", ">=", ">", "!="]
_COMPARE = {
    "<": np.less,
    "<=": np.less_equal,
    "=": np.equal,
    ">=": np.greater_equal,
    ">": np.greater,
    "!=": np.not_equal,
}


@dataclass(frozen=True)
class Constraint:
    """`facet op value`. On words only `=` (carries it) and `!=` (does not carry it) have meaning.

    An item whose number is not known fails every constraint on it, `!=` included: a promise
    cannot be kept on a guess. An item without words in a facet does not carry any, so `!=` holds.
    """

    facet: str
    op: Op
    value: str | float


def permits(item: Item, constraint: Constraint) -> bool:
    """Whether `item` may be shown under one constraint."""
    if isinstance(constraint.value, str):
        carries = item.has(constraint.facet, constraint.value)
        return carries if constraint.op == "=" else constraint.op == "!=" and not carries
    number = item.number(constraint.facet)
    return number is not None and bool(_COMPARE[constraint.op](number, constraint.value))


def permitted(item: Item, constraints: Iterable[Constraint]) -> bool:
    """Whether `item` may be shown under all of `constraints`."""
    return all(permits(item, c) for c in constraints)


class Columns:
    """A catalogue by column: numbers as arrays, words as lists of the rows that carry them."""

    def __init__(self, items: Sequence[Item], schema: Schema) -> None:
        self.ids = [item.id for item in items]
        self.row = {id: n for n, id in enumerate(self.ids)}
        self._numbers = {
            name: np.array([_or_nan(item.number(name)) for item in items], dtype=np.float64)
            for name in (*schema.numbers, *schema.named("popularity"))
        }
        rows: dict[tuple[str, str], list[int]] = {}
        for n, item in enumerate(items):
            for facet in (*schema.facets, "title"):
                for value in set(map(fold, item.values(facet))):
                    rows.setdefault((facet, value), []).append(n)
        self._rows = {key: np.array(found, dtype=np.intp) for key, found in rows.items()}

    def carrying(self, facet: str, value: str) -> NDArray[np.intp]:
        """The rows whose facet has `value`."""
        return self._rows.get((facet, fold(value)), np.empty(0, dtype=np.intp))

    def number(self, name: str) -> NDArray[np.float64]:
        """A number field, one value a row, NaN where not known; all NaN for an unknown field."""
        return self._numbers.get(name, np.full(len(self.ids), np.nan))

    def satisfying(self, constraint: Constraint) -> NDArray[np.bool_]:
        """A mask over rows, shape `(items,)`: who may be shown under one constraint."""
        if isinstance(constraint.value, str):
            carries = np.zeros(len(self.ids), dtype=np.bool_)
            carries[self.carrying(constraint.facet, constraint.value)] = True
            if constraint.op in ("=", "!="):
                return carries if constraint.op == "=" else ~carries
            return np.zeros(len(self.ids), dtype=np.bool_)
        numbers = self.number(constraint.facet)
        return np.asarray(_COMPARE[constraint.op](numbers, constraint.value) & ~np.isnan(numbers))

    def allowed(self, constraints: Iterable[Constraint], hidden: Iterable[str]) -> NDArray[np.bool_]:
        """A mask over rows: who satisfies every constraint and is not one of the `hidden` ids."""
        mask = np.ones(len(self.ids), dtype=np.bool_)
        for constraint in constraints:
            mask &= self.satisfying(constraint)
        mask[[self.row[id] for id in hidden if id in self.row]] = False
        return mask


def _or_nan(number: float | None) -> float:
    return float("nan") if number is None else number
