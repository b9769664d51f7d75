"""A visitor made up from a seed: likes, dislikes and limits around an item that is never named.

It speaks by `phrasings.py`, reacts to what it is shown, answers questions truthfully or waves them
off, and checks every shown item against what it *meant* by what it said, whatever was understood.
"""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chatbot.ask import RELAX, limits_of
from chatbot.conversation import Question
from finetune import phrasings
from retrieval.item import Item, Schema

SEEN_SHARE = 0.08  # of the catalogue, which the visitor knows already
LAST_DECADE = (
    1980  # a film later than that gets a lower bound: an upper one could lie in the future
)
DECADE = re.compile(r"\d{2,4}s")
"""A tag such as "1940s" says when a story is set; said by itself it would mean when it was made."""
LEAST_RATED = 3
"""Items that must carry a value before a visitor would think of it."""


@dataclass(frozen=True)
class Fact:
    """Something of a taste: a wish (`op` is "has"), an exclusion ("has not"), or a bound on a number."""

    facet: str
    op: str
    value: str | int | float

    def holds(self, fields: Mapping[str, Any]) -> bool:
        """Whether an item's fields are as this fact has them; what is not known is not."""
        found = fields.get(self.facet)
        if self.op in ("has", "has not"):
            values = found if isinstance(found, list | tuple) else [found]
            return (self.value in values) == (self.op == "has")
        if not isinstance(found, int | float) or isinstance(self.value, str):
            return False
        return {
            "<": found < self.value, "<=": found <= self.value,
            ">": found > self.value, ">=": found >= self.value,
        }[self.op]  # fmt: skip


@dataclass(frozen=True)
class Taste:
    """What a visitor wants: one item and whatever meets the same wishes within the same rules."""

    target: Item
    wishes: tuple[Fact, ...]
    rules: tuple[Fact, ...]
    loved: str
    seen: frozenset[str]
    patience: int
    reticent: bool = False
    """Half of all visitors say something of their own accord only every other turn."""

    def accepts(self, item: Item) -> bool:
        """Whether the visitor would take an item."""
        if item.id == self.target.id:
            return True
        return item.id not in self.seen and all(
            f.holds(item.fields) for f in (*self.wishes, *self.rules)
        )


def draw_taste(items: Mapping[str, Item], schema: Schema, dice: random.Random) -> Taste:
    """A taste around a random item: 2 to 4 wishes, 1 to 3 rules that the item keeps to."""
    target = dice.choice(list(items.values()))
    counts: dict[tuple[str, str], int] = {}
    for item in items.values():
        for facet in phrasings.WISHES.keys() & set(schema.facets) | {"content_notes"}:
            for value in item.values(facet):
                counts[facet, value] = counts.get((facet, value), 0) + 1
    common = {key for key, count in counts.items() if count >= LEAST_RATED}
    facets = [f for f in phrasings.WISHES if f in schema.facets]
    own = [
        Fact(f, "has", v)
        for f in facets
        for v in target.values(f)
        if (f, v) in common and not DECADE.fullmatch(v)
    ]
    genres = [fact for fact in own if fact.facet == "genres"]
    wishes = dice.sample(genres, min(len(genres), 1))
    others = [fact for fact in own if fact not in wishes]
    wishes += dice.sample(others, min(len(others), dice.randint(1, 3)))
    rules = _rules(target, sorted(common), dice)
    alike = [
        i
        for i in items.values()
        if i.title != target.title and len(set(i.values("tags")) & set(target.values("tags"))) > 1
    ]
    loved = dice.choice(alike).title if alike and dice.random() < 0.4 else ""
    seen = frozenset(id for id in items if id != target.id and dice.random() < SEEN_SHARE)
    return Taste(
        target, tuple(wishes), tuple(rules), loved, seen, dice.randint(5, 10), dice.random() < 0.5
    )


