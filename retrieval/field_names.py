"""What the name of a field says of it: words in it, whatever the case and the signs between them."""

import re
import tomllib
from functools import cache
from importlib.resources import files

from retrieval.item import PEOPLE_FIELDS, WARNING_FACETS

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@cache
def among(table: str) -> frozenset[str]:
    """The words or names of a table of `field_names.toml`."""
    return frozenset(ordered(table))


@cache
def ordered(table: str) -> tuple[str, ...]:
    """The same, in the order of the table."""
    text = files("retrieval").joinpath("field_names.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)[table])


@cache
def words_of(name: str) -> tuple[str, ...]:
    """The words of a field's name in small letters: "discountPercentage", "meta.created_at"."""
    apart = _CAMEL.sub(" ", name)
    words = re.findall(r"[^\W_]+", apart.casefold())
    return tuple(
        w.rstrip("0123456789") or w if w[:1].isalpha() and len(w) > 4 else w for w in words
    )


@cache
def phrase_of(name: str) -> str:
    """The words of a field's name with spaces between."""
    return " ".join(words_of(name))


def names_people(name: str) -> bool:
    """Whether a field holds people, by its name."""
    words = words_of(name)
    if phrase_of(name) in PEOPLE_FIELDS:
        return True
    people = [w for w in words if w in among("people") or w.removesuffix("s") in among("people")]
    return bool(people) and not among("not_a_name").intersection(words)


def names_description(name: str) -> bool:
    """Whether a field is running text about the item, by its name."""
    words = words_of(name)
    if phrase_of(name) in among("descriptions"):
        return True
    described = {"description", "synopsis", "summary", "overview", "blurb", "plot", "beschreibung"}
    return bool(described & set(words)) and not {"seo", "meta", "image", "alt"} & set(words)


def names_price(name: str) -> bool:
    """Whether a field holds money that a visitor pays, by its name."""
    words = set(words_of(name))
    return (
        bool(words & among("prices"))
        and not words & among("no_price")
        and phrase_of(name) not in among("owners_cost")
    )


def names_stock(name: str) -> bool:
    """Whether a field counts what there is to sell, by its name."""
    words = words_of(name)
    last = words[-1] if words else ""
    counted = last in among("stock") or phrase_of(name) in (
        "in stock",
        "stock level",
        "available quantity",
    )
    return (counted or "inventory" in words or "stock" in words) and not {
        "min", "minimum", "max", "maximum", "order", "policy", "status", "tracker", "location", "per"
    } & set(words)  # fmt: skip


def names_list(name: str) -> bool:
    """Whether a field lists things, by its name: a word for lists in it, or a plural at its end."""
    last = words_of(name)[-1:]
    plural = any(
        len(w) > 4 and w.endswith("s") and not w.endswith(("ss", "us", "is")) for w in last
    )
    return (
        plural
        or bool(among("lists").intersection(words_of(name)[-2:]))
        or name.casefold() in WARNING_FACETS
    )


def popularity_rank(name: str) -> int | None:
    """How well a name fits a count of how often an item was chosen: 0 is best; None for another."""
    phrases = [phrase_of(name), phrase_of(name.rpartition(".")[2])]
    ranks = [
        ordered("popularity").index(phrase) for phrase in phrases if phrase in ordered("popularity")
    ]
    if ranks:
        return min(ranks) + (50 if name.endswith(".count") else 0)
    said = set(words_of(name.rpartition(".")[2]))
    what = said - among("counting")
    return 60 if what and what <= among("counted") and what != said else None


def title_rank(name: str) -> int | None:
    """How well a name fits a title: 0 is best; None for a name that is none."""
    phrase, words = phrase_of(name), words_of(name)
    if phrase in ordered("titles"):
        return ordered("titles").index(phrase)
    if not words or among("no_title").intersection(words):
        return 95 if phrase in ("original title", "scientific name", "album", "series") else None
    if words[-1] in ("title", "titel", "titre"):
        return 40 + len(words)
    if words[-1] == "name" or words[0] in ("title", "name"):
        return 60 + len(words)
    return None


def id_rank(name: str) -> int | None:
    """How well a name fits an id: 0 is best; None for a name that is none."""
    phrase, words = phrase_of(name), words_of(name)
    if name.casefold() == "_id":
        return 1
    if phrase in ordered("ids"):
        return 2 * ordered("ids").index(phrase)
    if words and words[-1] in ("id", "uid", "uuid", "guid"):
        return 8
    if words and words[-1] in ("sku", "isbn", "isbn13", "gtin", "ean", "asin", "code", "handle"):
        return 2 * ordered("ids").index("code")
    return None
