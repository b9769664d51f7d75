"""Which field is the title and which the id; rows that go on with the row above; ids made up.

The title may carry the year ("Toy Story (1995)") and its article behind it ("Matrix, The").
"""

import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from retrieval import amounts, field_names
from retrieval.cleaning import is_missing, looks_like_date
from retrieval.errors import CatalogueError
from retrieval.item import Role
from retrieval.profiles import Profile
from retrieval.records import Record
from retrieval.text import fold

LONGEST_ID = 200  # characters
_YEAR = re.compile(r"\s*[(\[]((?:1[89]|20)\d\d)(?:\s*[-–—]\s*(?:\d{2,4})?)?[)\]]\s*$")
_ARTICLE = re.compile(
    r"^(?P<rest>.+), (?P<article>The|A|An|Le|La|Les|L'|Il|Lo|El|Los|Las|Der|Die|Das|Une?|Het|De)"
    r"(?P<more> \(.*)?$"
)


@dataclass(frozen=True)
class Identity:
    """The field that is the title, and the one that is the id; None where ids have to be made."""

    title: str
    id: str | None


def find_identity(profiles: Sequence[Profile], given: Mapping[str, Role], name: str) -> Identity:
    """Choose the title and the id. Raises CatalogueError where no field can be the title."""
    for role in ("id", "title"):
        named = [field for field, r in given.items() if r == role]
        if len(named) > 1:
            raise CatalogueError(f"Only one field can be the {role}, not {' and '.join(named)}.")
    free = [p for p in profiles if p.name not in given]
    title = next((f for f, r in given.items() if r == "title"), None) or _title(free)
    if title is None:
        fields = ", ".join(repr(p.name) for p in profiles[:12])
        raise CatalogueError(
            f"{name} has no field that looks like a title. Its fields are {fields}; "
            "say which one is: --role FIELD=title."
        )
    id = next((f for f, r in given.items() if r == "id"), None)
    return Identity(title, id or _id([p for p in free if p.name != title]))


def _title(profiles: Sequence[Profile]) -> str | None:
    ranked = []
    for place, p in enumerate(profiles):
        rank = field_names.title_rank(p.name)
        if rank is None or not p.texts or p.lists or p.length > 300:
            continue
        if p.urls > 0.5 or (p.number_share > 0.9 and rank > 20):
            continue
        sparse = p.filled < 0.3 * p.rows or (p.filled >= 20 and p.distinct < 0.2 * p.filled)
        ranked.append((sparse, rank + 2 * p.name.count("."), place, p.name))
    if ranked:
        return min(ranked)[3]
    for p in profiles:
        if p.lists or len(p.texts) < max(0.95 * p.rows, 2) or p.distinct < 0.9 * p.filled:
            continue
        spaced = sum(" " in t.strip() for t in p.texts) / len(p.texts)
        letters = sum(any(c.isalpha() for c in t) for t in p.texts) / len(p.texts)
        worded = 2 < p.length < 100 and letters > 0.9 and (spaced > 0.3 or p.codes < 0.2)
        if worded and not p.urls and not p.emails and not looks_like_date(p.texts[0]):
            return p.name
    return None


def _id(profiles: Sequence[Profile]) -> str | None:
    ranked = []
    for place, p in enumerate(profiles):
        rank = field_names.id_rank(p.name)
        if rank is None or p.lists or not p.filled or p.length > LONGEST_ID or p.dates > 0.5:
            continue
        enough = 0.5 if rank < 2 else 0.95
        if p.filled >= 0.9 * p.rows and p.distinct >= enough * p.filled:
            ranked.append((rank, place, p.name))
    if ranked:
        return min(ranked)[2]
    codes = (
        p.name
        for p in profiles
        if p.filled == p.rows == p.distinct >= 10 and p.texts and p.codes > 0.9 and p.figures > 0.5
        if not p.lists and p.urls == p.emails == 0 and p.dates < 0.5 and p.price_share < 0.5
        if p.measure_share < 0.5 and p.pictures == 0 and p.length < 60
    )
    return next(codes, None)


def continued(records: list[Record], identity: Identity) -> tuple[list[Record], int]:
    """Records without a title that have the id of an earlier one, added to that one: so shops write
    out variants and further pictures. The lowest price counts, and all that is in stock. Gives what
    is left, and how many were added."""
    if identity.id is None:
        return records, 0
    kept: list[Record] = []
    first: dict[str, dict[str, Any]] = {}
    added = 0
    for record in records:
        key, fields = record.fields.get(identity.id), dict(record.fields)
        if record.problem or is_missing(key):
            kept.append(record)
        elif str(key) in first and is_missing(fields.get(identity.title)):
            _add(first[str(key)], fields)
            added += 1
        else:
            first.setdefault(str(key), fields)
            kept.append(Record(record.line, fields))
    return kept, added


def _add(to: dict[str, Any], fields: Mapping[str, Any]) -> None:
    for name, value in fields.items():
        if is_missing(value):
            continue
        before = to.get(name)
        if is_missing(before):
            to[name] = value
        elif field_names.names_price(name):
            to[name] = min(before, value, key=lambda v: _amount(v, math.inf))
        elif field_names.names_stock(name):
            to[name] = _amount(before, 0) + _amount(value, 0)
        elif before != value and _is_option(name):
            values = before.split("\n") if isinstance(before, str) else list(before or ())
            to[name] = values if value in values else [*values, value]


def _amount(value: Any, otherwise: float) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    found = amounts.price(value) if isinstance(value, str) else None
    return found[0] if found else otherwise


def _is_option(name: str) -> bool:
    """Whether a field's further values are further values of the item: sizes, colours."""
    words = set(field_names.words_of(name))
    return (
        "value" in words
        or field_names.names_list(name)
        or bool(words & {"size", "colour", "color"})
    )


def made_id(title: str, fields: Mapping[str, Any]) -> str:
    """An id for an item that has none: the title's words, and a hash of what else tells it apart.

    It stays while the title, the people, the year, the maker and the codes stay; a price may change.
    """
    telling = [title]
    for name in sorted(fields):
        words = set(field_names.words_of(name))
        if (
            words
            & (
                field_names.among("identifying")
                | field_names.among("years")
                | field_names.among("codes")
            )
            or field_names.names_people(name)
        ) and not is_missing(fields[name]):
            telling.append(f"{name}={fields[name]}")
    slug = "-".join(fold(title).split())[:60].strip("-") or "item"
    return f"{slug}-{hashlib.sha256('|'.join(telling).encode(errors='replace')).hexdigest()[:8]}"


@dataclass(frozen=True)
class TitleForm:
    """What the titles of a file carry besides the title."""

    year: bool
    article: bool

    def read(self, title: str) -> tuple[str, int | None]:
        """The title alone, and its year where there is one."""
        year = None
        if self.year and (match := _YEAR.search(title)) and match.start() > 0:
            title, year = title[: match.start()], int(match[1])
        if self.article and (match := _ARTICLE.match(title)):
            space = "" if match["article"].endswith("'") else " "
            title = f"{match['article']}{space}{match['rest']}{match['more'] or ''}"
        return title.strip(), year


def title_form(titles: Sequence[str]) -> TitleForm:
    """Whether titles end in years (half of them do), and in articles (1 in 100 does, 3 at least)."""
    years = sum(bool(_YEAR.search(t)) for t in titles)
    bare = [_YEAR.sub("", t) for t in titles]
    articles = sum(bool(_ARTICLE.match(t)) for t in bare)
    return TitleForm(years * 2 > len(titles), articles >= max(3, len(titles) / 100))
