"""What is true of a list beside the item that a seeker has in mind: newer, less violent, like the second.

Every comparison is read off both records: a number that differs, a value that one has and the other
has not. What a record leaves out is not compared.
"""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from finetune import phrasings
from finetune.visitor import LEAST_RATED, Fact
from retrieval.constraints import Columns
from retrieval.item import WARNING_FACETS, Item, Schema
from retrieval.measures import measure_of, words_of

CLEARLY = 1.3
"""How much more of the target the closest item must share than the next before a seeker says so."""
MOST_PLACES = 5
SHORT_VALUE = 30  # characters; nobody says a longer one of their own accord
MANY = 0.5  # of a list, that carry a value before it is too much of it


@dataclass(frozen=True)
class Remark:
    """Something to say. `facts` are what it promises of every later list, and what is true of the
    target; nothing, where it only leans. `about` is the id of the item pointed at."""

    templates: tuple[str, ...]
    words: dict[str, str]
    facts: tuple[Fact, ...] = ()
    about: str = ""


def kind_of(field: str) -> str:
    """What a number compares by: year, minutes, work or money; empty for anything else."""
    measured = measure_of(field)
    if measured is None or measured.factor != 1:
        return ""
    if measured.kind == "minutes" and set(words_of(field)) & {
        "cook",
        "prep",
        "preparation",
        "total",
    }:
        return "work"
    return measured.kind


def compared_numbers(schema: Schema) -> list[str]:
    """The number fields that people compare by, of each kind the one that is meant first."""
    fields = [f for kind in ("year", "minutes", "money") for f in schema.measuring(kind)[:1]]
    return [f for f in fields if kind_of(f)]


def remarks(
    shown: Sequence[Item],
    target: Item,
    schema: Schema,
    columns: Columns,
    known: Callable[[str], bool],
) -> list[Remark]:
    """All that can truly be said of a list. `known` says whether somebody would think of a facet."""
    shown = shown[:MOST_PLACES]
    found: list[Remark] = []
    for field in compared_numbers(schema):
        found += _by_number(field, shown, target)
    for facet in schema.facets:
        if facet in WARNING_FACETS or known(facet):
            found += _too_much(facet, shown, target, schema, columns)
    return found + _closest(shown, target, schema, columns)


def _by_number(field: str, shown: Sequence[Item], target: Item) -> list[Remark]:
    own = target.number(field)
    numbers = [(n, x) for n, item in enumerate(shown) if (x := item.number(field)) is not None]
    if own is None or not numbers:
        return []
    found = []
    for op in ("<", ">"):
        words = phrasings.COMPARED.get((kind_of(field), op), ())
        if not words:
            continue
        here = [x for _, x in numbers]
        beyond = [x for x in here if Fact(field, op, _whole(x)).holds({field: own})]
        if len(beyond) == len(here):
            outermost = min(here) if op == "<" else max(here)
            for word in words:
                middle = Fact(field, op, _whole(median(here)))
                found.append(Remark(phrasings.THAN_MIDDLE, {"word": word}, (middle,)))
                if len(here) > 1:
                    fact = Fact(field, op, _whole(outermost))
                    found.append(Remark(phrasings.THAN_ALL, {"word": word}, (fact,)))
        for place, x in numbers:
            fact = Fact(field, op, _whole(x))
            if fact.holds({field: own}):
                said = {"word": words[0], "place": phrasings.PLACES[place]}
                found.append(Remark(phrasings.THAN_ONE, said, (fact,), shown[place].id))
    return found


def _whole(x: float) -> int | float:
    return int(x) if float(x).is_integer() else x


def _too_much(
    facet: str, shown: Sequence[Item], target: Item, schema: Schema, columns: Columns
) -> list[Remark]:
    if target.is_silent(facet):
        return []
    counts: dict[str, int] = {}
    for item in shown:
        for value in dict.fromkeys(item.values(facet)):
            counts[value] = counts.get(value, 0) + 1
    people = facet in schema.named("person")
    found = []
    for value, count in counts.items():
        known = len(columns.carrying(facet, value)) >= LEAST_RATED
        if target.has(facet, value) or not known or len(value) > SHORT_VALUE:
            continue  # nobody knows a name that is on one item alone
        said = {"v": value.replace("-", " ")}
        if people or count > MANY * len(shown):
            found.append(Remark(phrasings.NOT_AGAIN, said, (Fact(facet, "has not", value),)))
        if not people and count > MANY * len(shown):
            found.append(Remark(phrasings.TOO_MUCH, said))
    return found


def likeness(a: Item, b: Item, schema: Schema, columns: Columns) -> float:
    """How much two items share, rare values counting more (idf squared)."""
    whole, total = len(columns.ids), 0.0
    for facet in schema.facets:
        for value in a.values(facet):
            if b.has(facet, value):
                total += math.log(whole / max(len(columns.carrying(facet, value)), 1)) ** 2
    return total


def _closest(shown: Sequence[Item], target: Item, schema: Schema, columns: Columns) -> list[Remark]:
    near = sorted(
        ((likeness(i, target, schema, columns), -n) for n, i in enumerate(shown)), reverse=True
    )
    if len(near) < 2 or near[0][0] < CLEARLY * near[1][0] or near[0][0] == 0:
        return []
    place = -near[0][1]
    words = {"place": phrasings.PLACES[place]}
    about = shown[place].id
    found = [Remark(phrasings.CLOSEST, words, (), about)]
    return found + [
        Remark(phrasings.BUT, words | other.words, other.facts, about)
        for other in _by_number_of(shown[place], target, schema)
    ]


def _by_number_of(item: Item, target: Item, schema: Schema) -> list[Remark]:
    """What can be said of one item alone: "like it, but shorter"."""
    found = (r for f in compared_numbers(schema) for r in _by_number(f, [item], target))
    return [r for r in found if r.templates is phrasings.THAN_MIDDLE]


def drawn(found: Sequence[Remark], dice: random.Random) -> Remark | None:
    """One of the remarks; each kind is as likely as the next, however many it has."""
    kinds: dict[tuple[str, ...], list[Remark]] = {}
    for remark in found:
        kinds.setdefault(remark.templates, []).append(remark)
    return dice.choice(dice.choice(list(kinds.values()))) if kinds else None
