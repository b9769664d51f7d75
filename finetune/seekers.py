"""A seeker: somebody with one item in mind, who never names it and says nothing untrue of it.

What it says comes from the item's record: wishes, limits that the item keeps to, comparisons with what
is shown, answers to questions. How much of it, how vaguely and with how many slips is its persona's.
The words are those of `phrasings.py`; `secret.py` keeps the title out of them.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from chatbot.ask import NOT_ASKED, RELAX, limits_of
from chatbot.conversation import Question
from finetune import phrasings
from finetune.comparing import SHORT_VALUE, compared_numbers, drawn, kind_of, remarks
from finetune.personas import PERSONAS, Persona
from finetune.secret import Secret, folded_words
from finetune.visitor import DECADE, LEAST_RATED, Fact
from retrieval.constraints import Columns
from retrieval.item import WARNING_FACETS, Item, Schema
from retrieval.measures import words_of
from retrieval.text import fold, singular

WHAT_IT_IS = ("genres", "genre", "category", "categories", "keywords", "tags")
COMMON = 0.02  # of a catalogue; what is rarer nobody thinks of ruling out
KNOWN_PEOPLE = 0.3  # of seekers, who remember one name of each kind
TRIES = 6  # wordings that are tried before a thing is left unsaid


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
    target = dice.choice(list(items.values()))
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


@dataclass
class Seeker:
    """One seeker in one conversation: what is still unsaid, what was promised, which words are out."""

    sought: Sought
    secret: Secret
    schema: Schema
    columns: Columns
    dice: random.Random
    voiced: list[Fact] = field(default_factory=list)
    """What was said to hold of the target, word for word: every later item is held to it."""
    words: set[str] = field(default_factory=set)
    unsaid: list[Saying] = field(default_factory=list)
    answered: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
    """Facet, answer and offered answers of every question that was answered by the record."""

    def __post_init__(self) -> None:
        first, rest = list(self.sought.wishes[:1]), [*self.sought.wishes[1:], *self.sought.rules]
        self.dice.shuffle(rest)
        self.unsaid = [*first, *rest]

    def open(self) -> str:
        """The first utterance."""
        wanted = self.dice.randint(*self.sought.persona.opens)
        pieces = [p for p in (self._next() for _ in range(wanted)) if p]
        greeting = self.dice.choice(phrasings.OPENINGS)
        said = greeting + self._joined(pieces or ["Hi"]) + self.dice.choice(phrasings.CLOSINGS)
        return self._spoken([said, *pieces, "Hello"])

    def more(self) -> str:
        """What somebody says who only ever asks for the next list."""
        return self._spoken(self.dice.sample(phrasings.MORE, len(phrasings.MORE)))

    def react(self, items: Sequence[Item], question: Question | None) -> str:
        """The next utterance, after a list without the target, a question, or both."""
        persona = self.sought.persona
        if question and question.facet != RELAX and self._does(persona.answers):
            return self._answer(question)
        if question and question.facet == RELAX and not items:
            self.voiced.clear()  # whoever gives way holds nobody to what was said before
            return self._spoken([question.options[0].value])
        pieces = [self._remark(items)] if items and self._does(persona.remarks) else []
        pieces += [self._next()] if self._does(persona.adds) else []
        pieces = [p for p in pieces if p]
        return self._spoken([self._joined(pieces), *pieces]) if pieces else self.more()

    def _does(self, chance: float) -> bool:
        return self.dice.random() < chance

    def _answer(self, question: Question) -> str:
        persona, target = self.sought.persona, self.sought.target
        if self._does(persona.waves):
            rather = self._does(0.3)
            ways = phrasings.SHOWN_RATHER if rather else phrasings.NOT_MINDED
            return self._spoken(self.dice.sample(ways, len(ways)))
        true = [
            o.value
            for o in question.options
            if is_true(o.value, question.facet, target, self.schema)
        ]
        offered = tuple(o.value for o in question.options)
        if true:
            answer = self.dice.choice(true)
            if not self.secret.is_told_by(answer, self.words):
                self.answered.append((question.facet, answer, offered))
                self._settle(question.facet, answer)
                further = self._next() if self._does(persona.goes_on) else ""
                return self._spoken([self._joined([answer, further]), answer], slips=bool(further))
            return self._spoken(self.dice.sample(phrasings.NOT_MINDED, 2))
        unknown = target.is_silent(question.facet)
        ways = phrasings.NOT_KNOWN if unknown else phrasings.NONE_FIT
        if not unknown:
            self.answered.append((question.facet, "", offered))
        return self._spoken(self.dice.sample(ways, len(ways)))

    def _settle(self, facet: str, answer: str) -> None:
        """An answer promises what it says, and need not be said again."""
        fact = Fact(facet, "has", answer)
        self.unsaid = [s for s in self.unsaid if s.about != (fact,)]
        if facet in self.schema.numbers:
            self.voiced += [Fact(facet, op, value) for op, value in limits_of(answer)]

    def _remark(self, items: Sequence[Item]) -> str:
        target = self.sought.target
        said = drawn(remarks(items, target, self.schema, self.columns, is_thought_of), self.dice)
        if said is None:
            return ""
        for template in self.dice.sample(said.templates, len(said.templates)):
            text = template.format(**said.words)
            if not self.secret.is_told_by(text, self.words):
                return self._kept(text, said.facts)
        return ""

    def _next(self) -> str:
        """The next thing that is still unsaid and gives nothing away."""
        while self.unsaid:
            saying = self.unsaid.pop(0)
            ways = self.dice.sample(saying.ways, min(len(saying.ways), TRIES))
            for text, facts in ways:
                if not self.secret.is_told_by(text, self.words):
                    return self._kept(text, facts)
        return ""

    def _kept(self, text: str, facts: Sequence[Fact]) -> str:
        """A piece that is about to be said: its words are out, and it is held to what it promises."""
        self.voiced += facts
        self.words |= {singular(w) for w in folded_words(text)}
        return text

    def _joined(self, pieces: Sequence[str]) -> str:
        pieces = [p for p in pieces if p]
        said = pieces[0] if pieces else ""
        for piece in pieces[1:]:
            joint = self.dice.choice(phrasings.JOINTS)
            said = (said.rstrip("?") if said.endswith("?") else said) + joint + piece
        return said

    def _spoken(self, ways: Sequence[str], slips: bool = True) -> str:
        """The first of the ways that gives nothing away, perhaps with a slip of the finger."""
        for text in ways:
            slipped = (
                self._mistyped(text) if slips and self._does(self.sought.persona.typos) else text
            )
            for form in (slipped, text):
                if form and not self.secret.is_told_by(form, self.words):
                    self.words |= {singular(w) for w in folded_words(form)}
                    return form
        return "..."

    def _mistyped(self, text: str) -> str:
        """With two letters of one longer word exchanged."""
        words = text.split(" ")
        long = [n for n, w in enumerate(words) if len(w) > 5 and w.isalpha()]
        if not long:
            return text
        n = self.dice.choice(long)
        at = self.dice.randrange(1, len(words[n]) - 2)
        w = words[n]
        words[n] = w[:at] + w[at + 1] + w[at] + w[at + 2 :]
        return " ".join(words)


def is_true(answer: str, facet: str, target: Item, schema: Schema) -> bool:
    """Whether an offered answer holds for the target's record."""
    if facet in schema.numbers:
        number = target.number(facet)
        bounds = limits_of(answer)
        holds = (Fact(facet, op, value).holds({facet: number}) for op, value in bounds)
        return number is not None and bool(bounds) and all(holds)
    return target.has(facet, answer)


def persona_of(n: int) -> Persona:
    """The persona of the seeker with this number: each as often as the next."""
    return PERSONAS[n % len(PERSONAS)]
