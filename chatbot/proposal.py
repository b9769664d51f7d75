"""What a chat model may hand in for an utterance, and what of it is let through.

Nothing that it writes is kept as it wrote it: a quote is the visitor's own characters, a value is
spelled as in the catalogue, an item is one that the visitor can mean. What cannot be found there is
dropped, entry by entry. `chatbot/merging.py` decides what the rest may change.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, OnErrorOmit, StringConstraints
from pydantic_core import from_json

from chatbot.acts import Act, ActName
from chatbot.conversation import Conversation
from chatbot.lexicon import Lexicon
from chatbot.profile import SIMILAR, Limit, Preference, ProfileChange, Removal
from chatbot.quotes import amounts, located, named, says_something
from chatbot.references import references
from chatbot.words.filler import function_words
from retrieval.constraints import TEXT, TITLE, Op
from retrieval.item import WARNING_FACETS
from retrieval.text import Token, fold, tokens

MOST = 24  # entries of one kind; an answer with more is refused whole
MOST_PHRASES = 3  # words ruled out that are no value: each is looked for in the whole catalogue
LONGEST_QUOTE = 20  # words of an entry; what is longer says too much at once to be one
LONGEST = 120  # characters of a value or an id

DERIVED: frozenset[ActName] = frozenset(
    {"inform", "negate", "critique", "like", "dislike", "seen", "revoke", "off-topic"}
)
"""Acts that come with an entry of the change, and are not taken without one."""

Words = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)]
Quote = Annotated[str, StringConstraints(min_length=1, max_length=400)]


class _Handed(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    quote: Quote


class ProposedAct(_Handed):
    """A dialogue act; `items` are what a question is about."""

    act: ActName
    items: list[Words] = Field([], max_length=10)


class ProposedPreference(_Handed):
    """A value of a facet, wanted or avoided; of facet `similar_to` the value is an item's id."""

    facet: Words
    value: Words
    strength: float = Field(0.8, gt=0, le=1)


class ProposedLimit(_Handed):
    """A bound on a number, or (with = and !=) on a word."""

    facet: Words
    op: Op
    value: Words | FiniteFloat


class ProposedOpinion(_Handed):
    """An item that was liked, disliked or seen, by its id."""

    item: Words


class ProposedRemoval(_Handed):
    """A wish of the profile that is taken back. Limits and what is avoided are not for a model to
    take back: it has no way to say so."""

    facet: Words
    value: Words


