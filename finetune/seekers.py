"""A seeker: somebody with one item in mind, who never names it and says nothing untrue of it.

What it says comes from the item's record: wishes, limits that the item keeps to, comparisons with what
is shown, answers to questions. How much of it, how vaguely and with how many slips is its persona's.
The words are those of `phrasings.py`; `secret.py` keeps the title out of them.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from chatbot.ask import RELAX, limits_of
from chatbot.conversation import Question
from finetune import phrasings
from finetune.comparing import drawn, remarks
from finetune.secret import Secret, folded_words
from finetune.sought import Saying, Sought, is_thought_of
from finetune.visitor import Fact, is_implied
from retrieval.constraints import Columns
from retrieval.item import Item, Schema
from retrieval.text import singular

TRIES = 6  # wordings that are tried before a thing is left unsaid


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
            if all(is_implied(f, self.voiced) for f in saying.about):
                continue
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
