"""What a seeker has in mind: an item picked by chance, and what would come to mind about it.

Wishes are values of its record, rules are exclusions and limits that it keeps to, worded as
`phrasings.py` words them.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chatbot.ask import NOT_ASKED
from finetune import phrasings
from finetune.comparing import SHORT_VALUE, compared_numbers, kind_of
from finetune.personas import PERSONAS, Persona
from finetune.visitor import DECADE, LEAST_RATED, Fact
from retrieval.constraints import Columns
from retrieval.item import WARNING_FACETS, Item, Schema
from retrieval.measures import words_of
from retrieval.text import fold

WHAT_IT_IS = ("genres", "genre", "category", "categories", "keywords", "tags")
COMMON = 0.02  # of a catalogue; what is rarer nobody thinks of ruling out
KNOWN_PEOPLE = 0.3  # of seekers, who remember one name of each kind


@dataclass(frozen=True)
class Saying:
    """Something that can be said, in one of several ways, each with what it promises."""

    ways: tuple[tuple[str, tuple[Fact, ...]], ...]
    about: tuple[Fact, ...]
    """What has to be true of an item for it to be as wished."""


@dataclass(frozen=True)
class Sought:
    """What a seeker has in mind."""

    target: Item
    persona: Persona
    wishes: tuple[Saying, ...]
    rules: tuple[Saying, ...]

    def is_met_by(self, item: Item) -> bool:
        """Whether an item is the target, or everything that the seeker would say is true of it too."""
        facts = [f for saying in (*self.wishes, *self.rules) for f in saying.about]
        return item.id == self.target.id or all(f.holds(item.fields) for f in facts)


def is_thought_of(facet: str) -> bool:
    """Whether a field is one that somebody looking for something speaks of."""
    return facet not in WARNING_FACETS and not set(words_of(facet)) & NOT_ASKED


def draw(
    items: Mapping[str, Item],
    schema: Schema,
    columns: Columns,
    persona: Persona,
    dice: random.Random,
) -> Sought:
    """A random target, and what this persona would say of it."""
    return about(dice.choice(list(items.values())), schema, columns, persona, dice)


def about(
    target: Item, schema: Schema, columns: Columns, persona: Persona, dice: random.Random
) -> Sought:
    """A target with what this persona would say of it."""
    wishes = _wishes(target, schema, columns, persona, dice)
    rules = _rules(target, schema, columns, persona, dice)
    return Sought(target, persona, tuple(wishes), tuple(rules))


def _wishes(
    target: Item, schema: Schema, columns: Columns, persona: Persona, dice: random.Random
) -> list[Saying]:
    people = schema.named("person")
    by_facet: dict[str, list[str]] = {}
    for facet in filter(is_thought_of, schema.facets):
        if facet in people and dice.random() >= KNOWN_PEOPLE:
            continue
        values = [
            v for v in target.values(facet)
            if len(v) <= SHORT_VALUE and not DECADE.fullmatch(v) and fold(v)
            and (facet in people or len(columns.carrying(facet, v)) >= LEAST_RATED)
        ]  # fmt: skip
        if values:
            by_facet[facet] = values
    found: list[Saying] = []
    first = True
    while by_facet and len(found) < dice.randint(*persona.wishes):
        # what a thing is comes first, by its field's name, or else by how many items its words are on
        facets = sorted(
            by_facet,
            key=lambda f: (
                fold(f) not in WHAT_IT_IS,
                -max(_share(columns, f, v) for v in by_facet[f]),
            ),
        )
        facet = facets[0] if first else dice.choice(facets)
        first = False
        values = sorted(by_facet[facet], key=lambda v: -_share(columns, facet, v))
        value = values[0] if dice.random() < persona.broad else dice.choice(values)
        by_facet[facet] = [] if facet in people else [v for v in values if v != value]
        by_facet = {f: v for f, v in by_facet.items() if v}
        fact = Fact(facet, "has", value)
        ways = _templates(facet, people) if not found else _further(facet, people)
        found.append(Saying(tuple((_filled(t, value), ()) for t in ways), (fact,)))
    return found


def _share(columns: Columns, facet: str, value: str) -> float:
    return len(columns.carrying(facet, value)) / len(columns.ids)


def _templates(facet: str, people: Sequence[str]) -> tuple[str, ...]:
    if facet in phrasings.WISHES:
        return phrasings.WISHES[facet]
    return phrasings.BY_FIELD.get(
        fold(facet), phrasings.MAKER if facet in people else phrasings.THING
    )


def _further(facet: str, people: Sequence[str]) -> tuple[str, ...]:
    """What is said of a field once something else has been asked for: an addition, and no new request."""
    own = phrasings.FURTHER_BY_FIELD.get(fold(facet))
    return own or (phrasings.FURTHER_MAKER if facet in people else phrasings.FURTHER)


def _filled(template: str, value: str) -> str:
    return template.format(v=value.replace("-", " "))


def _rules(
    target: Item, schema: Schema, columns: Columns, persona: Persona, dice: random.Random
) -> list[Saying]:
    numbers = [f for f in compared_numbers(schema) if target.number(f) is not None]
    facets = [f for f in schema.facets if f in WARNING_FACETS or is_thought_of(f)]
    facets = [f for f in facets if f not in schema.named("person") and not target.is_silent(f)]
    found: list[Saying] = []
    kinds = [*numbers, *facets]
    for kind in dice.sample(kinds, min(len(kinds), dice.randint(*persona.rules))):
        number = target.number(kind)
        if number is not None and kind in numbers:
            found += _limit(kind, number, persona, dice)
            continue
        common = [
            v for v, rows in sorted(columns.vocabulary(kind).items())
            if len(rows) >= max(COMMON * len(columns.ids), LEAST_RATED) and not target.has(kind, v)
            and len(v) <= SHORT_VALUE and fold(v)
        ]  # fmt: skip
        if common:
            weights = [len(columns.carrying(kind, v)) for v in common]
            value = columns.spelling[kind, fold(dice.choices(common, weights)[0])]
            fact = Fact(kind, "has not", value)
            ways = phrasings.EXCLUSIONS.get(kind, phrasings.NO_THING)
            found.append(Saying(tuple((_filled(t, value), (fact,)) for t in ways), (fact,)))
    return found


def _limit(name: str, number: float, persona: Persona, dice: random.Random) -> list[Saying]:
    """A bound that the number keeps to, in round figures; of years also the decade."""
    match kind_of(name):
        case "year":
            year = int(number)
            if dice.random() < persona.broad:
                low = year // 10 * 10
                facts = (Fact(name, ">=", low), Fact(name, "<=", low + 9))
                return [Saying(tuple((t.format(n=low), facts) for t in phrasings.DECADES), facts)]
            if dice.random() < 0.5:
                return _bounded(name, phrasings.SINCE, (year - dice.randint(1, 10)) // 5 * 5)
            return _bounded(name, phrasings.UNTIL, -((-year - dice.randint(1, 10)) // 5 * 5))
        case "minutes":
            if dice.random() < 0.7:
                return _bounded(
                    name, phrasings.SHORTER, int(number // 10 + dice.randint(1, 3)) * 10
                )
            return _bounded(
                name, phrasings.LONGER, int((number - 1) // 10 - dice.randint(0, 2)) * 10
            )
        case "work":
            return _bounded(name, phrasings.QUICKER, int(number // 5 + dice.randint(1, 3)) * 5)
        case "money":
            step = 10 ** max(len(str(int(number))) - 1, 1) / 2
            most = int((number // step + dice.randint(1, 3)) * step)
            return _bounded(name, phrasings.DEARER_NOT, most)
    return []


def _bounded(name: str, ways: Sequence[tuple[str, str]], value: int) -> list[Saying]:
    worded = tuple((text.format(n=value), (Fact(name, op, value),)) for text, op in ways)
    loosest = {"<": "<=", ">": ">="}
    op = loosest.get(ways[0][1], ways[0][1])
    return [Saying(worded, (Fact(name, op, value),))]


def persona_of(n: int) -> Persona:
    """The persona of the seeker with this number: each as often as the next."""
    return PERSONAS[n % len(PERSONAS)]
