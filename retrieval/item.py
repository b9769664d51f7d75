"""One thing that can be recommended, and what its catalogue's fields are for."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from retrieval.measures import Kind, measuring
from retrieval.text import fold

Role = Literal[
    "id",
    "title",
    "description",
    "facet",
    "person",
    "number",
    "price",
    "stock",
    "date",
    "popularity",
    "url",
    "image",
    "ignore",
]
"""`price` and `stock` are numbers too; `date` is a day as ISO writes it; `ignore` is kept, not used."""
PEOPLE_FIELDS = frozenset(
    [
        "actors",
        "artist",
        "artists",
        "author",
        "authors",
        "cast",
        "creators",
        "designers",
        "director",
        "directors",
        "narrators",
        "stars",
        "translators",
        "writers",
    ]
)
WARNING_FACETS = frozenset({"content_notes", "warnings", "allergens"})
"""Facets that say what an item may hurt with. An item that leaves one out is not known to be safe."""
LONG_TEXT = 80
"""Characters. A text field longer than this on average is prose, not a facet; no more of a facet's value is
embedded, so that nobody gains by putting prose there."""


@dataclass(frozen=True)
class Schema:
    """The role of every field of a catalogue, in the catalogue's own order."""

    roles: Mapping[str, Role]

    def named(self, *roles: Role) -> tuple[str, ...]:
        """The fields that have one of `roles`."""
        return tuple(name for name, role in self.roles.items() if role in roles)

    @cached_property
    def facets(self) -> tuple[str, ...]:
        """Fields with words that can be wished for or avoided, people included."""
        return self.named("facet", "person")

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """Fields that can be limited from above and below."""
        return self.named("number", "price", "stock")

    def measuring(self, kind: Kind) -> list[str]:
        """The number fields that measure `kind`, the likeliest to be meant first: what has the role
        of a price or a stock, then what is named so."""
        role: Role | None = {"money": "price", "stock": "stock"}.get(kind)  # type: ignore[assignment]
        given = self.named(role) if role else ()
        return list(
            dict.fromkeys([*measuring(kind, given), *given, *measuring(kind, self.numbers)])
        )

    @property
    def popularity(self) -> str | None:
        """The field that counts how often an item was chosen, if there is one."""
        return next(iter(self.named("popularity")), None)


@dataclass(frozen=True)
class Item:
    """One row of a catalogue. `fields` holds every field as it was read, `id` and `title` too."""

    id: str
    title: str
    fields: Mapping[str, Any]

    def values(self, facet: str) -> tuple[str, ...]:
        """The words of a facet, `()` where the item has none."""
        value = self.fields.get(facet)
        if value is None or value == "":
            return ()
        if isinstance(value, list | tuple):
            return tuple(str(v) for v in value)
        return (str(value),)

    def number(self, name: str) -> float | None:
        """The value of a number field, `None` where it is not known: not given, or not finite."""
        value = self.fields.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return float(value) if abs(value) <= sys.float_info.max else None

    def is_silent(self, facet: str) -> bool:
        """Whether the catalogue does not say what this item is of a facet; an empty list says: none."""
        return self.fields.get(facet) in (None, "")

    def has(self, facet: str, value: str) -> bool:
        """Whether one of the facet's words is `value`, compared without case and accents."""
        return fold(value) in self.folded(facet)

    def folded(self, facet: str) -> frozenset[str]:
        """The words of a facet without case and accents, made once."""
        found = self._folded.get(facet)
        if found is None:
            found = self._folded[facet] = frozenset(map(fold, self.values(facet)))
        return found

    @cached_property
    def _folded(self) -> dict[str, frozenset[str]]:
        return {}

    def label(self) -> str:
        """The title with its year, if it has one, as a person would write it; else the id."""
        title, year = self.title.strip() or self.id, year_in_words(self.fields.get("year"))
        return f"{title} ({year})" if year else title


def year_in_words(year: object) -> str:
    """A year as people write it, "700 BC" for one below zero; empty for none."""
    if isinstance(year, int | float) and year < 0:
        return f"{-year:g} BC"
    return str(year) if year else ""


def infer_roles(
    rows: Sequence[Mapping[str, Any]], given: Mapping[str, Role] | None = None
) -> Schema:
    """Read each field's role off its name and its values; `given` roles overrule."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    return Schema({name: (given or {}).get(name) or _role(name, rows) for name in names})


def _role(name: str, rows: Sequence[Mapping[str, Any]]) -> Role:
    match name.casefold():
        case "id":
            return "id"
        case "title":
            return "title"
        case "description":
            return "description"
        case "popularity":
            return "popularity"
        case "url" | "link":
            return "url"
        case "image" | "poster" | "thumbnail":
            return "image"
        case lower if lower in PEOPLE_FIELDS:
            return "person"
    values = [row[name] for row in rows if row.get(name) not in (None, "", [])]
    if values and all(isinstance(v, int | float) and not isinstance(v, bool) for v in values):
        return "number"
    texts = [v for v in values if isinstance(v, str)]
    if texts and sum(map(len, texts)) / len(texts) > LONG_TEXT:
        return "description"
    return "facet"


def item_text(item: Item, schema: Schema) -> str:
    """What the encoder reads of an item: title, facets, people, then prose."""
    return next(item_texts([item], schema))


def item_texts(items: Iterable[Item], schema: Schema) -> Iterator[str]:
    """What the encoder reads of each of some items; see `item_text`."""
    facets, prose = schema.facets, schema.named("description")
    for item in items:
        words = (", ".join(v[:LONG_TEXT] for v in item.values(f)) for f in facets)
        running = (str(item.fields.get(f) or "") for f in prose)
        yield ". ".join(part for part in (item.label(), *words, *running) if part)
