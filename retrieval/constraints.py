"""Hard limits: what an item must satisfy to be shown at all.

Two readings of the same rule live here on purpose. `permits` looks at one item and is the last
word before anything is shown; `Columns.allowed` answers for a whole catalogue at once and spares
the search from finding what may not be shown. Tests hold them to the same answer.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from retrieval.item import WARNING_FACETS, Item, Schema
from retrieval.text import fold, is_unspaced, stem

Op = Literal["<", "<=", "=", ">=", ">", "!="]
_COMPARE = {
    "<": np.less,
    "<=": np.less_equal,
    "=": np.equal,
    ">=": np.greater_equal,
    ">": np.greater,
    "!=": np.not_equal,
}

MOST_PHRASES = 256  # phrases ruled out whose rows are remembered


@dataclass(frozen=True)
class Constraint:
    """`facet op value`. On words only `=` (carries it) and `!=` (does not carry it) have meaning.

    An item whose number is not known fails every constraint on it, `!=` included: a promise
    cannot be kept on a guess. The same goes for a warning (content notes, allergens) that the
    catalogue leaves out; an empty list says that there is none. Of other facets an item without
    words does not carry any, so `!=` holds and `=` does not.
    """

    facet: str
    op: Op
    value: str | float
    unless: tuple[tuple[str, str], ...] = ()
    """Facets and values (or "id" and an id) that let an item through: "no Marvel except ..."."""


TITLE = "title"
"""An item's title; what is ruled out by title is ruled out with its series."""
TEXT = "text"
"""Stands for all of an item's words: `text != clowns` keeps out what any field says is of clowns."""


def permits(item: Item, constraint: Constraint) -> bool:
    """Whether `item` may be shown under one constraint."""
    if any(_is(item, facet, value) for facet, value in constraint.unless):
        return True
    if isinstance(constraint.value, str):
        if constraint.facet == TEXT:
            carries = mentions(item, constraint.value)
        elif constraint.facet == TITLE:
            carries = titled(item, constraint.value)
        elif constraint.facet in WARNING_FACETS and item.is_silent(constraint.facet):
            return False
        else:
            carries = item.has(constraint.facet, constraint.value)
        return carries if constraint.op == "=" else constraint.op == "!=" and not carries
    number = item.number(constraint.facet)
    return number is not None and bool(_COMPARE[constraint.op](number, constraint.value))


def _is(item: Item, facet: str, value: str) -> bool:
    return item.id == value if facet == "id" else item.has(facet, value)


_SUBTITLE = re.compile(r"[:：]|\s[-–—]\s")
_PARTS = frozenset(
    [
        "ii",
        "iii",
        "iv",
        "v",
        "vi",
        "vii",
        "viii",
        "ix",
        "x",
        "part",
        "chapter",
        "volume",
        "vol",
        "episode",
        "book",
    ]
)


def titled(item: Item, name: str) -> bool:
    """Whether an item has that title, or one of the same series: "Star Wars: The Last Jedi",
    "Toy Story 2", "The Godfather Part II". One word alone ("It", "Alien") stands for a series only
    before a subtitle, a number or a part."""
    title, wanted = _without_article(item.title), _without_article(name)
    if not wanted:
        return item.title.strip().casefold() == name.strip().casefold()
    if title == wanted or (" " in wanted and f" {wanted} " in f" {title} "):
        return True
    if not title.startswith(f"{wanted} "):
        return False
    follows = title.removeprefix(f"{wanted} ").split()[0]
    head = fold(_SUBTITLE.split(item.title)[0])
    return head.endswith(wanted) or follows[0].isdigit() or follows in _PARTS


def _without_article(title: str) -> str:
    folded = fold(title)
    return next((folded[len(a) :] for a in ("the ", "a ", "an ") if folded.startswith(a)), folded)


