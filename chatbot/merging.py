"""The rules' reading and a chat model's, made one. The policy is `merged`'s docstring."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from chatbot.acts import ActName
from chatbot.change import MOST_ENTRIES
from chatbot.conversation import Conversation
from chatbot.kept import keeps
from chatbot.profile import Limit, Preference, ProfileChange
from chatbot.proposal import Entry
from chatbot.quotes import located, says_something
from chatbot.remarks import ASKING
from chatbot.understand import Understanding
from retrieval.constraints import TEXT
from retrieval.text import Token, tokens

WEAK: frozenset[ActName] = frozenset({"off-topic", "inform", "request-recommendation"})
"""Acts of the rules beside which a model's own acts count."""
_ASKED: frozenset[ActName] = ASKING | {"inquire-profile", "inquire-system", "restart", "undo"}


def merged(
    rules: Understanding, entries: Sequence[Entry], text: str, conversation: Conversation
) -> Understanding:
    """What the rules read, with what a chat model adds to it. The policy, promises first:

    1. A promise is never lost. Whatever limit, excluded value or hidden item stands after the rules'
       change alone still stands after this one, the same or stricter; an entry that would loosen one,
       also by an undo or a restart, is dropped. Only the visitor's words as the rules read them,
       or a hand on a chip, take a promise back.
    2. The model may add exclusions and limits that the rules did not read: words that the rules
       already took for one are spoken for, and theirs stands.
    3. What is avoided beats what is wanted in the same utterance, whoever read it. A model's avoid
       (or removal) takes a wish of the rules away only if its quote holds that wish's words, and then all that
       those words were taken for.
    4. A wish of the model needs words that the rules made nothing of, or only a text wish. Those
       words then leave the text wish.
    5. Opinions are added for items on which the rules read none.
    6. Other acts of the model (a question, a comparison, undo) count where the rules found no more
       than a text wish.
    """
    merging = _Merging(rules, text, conversation)
    for entry in entries:
        merging.take(entry)
    return merging.result()


class _Merging:
    def __init__(self, rules: Understanding, text: str, conversation: Conversation) -> None:
        self.rules, self.conversation = rules, conversation
        self.change, self.acts = rules.change, list(rules.acts)
        self.about = list(rules.about)
        self.words = tokens(text)
        self.floor = conversation.changed(rules.change).profile
        promises: list[Preference | Limit] = [*rules.change.avoids, *rules.change.limits]
        self.promised = _covered((p.quote for p in promises), self.words)
        wishes = (w.quote for w in rules.change.wants if w.facet != TEXT)
        reactions = (a.quote for a in rules.acts if a.act not in WEAK)
        self.resolved = self.promised | _covered((*wishes, *reactions), self.words)
        self.used: set[int] = set()
        told = replace(rules.change, wants=_without_texts(rules.change.wants))
        self.weak = told.is_empty and all(a.act in WEAK for a in rules.acts)

    def take(self, entry: Entry) -> None:
        """Take an entry in, if the policy lets it."""
        if not self._is_free(entry):
            return
        change = _together(self.change, entry.change)
        if against := _keys_against(entry.change):
            phrases = {w.quote for w in change.wants if w.key in against}
            change = replace(change, wants=tuple(w for w in change.wants if w.quote not in phrases))
        if not keeps(self.floor, self.conversation.changed(change).profile):
            return
        self.change = change
        self.acts.append(entry.act)
        self.about += entry.about
        self.used |= set(entry.place)

    def _is_free(self, entry: Entry) -> bool:
        """Whether the rules left room for an entry: points 2 to 6 of the policy."""
        own, said = self.change, entry.change
        against = _keys_against(said)
        spoken = _covered((w.quote for w in own.wants if w.key in against), self.words)
        if not spoken <= set(entry.place):
            return False
        if said.avoids or said.limits:
            known = {
                a.key for a in self.floor.avoids for b in said.avoids if a.strength >= b.strength
            }
            return not (against and against <= known) and not set(entry.place) <= self.promised
        if said.wants:
            taken = {p.key for p in (*own.avoids, *own.wants, *self.floor.avoids)}
            free = says_something(set(entry.place) - self.resolved, self.words)
            return free and not {w.key for w in said.wants} & taken
        if items := {*said.liked, *said.disliked, *said.seen}:
            return not items & {*own.disliked, *(own.seen if said.seen else own.liked)}
        return bool(said.removals) or self.weak

    def result(self) -> Understanding:
        change = replace(
            self.change,
            wants=tuple(w for w in map(self._left_of, self.change.wants) if w)[:MOST_ENTRIES],
            avoids=self.change.avoids[:MOST_ENTRIES],
            limits=self.change.limits[:MOST_ENTRIES],
        )
        added = self.acts[len(self.rules.acts) :]
        if any(a.act in _ASKED for a in added):
            change = replace(change, wants=_without_texts(change.wants))
        kept = [a for a in self.rules.acts if not (added and a.act == "off-topic")]
        stated: list[Preference | Limit] = [*change.wants, *change.limits]
        still = {x.quote for x in stated}
        kept = [a for a in kept if a.act != "inform" or a.quote in still or not added]
        return replace(
            self.rules,
            acts=tuple(dict.fromkeys([*kept, *added])),
            change=change,
            about=tuple(dict.fromkeys(self.about)),
        )

    def _left_of(self, want: Preference) -> Preference | None:
        """A text wish without the words that the model made something of."""
        if want.facet != TEXT:
            return want
        gone = {self.words[i].folded for i in self.used}
        left = [word for word in want.value.split() if word not in gone]
        return replace(want, value=" ".join(left)) if left else None


def _together(change: ProfileChange, more: ProfileChange) -> ProfileChange:
    return ProfileChange(
        wants=(*change.wants, *more.wants),
        avoids=(*change.avoids, *more.avoids),
        limits=(*change.limits, *more.limits),
        liked=(*change.liked, *more.liked),
        disliked=(*change.disliked, *more.disliked),
        seen=(*change.seen, *more.seen),
        removals=(*change.removals, *more.removals),
        restart=change.restart or more.restart,
        fades=change.fades or more.fades,
        undo=change.undo or more.undo,
    )


def _covered(quotes: Iterable[str], words: Sequence[Token]) -> set[int]:
    """The places of the tokens of some quotes."""
    places = (located(quote, words) for quote in dict.fromkeys(quotes))
    return {i for place in places if place for i in place}


def _keys_against(change: ProfileChange) -> set[tuple[str, str]]:
    """The keys of what a change avoids or takes back."""
    removed = (Preference(r.facet, str(r.value), 1.0, "", 0).key for r in change.removals)
    return {*(a.key for a in change.avoids), *removed}


def _without_texts(wants: Sequence[Preference]) -> tuple[Preference, ...]:
    return tuple(w for w in wants if w.facet != TEXT)
