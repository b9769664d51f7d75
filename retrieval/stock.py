"""Whether an item can still be had, as its catalogue says it."""

from collections.abc import Iterable, Sequence

from retrieval.item import Item, Schema
from retrieval.measures import measuring

_SURE = ("stock", "inventory")


def stock_fields(schema: Schema) -> tuple[str, ...]:
    """The fields that say how many there are: those of role "stock", else the one whose name says so
    ("stock" and "inventory" before "quantity", which may be how many come in a box)."""
    if given := schema.named("stock"):
        return given
    named = measuring("stock", (*schema.numbers, *schema.named("facet")))
    named.sort(key=lambda field: not any(word in field.casefold() for word in _SURE))
    return tuple(named[:1])


def is_out_of_stock(item: Item, schema: Schema) -> bool:
    """Whether the catalogue knows that none is left: some count is known, and none is above zero.

    `false` counts as zero. An item of which no count is known is not out of stock.
    """
    left = in_stock(item, schema)
    return left is not None and left <= 0


def in_stock(item: Item, schema: Schema) -> float | None:
    """How many there are, by the field that knows of most; None where none of them says."""
    return _most(item, stock_fields(schema))


def out_of_stock(items: Iterable[Item], schema: Schema) -> frozenset[str]:
    """The ids of all items that are out of stock."""
    fields = stock_fields(schema)
    counted = ((item.id, _most(item, fields)) for item in items) if fields else ()
    return frozenset(id for id, left in counted if left is not None and left <= 0)


def _most(item: Item, fields: Sequence[str]) -> float | None:
    counts = [count for f in fields if (count := _count(item, f)) is not None]
    return max(counts, default=None)


def _count(item: Item, field: str) -> float | None:
    value = item.fields.get(field)
    return float(value) if isinstance(value, bool) else item.number(field)
