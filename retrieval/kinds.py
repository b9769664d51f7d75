"""Kinds of thing: what an item is, as against what it is like.

Who asks for a laptop is not helped by a lunch box that is cheap and well reviewed; who asks for a
sad film may well see one that is only funny. A catalogue that divides its items by a category says
which of its words name a kind: the categories, and whatever occurs inside one category alone.
"""

from collections.abc import Iterable

from retrieval.item import Item, Schema
from retrieval.measures import words_of
from retrieval.text import fold, singular

KIND_WORDS = frozenset(
    [
        "category",
        "kind",
        "type",
        "course",
        "department",
        "section",
        "class",
        "rubric",
        "genre group",
    ]
)
"""What the field of a category is called, in the singular."""
MOST_EACH = 1.5  # categories an item has on average; more, and they divide nothing
INSIDE = 0.95  # of the items of a word are in one category


class Kinds:
    """The kinds of one catalogue; none, where no field divides it."""

    def __init__(self, items: Iterable[Item], schema: Schema) -> None:
        items = list(items)
        self.facets = tuple(f for f in schema.named("facet") if _divides(f, items))
        self._inside: dict[tuple[str, str], bool] = {}
        if not self.facets:
            return
        where: dict[tuple[str, str], dict[str, int]] = {}
        for item in items:
            kinds = {fold(v) for f in self.facets for v in item.values(f)}
            for facet in schema.named("facet"):
                for value in {fold(v) for v in item.values(facet)}:
                    counts = where.setdefault((facet, value), {"": 0})
                    counts[""] += 1
                    for kind in kinds:
                        counts[kind] = counts.get(kind, 0) + 1
        for key, counts in where.items():
            best = max((n for kind, n in counts.items() if kind), default=0)
            self._inside[key] = best >= INSIDE * counts[""]

    def is_kind(self, facet: str, value: str) -> bool:
        """Whether a value says what an item is: a category, or a word of one category alone."""
        if facet in self.facets:
            return True
        return self._inside.get((facet, fold(value)), False)


def _divides(facet: str, items: list[Item]) -> bool:
    if not {singular(w) for w in words_of(facet)} & KIND_WORDS:
        return False
    counts = [n for item in items if (n := len(item.values(facet)))]
    several = len({v for item in items for v in item.values(facet)}) > 1
    return several and len(counts) > len(items) / 2 and sum(counts) <= MOST_EACH * len(counts)