def _rules(target: Item, common: Sequence[tuple[str, str]], dice: random.Random) -> list[Fact]:
    found = []
    for kind in dice.sample(
        ["runtime", "year", "genres", "content_notes", "cast", "countries"], dice.randint(1, 3)
    ):
        number = target.number(kind)
        if number is not None:
            step, side = (10, dice.choice(("upper", "lower")))
            side = "lower" if kind == "year" and number > LAST_DECADE else side
            slack = dice.randint(1, 4) * step
            value = int(number // step) * step + (slack if side == "upper" else 1 - slack)
            value = round(value / step) * step
            found.append(Fact(kind, "<=" if side == "upper" else ">=", value))
        elif kind in phrasings.EXCLUSIONS:
            values = [v for f, v in common if f == kind and v not in target.values(kind)]
            found += [Fact(kind, "has not", dice.choice(values))] if values else []
    return found


@dataclass
class Visitor:
    """One visitor in one conversation: what is still unsaid, and what was meant by what was said."""

    taste: Taste
    dice: random.Random
    voiced: list[Fact] = field(default_factory=list)
    """Rules as they were worded: what every later item is held to."""
    unsaid: list[Fact] = field(default_factory=list)
    loved_said: bool = False
    greeted: bool = False

    def __post_init__(self) -> None:
        self.unsaid = [*self.taste.wishes, *self.taste.rules]
        first, *rest = self.unsaid
        self.dice.shuffle(rest)
        self.unsaid = [first, *rest]

    def open(self) -> str:
        """The first utterance: one or two things of the taste."""
        pieces = [self._next() for _ in range(self.dice.choice((1, 1, 2)))]
        return self._sentence([p for p in pieces if p])

    def broken(self, fields: Mapping[str, Any]) -> list[Fact]:
        """The rules voiced so far that an item breaks."""
        return [fact for fact in self.voiced if not fact.holds(fields)]

    def accept(self, items: Sequence[Item]) -> int | None:
        """The place (from 0) of an item that the visitor takes, if any."""
        return next((n for n, item in enumerate(items) if self.taste.accepts(item)), None)

    def react(self, items: Sequence[Item], question: Question | None) -> str:
        """The next utterance, after a list without anything to take, or a question, or both."""
        if question and question.facet != RELAX and (not items or self.dice.random() < 0.5):
            answer = self._answer(question)
            if answer:
                return answer
        pieces = [self._remark(items)] if items and self.dice.random() < 0.6 else []
        close = self._closest(items)
        silent = self.taste.reticent and self.dice.random() < 0.5
        wish = "" if silent else self._next()
        if wish and close is not None and self.dice.random() < 0.25:
            said = self.dice.choice(phrasings.CLOSE)
            return said.format(place=phrasings.PLACES[close], number=close + 1, wish=wish)
        pieces += [wish] if wish else []
        if not wish:
            pieces.append(self.dice.choice(phrasings.ON))
        return self._sentence([p for p in pieces if p])

    def _answer(self, question: Question) -> str:
        """A truthful answer to a question; now and then a wave of the hand; nothing if none is true."""
        if self.dice.random() < 0.1:
            return self.dice.choice(phrasings.SKIPS)
        fields = self.taste.target.fields
        for option in self.dice.sample(question.options, len(question.options)):
            bounds = [Fact(question.facet, op, value) for op, value in limits_of(option.value)]
            words = Fact(question.facet, "has", option.value)
            numeric = isinstance(fields.get(question.facet), int | float)
            if all(b.holds(fields) for b in bounds) if numeric and bounds else words.holds(fields):
                self.voiced += bounds if numeric else []
                self.unsaid = [f for f in self.unsaid if f != words and not is_implied(f, bounds)]
                return option.value
        return ""

    def _remark(self, items: Sequence[Item]) -> str:
        """What is said of one shown item: seen before, or not liked and why."""
        seen = [n for n, item in enumerate(items) if item.id in self.taste.seen]
        if seen and len(seen) <= len(phrasings.PLACES):
            return self.dice.choice(phrasings.SEEN).format(place=phrasings.PLACES[seen[0]])
        if self.dice.random() < 0.5:
            place = phrasings.PLACES[self.dice.randrange(min(len(items), len(phrasings.PLACES)))]
            return self.dice.choice(phrasings.REJECTED).format(place=place)
        return ""

    def _closest(self, items: Sequence[Item]) -> int | None:
        """The shown item that meets the most wishes, if one meets any."""
        met = [sum(w.holds(item.fields) for w in self.taste.wishes) for item in items]
        best = max(met, default=0)
        return met.index(best) if best else None

    def _next(self) -> str:
        """The next thing of the taste that is still unsaid, in words; empty when all is said."""
        if self.taste.loved and not self.loved_said and self.dice.random() < 0.2:
            self.loved_said = True
            return self.dice.choice(phrasings.LIKED).format(title=self.taste.loved)
        if not self.unsaid:
            return ""
        fact = self.unsaid.pop(0)
        if fact.op == "has":
            return self.dice.choice(phrasings.WISHES[fact.facet]).format(v=fact.value)
        if fact.op == "has not":
            self.voiced.append(fact)
            return self.dice.choice(phrasings.EXCLUSIONS[fact.facet]).format(v=fact.value)
        text, op = self.dice.choice(phrasings.NUMBERS[fact.facet, fact.op])
        self.voiced.append(Fact(fact.facet, op, fact.value))  # as it was worded
        return text.format(n=fact.value)

    def _sentence(self, pieces: Sequence[str]) -> str:
        said = pieces[0]
        for piece in pieces[1:]:
            said += self.dice.choice(phrasings.JOINTS) + piece
        greeting = "" if self.greeted else self.dice.choice(phrasings.OPENINGS)
        self.greeted = True
        return greeting + said + self.dice.choice(phrasings.CLOSINGS)


def is_implied(fact: Fact, bounds: Sequence[Fact]) -> bool:
    """Whether a bound that was given says it already: "2000 or later" says "after 1990"."""
    if isinstance(fact.value, str):
        return False
    return any(
        b.facet == fact.facet
        and not isinstance(b.value, str)
        and b.op[0] == fact.op[0]
        and (b.value >= fact.value if b.op[0] == ">" else b.value <= fact.value)
        for b in bounds
    )
