"""What a second reader may change in the rules' reading. The policy is `reviewed`'s docstring."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from chatbot.heard import Read
from chatbot.kept import keeps
from chatbot.lexicon import Mention
from chatbot.outright import is_outright
from chatbot.polarity import HEDGED, LESS, NEVER, WANTED
from chatbot.profile import CONTEXT, SIMILAR, Limit, Preference, ProfileChange
from chatbot.quotes import located
from chatbot.reading import Reading, inside_of
from chatbot.reviewed_acts import KEPT, ON_ITEMS, PLAIN, only_names, reviewed_acts, what_is_meant
from chatbot.second_reader import (
    Cuts,
    Heard,
    ItemKind,
    Likely,
    Sort,
    Span,
    WordKind,
)
from chatbot.surely import is_sure
from chatbot.words import company
from chatbot.words.filler import function_words
from retrieval.constraints import TEXT
from retrieval.stop_words import STOP_WORDS
from retrieval.text import fold

if TYPE_CHECKING:
    from chatbot.understand import Understanding

OPINIONS: tuple[ItemKind, ...] = ("liked", "disliked", "seen")
WISHES: dict[WordKind, float] = {"want": WANTED, "prefer": HEDGED, "must": WANTED}
AGAINST: dict[WordKind, float] = {"avoid": NEVER, "rather-not": LESS}
_STOPS = re.compile(r"[.,;:!?/]")
CERTAIN = 0.9
"""Likelihood from which a word counts that mostly says nothing."""
FLIPPED = 0.5
"""Likelihood of being ruled out from which a wish of the rules stands where they read an exclusion
beside it, which explains it: "drama, and no horror" was no drama."""


def reviewed(read: Read, heard: Heard, likely: Likely, cuts: Cuts) -> "Understanding":
    """What the rules read, as a second reader corrects it. The policy, promises first:

    1. A promise is never lost. Limits, avoided values and excluded items that the rules read stand, but
       for an exclusion of words in no facet that were not ruled out in so many words and are as good as
       never meant so ("I will not be moved"); an item that they took for liked, disliked or seen stays
       one of these; only the rules read what takes something back. A change under which a promise of
       earlier turns would not hold is left out.
    2. An opinion on an item that is named or pointed at falls where it is unlikely, and is added where it
       is likely; so is the wish for its like, and that it is what is asked about.
    3. A wish falls where its words are unlikely to be one, and is not turned into an exclusion. Words that
       the rules made nothing of become what they are likely meant as: a wish, an exclusion, an occasion.
    4. A wish is as strong as it is almost surely meant: weak, plain, or obligatory, a limit then.
    5. Other acts fall and are added in the same way.
    """
    rules, reading, mentions = read.understanding, read.reading, read.mentions
    if not heard.words or (rules.about and reading.found("sure.of_series")):
        return rules
    review = _Review(rules.change, rules.about, reading, heard, likely, cuts)
    review.items()
    review.wishes()
    review.unsaid()
    if not {act.act for act in rules.acts} & KEPT:
        review.free_mentions(mentions)
        review.free_words({i for m in mentions for i in range(m.first, m.last + 1)})
        review.musts()
    change, conversation = review.result(), reading.conversation
    promised = replace(rules.change, avoids=review.promised)
    floor = conversation.changed(promised).profile
    if not keeps(floor, conversation.changed(change).profile):
        change = rules.change
    bare = only_names(rules, reading, mentions)
    acts = reviewed_acts(rules.acts, reading, likely, cuts, change, bare)
    if bare and change.is_empty and {act.act for act in acts} <= PLAIN:
        return rules
    about = review.about
    if not {act.act for act in acts} & ON_ITEMS:
        about += rules.about  # what was talked of, and "it" means next
    about = about or what_is_meant({act.act for act in acts}, conversation.last_shown)
    return replace(rules, acts=acts, change=change, about=tuple(dict.fromkeys(about)))


class _Review:
    """A change on its way from the rules' to the reviewed one."""

    def __init__(
        self,
        change: ProfileChange,
        about: Collection[str],
        reading: Reading,
        heard: Heard,
        likely: Likely,
        cuts: Cuts,
    ) -> None:
        self.change, self.reading, self.heard = change, reading, heard
        self.likely, self.cuts = likely, cuts
        self.about, self.wants, self.avoids = list(about), list(change.wants), list(change.avoids)
        self.promised = change.avoids
        """What the rules read as ruled out, and what holds whatever is likely."""
        self.wished = self._places(w for w in change.wants if w.facet not in (CONTEXT, SIMILAR))
        """Words that the rules took for a wish: it may fall, and is never turned into an exclusion."""

    def result(self) -> ProfileChange:
        """The change; what is avoided is not wished for."""
        out = {a.key for a in self.avoids}
        wants = tuple(w for w in self.wants if w.key not in out)
        return replace(self.change, wants=wants, avoids=tuple(self.avoids))

    def items(self) -> None:
        """Point 2."""
        kinds: dict[str, Mapping[ItemKind, float]] = {}
        spans: dict[str, Span] = {}
        for span, found in zip(self.heard.named, self.likely.named, strict=True):
            for id in span.items:
                known = kinds.get(id, {})
                kinds[id] = {k: max(p, known.get(k, 0.0)) for k, p in found.items()}
                spans[id] = span
        for id, likely in kinds.items():
            self._opinions(id, likely)
            self._likeness(id, likely["similar"], spans[id])
            self._exclusion(id, likely["exclude"], spans[id])
            holds = self.cuts.holds("opinion", id in self.about, likely["about"])
            if holds and id not in self.about:
                self.about.append(id)
            elif not holds and id in self.about:
                self.about.remove(id)

    def _opinions(self, id: str, likely: Mapping[ItemKind, float]) -> None:
        """Which of liked, disliked and seen an item is; one of them at least, if the rules said one, and
        never disliked where they said liked, nor the other way round."""
        read = {k for k in OPINIONS if id in getattr(self.change, k)}
        now = {k for k in OPINIONS if self.cuts.holds("opinion", k in read, likely[k])}
        for kind, other in (("liked", "disliked"), ("disliked", "liked")):
            if kind in read and other not in read and other in now:
                now = now - {other} | {kind}  # nothing is turned into its opposite
        if {"liked", "disliked"} <= now:
            now.remove("liked" if likely["liked"] < likely["disliked"] else "disliked")
        if read and not now:
            return

        def with_it(ids: tuple[str, ...], kind: ItemKind) -> tuple[str, ...]:
            return (
                tuple(dict.fromkeys((*ids, id)))
                if kind in now
                else tuple(i for i in ids if i != id)
            )

        change = self.change
        self.change = replace(
            change,
            liked=with_it(change.liked, "liked"),
            disliked=with_it(change.disliked, "disliked"),
            seen=with_it(change.seen, "seen"),
        )

    def _likeness(self, id: str, likely: float, span: Span) -> None:
        read = any((w.facet, w.value) == (SIMILAR, id) for w in self.wants)
        holds = self.cuts.holds("opinion", read, likely)
        if holds and not read:
            label = self.reading.lexicon.items[id].label()
            quote = self._text(span.first, span.last)
            self.wants.append(Preference(SIMILAR, id, 1.0, quote, self.reading.turn, label))
        elif read and not holds and not self.reading.found("sure.alike"):
            self.wants = [w for w in self.wants if (w.facet, w.value) != (SIMILAR, id)]

    def _exclusion(self, id: str, likely: float, span: Span) -> None:
        title = self.reading.lexicon.items[id].title
        out = any((a.facet, a.value) == ("title", title) for a in self.avoids)
        spared = any(("id", id) in a.unless for a in self.avoids)
        pronoun = self.heard.marks[span.first] == "pronoun"  # what it means is hidden anyway
        told = id in self.change.disliked  # and so hidden
        if out or spared or told or pronoun or not self.cuts.holds("opinion", False, likely):
            return
        quote = self._text(span.first, span.last)
        self.avoids.append(
            Preference("title", title, NEVER, quote, self.reading.turn, phrase=quote)
        )
        self.wants = [w for w in self.wants if (w.facet, w.value) != (SIMILAR, id)]

    def wishes(self) -> None:
        """Point 3, for what the rules took for a wish or an occasion."""
        company, change = {w.phrase for w in self.wants if w.facet == CONTEXT}, self.change
        kept = []
        for want in self.wants:
            place = located(want.phrase or want.quote, self.reading.words)
            if place and is_sure(want, place, self.reading):
                stands = True
            elif place and want.facet == CONTEXT:
                stands = self.cuts.holds("context", True, self._mean(place, ["context"]))
            elif place and want.facet != SIMILAR and want.phrase not in company:
                sort: Sort = "topic" if want.facet == TEXT else "wish"
                stands = self.cuts.holds(sort, True, self._mean(place, list(WISHES)))
                stands |= bool(change.avoids) and self._mean(place, list(AGAINST)) > FLIPPED
                want = self._as_strong(want, place)
            else:
                stands = True
            if stands:
                kept.append(want)
        self.wants = kept

    def unsaid(self) -> None:
        """The exception of point 1."""
        unsaid = {a for a in self.promised if not self._is_said(a)}
        self.promised = tuple(a for a in self.promised if a not in unsaid)
        self.avoids = [a for a in self.avoids if a not in unsaid]

    def _is_said(self, avoid: Preference) -> bool:
        place = located(avoid.phrase or avoid.quote, self.reading.words)
        if avoid.facet != TEXT or not place:
            return True
        reading = self.reading
        places = (located(a.phrase or a.quote, reading.words) for a in self.change.avoids)
        out = {i for place in places if place for i in place}
        if is_outright(reading.text, reading.words, place[0], out, reading.language):
            return True
        return self.cuts.holds("against", True, self._mean(place, list(AGAINST)))

    def _as_strong(self, want: Preference, place: Sequence[int]) -> Preference:
        """A wish, turned into a weak one or a plain one where it is almost surely that."""
        sure = self.cuts.add.get("strength", 1.0)
        if want.strength > HEDGED and self._mean(place, ["prefer"]) >= sure:
            return replace(want, strength=HEDGED)
        if want.strength <= HEDGED and self._mean(place, ["want", "must"]) >= sure:
            return replace(want, strength=WANTED)
        return want

    def free_mentions(self, mentions: Sequence[Mention]) -> None:
        """Point 3, for facet values and people that the rules made nothing of."""
        taken, lexicon, turn = self._taken(), self.reading.lexicon, self.reading.turn
        for mention in mentions:
            place = range(mention.first, mention.last + 1)
            if mention.kind == "title" or taken & set(place):
                continue
            kind = max(
                self.likely.words[mention.first], key=self.likely.words[mention.first].__getitem__
            )
            likely = self._mean(place, [kind])
            said = mention.quote
            if kind in WISHES and self.cuts.holds("wish", False, likely):
                senses = [s for group in mention.groups for s in lexicon.primary(list(group))]
                self.wants += [
                    Preference(s.facet, s.value, WISHES[kind], said, turn, phrase=said)
                    for s in senses
                ]
            elif fold(said) not in company("suits") and self._ruled_out(kind, place, likely):
                self.avoids += [  # "that won't scare the kids" is not against what suits them
                    Preference(s.facet, s.value, AGAINST[kind], said, turn, phrase=said)
                    for s in mention.senses
                ]

    def free_words(self, linked: Collection[int]) -> None:
        """Point 3, for words that are in no facet."""
        words, turn = self.reading.words, self.reading.turn
        taken = self._taken() | set(linked)
        for kind, run in self._runs(taken):
            said, value = self._text(run[0], run[-1]), " ".join(words[i].folded for i in run)
            likely = self._mean(run, [kind])
            if kind == "context" and self.cuts.holds("context", False, likely):
                self.wants.append(
                    Preference(CONTEXT, said.casefold(), WANTED, said, turn, phrase=said)
                )
            elif kind in WISHES and self.cuts.holds("topic", False, likely):
                self.wants.append(Preference(TEXT, value, WISHES[kind], said, turn, phrase=said))
            elif self._ruled_out(kind, run, likely):
                self.avoids.append(Preference(TEXT, value, AGAINST[kind], said, turn, phrase=said))

    def musts(self) -> None:
        """Point 4: wishes that are almost surely meant as obligatory become limits, where the
        catalogue knows their words."""
        known = self.reading.lexicon.known
        plain = [w for w in self.wants if w.facet not in (CONTEXT, SIMILAR) and w.strength > HEDGED]
        for key in dict.fromkeys((w.phrase or w.quote, w.part) for w in plain):
            place = located(key[0], self.reading.words)
            if not place or self._mean(place, ["must"]) < self.cuts.add.get("strength", 1.0):
                continue
            first, *others = [w for w in plain if (w.phrase or w.quote, w.part) == key]
            if first.facet == TEXT and any(
                self.reading.words[i].folded not in known for i in place
            ):
                continue
            also = tuple((w.facet, str(w.value)) for w in others)
            turn, quote = self.reading.turn, first.phrase or first.quote
            limit = Limit(first.facet, "=", first.value, quote, turn, unless=also)
            self.change = replace(self.change, limits=(*self.change.limits, limit))
            self.wants = [w for w in self.wants if w not in (first, *others)]

    def _runs(self, taken: Collection[int]) -> Iterator[tuple[WordKind, list[int]]]:
        """Neighbouring words of one kind, without what is said around them at their edges: "hope" and
        "friday" are words that mostly say nothing, and here they may be all that is meant."""
        words, kinds = self.reading.words, self.likely.words
        best = [max(each, key=each.__getitem__) for each in kinds]

        def is_edge(at: int) -> bool:
            word = words[at].folded
            loose = word in function_words() and kinds[at][best[at]] < CERTAIN
            return loose or word in STOP_WORDS

        at = 0
        while at < len(words):
            end = at
            while end < len(words) and end not in taken and best[end] == best[at]:
                end += 1
                if best[at] != "context" and end < len(words) and self._stops(end):
                    break  # "sea voyages. ice. misery" are three wishes
            run = list(range(at, end))
            if best[at] != "nothing":
                while run and best[at] != "context" and is_edge(run[0]):
                    run.pop(0)
                while run and is_edge(run[-1]):
                    run.pop()
                if run:
                    yield best[at], run
            at = max(end, at + 1)

    def _stops(self, at: int) -> bool:
        """Whether a clause ends before a word."""
        words = self.reading.words
        return bool(_STOPS.search(self.reading.text[words[at - 1].end : words[at].start]))

    def _taken(self) -> set[int]:
        """The places of words that stand for something already, or that were read as an occasion."""
        said = self._places([*self.wants, *self.avoids, *self.change.limits])
        named = {i for s in self.heard.named for i in range(s.first, s.last + 1)}
        words = enumerate(self.reading.words)
        return said | named | {i for i, w in words if inside_of(w, self.reading.spent)}

    def _places(self, said: Iterable[Preference | Limit]) -> set[int]:
        """The places of the words that entries quote."""
        places = (located(x.quote, self.reading.words) for x in said)
        return {i for place in places if place for i in place}

    def _ruled_out(self, kind: WordKind, place: Iterable[int], likely: float) -> bool:
        """Whether words become an exclusion."""
        free = self.wished.isdisjoint(place)
        return free and kind in AGAINST and self.cuts.holds("against", False, likely)

    def _mean(self, place: Sequence[int], kinds: Sequence[WordKind]) -> float:
        """How likely the words of a place are of these kinds, all together."""
        return sum(self.likely.words[i][k] for i in place for k in kinds) / len(place)

    def _text(self, first: int, last: int) -> str:
        words = self.reading.words
        return self.reading.text[words[first].start : words[last].end]