def mentions(item: Item, phrase: str) -> bool:
    """Whether any text field of the item has the words of `phrase` in a row, by their stems.

    Scripts that put no spaces between words are searched letter by letter.
    """
    folded = fold(phrase)
    if not folded:
        return False
    wanted = f" {stem(folded)} "
    texts = (str(v) for v in item.fields.values() if isinstance(v, str))
    lists = (str(v) for vs in item.fields.values() if isinstance(vs, list) for v in vs)
    if is_unspaced(folded):
        bare = folded.replace(" ", "")
        return any(bare in fold(text).replace(" ", "") for text in (*texts, *lists))
    return any(wanted in f" {stem(fold(text))} " for text in (*texts, *lists))


def permitted(item: Item, constraints: Iterable[Constraint]) -> bool:
    """Whether `item` may be shown under all of `constraints`."""
    return all(permits(item, c) for c in constraints)


class Columns:
    """A catalogue by column: numbers as arrays, words as lists of the rows that carry them."""

    def __init__(self, items: Sequence[Item], schema: Schema) -> None:
        self.ids = [item.id for item in items]
        self._items = list(items)
        self._facets = frozenset(schema.facets)
        self._row_words: dict[str, tuple[list[str], NDArray[np.intp], NDArray[np.intp]]] = {}
        self._silences: dict[str, NDArray[np.bool_]] = {}
        self._by_phrase: dict[tuple[str, str], NDArray[np.bool_]] = {}
        self.row = {id: n for n, id in enumerate(self.ids)}
        self._numbers = {
            name: np.array([_or_nan(item.number(name)) for item in items], dtype=np.float64)
            for name in (*schema.numbers, *schema.named("popularity"))
        }
        rows: dict[tuple[str, str], list[int]] = {}
        self.spelling: dict[tuple[str, str], str] = {}
        for n, item in enumerate(items):
            for facet in (*schema.facets, "title"):
                for folded, value in {fold(v): v for v in item.values(facet)}.items():
                    rows.setdefault((facet, folded), []).append(n)
                    self.spelling.setdefault((facet, folded), value)
        self._rows = {key: np.array(found, dtype=np.intp) for key, found in rows.items()}

    def carrying(self, facet: str, value: str) -> NDArray[np.intp]:
        """The rows whose facet has `value`."""
        return self._rows.get((facet, fold(value)), np.empty(0, dtype=np.intp))

    def carrying_any(self, words: Iterable[tuple[str, str]]) -> NDArray[np.bool_]:
        """A mask over rows, shape `(items,)`: who carries any of these facets' words."""
        mask = np.zeros(len(self.ids), dtype=np.bool_)
        for facet, value in words:
            mask[self.carrying(facet, value)] = True
        return mask

    def vocabulary(self, facet: str) -> dict[str, NDArray[np.intp]]:
        """The words of a facet, each with the rows that carry it."""
        found = ((key, rows) for key, rows in self._rows.items() if key[0] == facet)
        return {self.spelling[key]: rows for key, rows in found}

    def shares(self, facet: str, weights: NDArray[np.float64]) -> dict[str, float]:
        """The words of a facet among the rows whose weight, shape `(items,)`, is not 0, each with the
        sum of the weights of the rows that carry it."""
        words, starts, carried = self._by_row(facet)
        rows = np.flatnonzero(weights)
        counts = starts[rows + 1] - starts[rows]
        first = np.repeat(starts[rows] - np.cumsum(counts) + counts, counts)
        of_rows = carried[first + np.arange(len(first))]
        sums = np.bincount(of_rows, np.repeat(weights[rows], counts), len(words))
        return {words[n]: float(sums[n]) for n in np.unique(of_rows)}

    def _by_row(self, facet: str) -> tuple[list[str], NDArray[np.intp], NDArray[np.intp]]:
        """The words of a facet, and for each row where in the third its words' places start."""
        if facet not in self._row_words:
            vocabulary = self.vocabulary(facet)
            rows = np.concatenate([*vocabulary.values(), np.empty(0, dtype=np.intp)])
            words = np.repeat(np.arange(len(vocabulary)), [len(r) for r in vocabulary.values()])
            order = np.argsort(rows, kind="stable")
            starts = np.searchsorted(rows[order], np.arange(len(self.ids) + 1))
            self._row_words[facet] = (list(vocabulary), starts, words[order])
        return self._row_words[facet]

    def replace(self, item: Item, field: str) -> None:
        """Take up a new value of one number field of an item."""
        row = self.row[item.id]
        self._items[row] = item
        if field in self._numbers:
            self._numbers[field][row] = _or_nan(item.number(field))

    def number(self, name: str) -> NDArray[np.float64]:
        """A number field, one value a row, NaN where not known; all NaN for an unknown field."""
        found = self._numbers.get(name)
        return np.full(len(self.ids), np.nan) if found is None else found

    def satisfying(self, constraint: Constraint) -> NDArray[np.bool_]:
        """A mask over rows, shape `(items,)`: who may be shown under one constraint."""
        mask = self._satisfying(constraint)
        for facet, value in constraint.unless:
            rows = [self.row[value]] if facet == "id" and value in self.row else []
            mask = mask.copy()
            mask[rows if facet == "id" else self.carrying(facet, value)] = True
        return mask

    def _satisfying(self, constraint: Constraint) -> NDArray[np.bool_]:
        if isinstance(constraint.value, str):
            if constraint.facet in (TEXT, TITLE):
                test = mentions if constraint.facet == TEXT else titled
                carries = self._remembered(test, constraint.value)
                if constraint.op not in ("=", "!="):
                    return np.zeros(len(self.ids), dtype=np.bool_)
                return carries if constraint.op == "=" else ~carries
            if constraint.facet not in self._facets:
                return self._one_by_one(constraint)
            carries = np.zeros(len(self.ids), dtype=np.bool_)
            carries[self.carrying(constraint.facet, constraint.value)] = True
            if constraint.op not in ("=", "!="):
                return np.zeros(len(self.ids), dtype=np.bool_)
            held = carries if constraint.op == "=" else ~carries
            if constraint.facet in WARNING_FACETS:
                held &= ~self._silent(constraint.facet)
            return held
        if constraint.facet not in self._numbers:
            return self._one_by_one(constraint)
        numbers = self.number(constraint.facet)
        found = np.asarray(_COMPARE[constraint.op](numbers, constraint.value))
        # Of all comparisons only "is not" holds of what is no number.
        return found & ~np.isnan(numbers) if constraint.op == "!=" else found

    def _silent(self, facet: str) -> NDArray[np.bool_]:
        """The rows that do not say what they warn of."""
        if facet not in self._silences:
            found = (item.is_silent(facet) for item in self._items)
            self._silences[facet] = np.fromiter(found, dtype=np.bool_, count=len(self.ids))
        return self._silences[facet]

    def _one_by_one(self, constraint: Constraint) -> NDArray[np.bool_]:
        found = (permits(item, constraint) for item in self._items)
        return np.fromiter(found, dtype=np.bool_, count=len(self.ids))

    def _remembered(self, test: Callable[[Item, str], bool], phrase: str) -> NDArray[np.bool_]:
        key = (test.__name__, phrase)
        if key not in self._by_phrase:
            if len(self._by_phrase) >= MOST_PHRASES:
                self._by_phrase.clear()
            found = (test(item, phrase) for item in self._items)
            self._by_phrase[key] = np.fromiter(found, dtype=np.bool_, count=len(self.ids))
        return self._by_phrase[key]

    def allowed(
        self, constraints: Iterable[Constraint], hidden: Iterable[str]
    ) -> NDArray[np.bool_]:
        """A mask over rows: who satisfies every constraint and is not one of the `hidden` ids."""
        mask = np.ones(len(self.ids), dtype=np.bool_)
        for constraint in constraints:
            mask &= self.satisfying(constraint)
        mask[[self.row[id] for id in hidden if id in self.row]] = False
        return mask


def _or_nan(number: float | None) -> float:
    return float("nan") if number is None else number