class Proposal(BaseModel):
    """One answer. An entry that does not fit its model is left out; a field too many, or more than
    MOST entries of a kind, make the whole answer nonsense."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    acts: list[OnErrorOmit[ProposedAct]] = Field([], max_length=MOST)
    wants: list[OnErrorOmit[ProposedPreference]] = Field([], max_length=MOST)
    avoids: list[OnErrorOmit[ProposedPreference]] = Field([], max_length=MOST)
    limits: list[OnErrorOmit[ProposedLimit]] = Field([], max_length=MOST)
    liked: list[OnErrorOmit[ProposedOpinion]] = Field([], max_length=MOST)
    disliked: list[OnErrorOmit[ProposedOpinion]] = Field([], max_length=MOST)
    seen: list[OnErrorOmit[ProposedOpinion]] = Field([], max_length=MOST)
    removals: list[OnErrorOmit[ProposedRemoval]] = Field([], max_length=MOST)


def parsed(answer: str) -> Proposal:
    """The one JSON object in an answer; words before and after it, and thoughts, are passed over.

    Raises ValueError if there is none, or if it is not a proposal.
    """
    body = answer.rpartition("</think>")[2]
    start, end = body.find("{"), body.rfind("}")
    if start < 0 or end < start:
        raise ValueError("There is no JSON object in the answer.")
    return Proposal.model_validate(from_json(body[start : end + 1], allow_inf_nan=False))


@dataclass(frozen=True)
class Entry:
    """One thing that a proposal says and that can be true: what it would change, the act that it is
    (with the visitor's own words), the items it is about, and the tokens of its quote."""

    act: Act
    place: range
    change: ProfileChange = field(default_factory=ProfileChange)
    about: tuple[str, ...] = ()


def validated(
    proposal: Proposal, text: str, conversation: Conversation, lexicon: Lexicon
) -> list[Entry]:
    """What of a proposal can be true of this utterance: promises first, then opinions, wishes,
    removals, acts. Entries that fail are dropped singly."""
    check = _Check(text, tokens(text), conversation, lexicon)
    found = [check.avoid(p) for p in proposal.avoids]
    found += [check.limit(p) for p in proposal.limits]
    found += [check.opinion(p, "seen") for p in proposal.seen]
    found += [check.opinion(p, "disliked") for p in proposal.disliked]
    found += [check.opinion(p, "liked") for p in proposal.liked]
    found += [check.want(p) for p in proposal.wants]
    found += [check.removal(p) for p in proposal.removals]
    found += [check.act(p) for p in proposal.acts]
    return [entry for entry in found if entry is not None]


_ACT_OF: dict[str, ActName] = {"liked": "like", "disliked": "dislike", "seen": "seen"}


class _Check:
    """One utterance that the entries of a proposal are held against."""

    def __init__(
        self, text: str, words: Sequence[Token], conversation: Conversation, lexicon: Lexicon
    ) -> None:
        self.text, self.words, self.lexicon = text, words, lexicon
        self.conversation = conversation
        self.turn = len(conversation.turns) + 1
        self.named = named(words, lexicon)
        self.meant = self.named | {*conversation.shown, *conversation.focus}
        self.meant &= lexicon.items.keys()
        self.pointing: list[tuple[range, str]] = []
        self.phrases = 0
        self.amounts = amounts(text)

    def place(self, p: _Handed) -> range | None:
        """Where its quote stands, if that is a few words of which one says something."""
        place = located(p.quote, self.words)
        if place is None or len(place) > LONGEST_QUOTE or not says_something(place, self.words):
            return None
        return place

    def quote(self, place: range) -> str:
        """The visitor's own characters."""
        return self.text[self.words[place[0]].start : self.words[place[-1]].end]

    def act(self, p: ProposedAct) -> Entry | None:
        place = located(p.quote, self.words)
        items = tuple(id for id in dict.fromkeys(p.items) if id in self.meant)
        if place is None or p.act in DERIVED or (p.act == "inquire-item" and not items):
            return None
        change = ProfileChange(restart=p.act == "restart", undo=p.act == "undo")
        return Entry(Act(p.act, self.quote(place)), place, change, items)

    def want(self, p: ProposedPreference) -> Entry | None:
        place = self.place(p)
        if place is None:
            return None
        quote = self.quote(place)
        if p.facet == SIMILAR:
            if p.value not in self.meant:
                return None
            label = self.lexicon.items[p.value].label()
            want = Preference(SIMILAR, p.value, p.strength, quote, self.turn, label)
        else:
            value = self._spelled(p.facet, p.value)
            if value is None or p.facet in WARNING_FACETS:
                return None
            want = Preference(p.facet, value, p.strength, quote, self.turn)
            want = replace(want, label="" if want.is_literal else value)
        return Entry(Act("inform", quote), place, ProfileChange(wants=(want,)))

    def avoid(self, p: ProposedPreference) -> Entry | None:
        place = self.place(p)
        if place is None:
            return None
        quote = self.quote(place)
        if p.facet == TITLE:
            ids = [
                s.value for s in self.lexicon.titles.get(fold(p.value), []) if s.value in self.meant
            ]
            value = self.lexicon.items[ids[0]].title if ids else None
        elif p.facet == TEXT:
            value = self._phrase(p.value, tokens(quote))
        else:
            value = self._spelled(p.facet, p.value)
        if value is None:
            return None
        avoid = Preference(p.facet, value, p.strength, quote, self.turn, f"no {value}")
        return Entry(Act("negate", quote), place, ProfileChange(avoids=(avoid,)))

    def limit(self, p: ProposedLimit) -> Entry | None:
        place = self.place(p)
        if place is None:
            return None
        quote, value = self.quote(place), p.value
        if isinstance(value, str):
            spelled = self._spelled(p.facet, value) if p.op in ("=", "!=") else None
            if spelled is None:
                return None
            value = spelled
        elif p.facet not in self.lexicon.schema.numbers or not self._states(place, p.facet, value):
            return None
        elif value.is_integer():
            value = int(value)
        limit = Limit(p.facet, p.op, value, quote, self.turn)
        return Entry(Act("inform", quote), place, ProfileChange(limits=(limit,)))

    def opinion(
        self, p: ProposedOpinion, section: Literal["liked", "disliked", "seen"]
    ) -> Entry | None:
        """An opinion on an item that can be meant. Words that neither name nor point at an item can
        be about one item, and no more."""
        place = located(p.quote, self.words)
        if place is None or p.item not in self.meant:
            return None
        quote = self.quote(place)
        pointed = {id for r in references(quote, self.conversation, self.lexicon) for id in r.items}
        if p.item not in self.named | pointed:
            others = (r for r, id in self.pointing if id != p.item)
            taken = any(r.start < place.stop and place.start < r.stop for r in others)
            if taken or not says_something(place, self.words):
                return None
            self.pointing.append((place, p.item))
        act = _ACT_OF[section]
        found: dict[str, Any] = {section: (p.item,)}
        return Entry(Act(act, quote), place, ProfileChange(**found), (p.item,))

    def removal(self, p: ProposedRemoval) -> Entry | None:
        """A wish of the profile that the quote names."""
        place = located(p.quote, self.words)
        if place is None:
            return None
        quote = self.quote(place)
        said = set(fold(quote).split()) - function_words()
        key = Preference(p.facet, p.value, 1.0, quote, self.turn).key
        wish = next((w for w in self.conversation.profile.wants if w.key == key), None)
        if wish is None or not said & {*fold(wish.value).split(), *fold(wish.name).split()}:
            return None
        change = ProfileChange(removals=(Removal("wants", wish.facet, wish.value),))
        return Entry(Act("revoke", quote), place, change)

    def _spelled(self, facet: str, value: str) -> str | None:
        """A value as the catalogue spells it; None if no item has it in that facet."""
        phrase = fold(value)
        senses = (*self.lexicon.values.get(phrase, ()), *self.lexicon.people.get(phrase, ()))
        return next((s.value for s in senses if s.facet == facet), None)

    def _states(self, place: range, facet: str, value: float) -> bool:
        """Whether the words at `place` hold that very number, whole, in a unit of that facet."""
        start, end = self.words[place[0]].start, self.words[place[-1]].end
        inside = (a for a in self.amounts if start <= a.start and a.end <= end)
        return any(a.fits(facet) and value in a.values for a in inside)

    def _phrase(self, value: str, quote: Sequence[Token]) -> str | None:
        place = located(value, quote)
        if place is None or not says_something(place, quote) or self.phrases == MOST_PHRASES:
            return None
        self.phrases += 1
        return " ".join(quote[i].folded for i in place)
