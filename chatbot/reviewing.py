"""What a second reader may change in the rules' reading. The policy is `reviewed`'s docstring."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from chatbot.acts import Act, ActName
from chatbot.lexicon import Mention
from chatbot.polarity import HEDGED, LESS, NEVER, WANTED
from chatbot.profile import CONTEXT, SIMILAR, Limit, Preference, ProfileChange
from chatbot.quotes import located
from chatbot.reading import Reading
from chatbot.remarks import Named
from chatbot.second_reader import ACT_NAMES, Cuts, Heard, ItemKind, Likely, Mark, Span, WordKind
from chatbot.words.filler import function_words
from retrieval.constraints import TEXT

if TYPE_CHECKING:
    from chatbot.understand import Understanding

KEPT: frozenset[ActName] = frozenset({"undo", "restart", "revoke"})
"""Acts that change the profile by themselves: the rules alone say whether they are there."""
OPINIONS: tuple[ItemKind, ...] = ("liked", "disliked", "seen")
WISHES: dict[WordKind, float] = {"want": WANTED, "prefer": HEDGED, "must": WANTED}
AGAINST: dict[WordKind, float] = {"avoid": NEVER, "rather-not": LESS}
ABOUT: frozenset[ActName] = frozenset({"inquire-item", "compare", "request-explanation", "accept"})


def heard_of(reading: Reading, named: Sequence[Named], mentions: Sequence[Mention]) -> Heard:
    """An utterance with what the rules linked in it, for a second reader."""
    marks: list[Mark] = ["plain"] * len(reading.words)
    for mention in mentions:
        if mention.kind != "title":
            kind: Mark = "person" if mention.kind == "person" else "value"
            marks[mention.first : mention.last + 1] = [kind] * (mention.last + 1 - mention.first)
    for name in named:
        mark: Mark = "pronoun" if name.pronoun else "pointed" if name.pointed else "title"
        marks[name.first : name.last + 1] = [mark] * (name.last + 1 - name.first)
    return Heard(
        tuple(w.text for w in reading.words),
        tuple(marks),
        tuple(Span(n.first, n.last, n.items) for n in named if n.items),
        bool(reading.conversation.last_shown),
        bool(reading.conversation.turns),
    )


def reviewed(
    rules: "Understanding",
    reading: Reading,
    mentions: Sequence[Mention],
    heard: Heard,
    likely: Likely,
    cuts: Cuts,
) -> "Understanding":
    """What the rules read, as a second reader corrects it. The policy:

    1. A promise is never lost: limits, avoided values and excluded titles that the rules read stand,
       and so do undo, restart and what is let in again.
    2. An opinion on a named item, or the wish for its like, falls where it is unlikely, and is added
       where it is likely.
    3. A wish for a value or a topic falls where its words are unlikely to be one; words that the rules made
       nothing of are added to what they are likely meant as.
    4. So do acts.
    """
    return _Review(rules, reading, mentions, heard, likely, cuts).result()


class _Review:
    def __init__(
        self,
        rules: "Understanding",
        reading: Reading,
        mentions: Sequence[Mention],
        heard: Heard,
        likely: Likely,
        cuts: Cuts,
    ) -> None:
        self.rules, self.reading, self.heard = rules, reading, heard
        self.likely, self.cuts, self.mentions = likely, cuts, mentions
        self.change, self.about = rules.change, list(rules.about)

    def result(self) -> "Understanding":
        self._items()
        self._wishes()
        self._free_words()
        change = self.change
        ruled_out = {a.key for a in change.avoids}
        change = replace(change, wants=tuple(w for w in change.wants if w.key not in ruled_out))
        return replace(
            self.rules,
            acts=self._acts(),
            change=change,
            about=tuple(dict.fromkeys(self.about)),
        )

    def _items(self) -> None:
        """Point 2, for every item that is named or pointed at."""
        best: dict[str, tuple[Mapping[ItemKind, float], Span]] = {}
        for span, kinds in zip(self.heard.named, self.likely.named, strict=True):
            for id in span.items:
                if id in best:
                    before = best[id][0]
                    kinds = {k: max(p, before[k]) for k, p in kinds.items()}  # noqa: PLW2901
                best[id] = (kinds, span)
        change = self.change
        found = {kind: list(getattr(change, kind)) for kind in OPINIONS}
        wants, avoids = list(change.wants), list(change.avoids)
        for id, (kinds, span) in best.items():
            for kind in OPINIONS:
                holds = self.cuts.holds(f"item {kind}", id in found[kind], kinds[kind])
                if holds and id not in found[kind]:
                    found[kind].append(id)
                elif not holds and id in found[kind]:
                    found[kind].remove(id)
            if id in found["liked"] and id in found["disliked"]:
                less: ItemKind = "liked" if kinds["liked"] < kinds["disliked"] else "disliked"
                found[less].remove(id)
            alike = any(w.facet == SIMILAR and w.value == id for w in wants)
            holds = self.cuts.holds("item similar", alike, kinds["similar"])
            label, quote = self.reading.lexicon.items[id].label(), self._text(span.first, span.last)
            if holds and not alike:
                wants.append(Preference(SIMILAR, id, 1.0, quote, self.reading.turn, label))
            elif alike and not holds:
                wants = [w for w in wants if (w.facet, w.value) != (SIMILAR, id)]
            title = self.reading.lexicon.items[id].title
            out = any(a.facet == "title" and a.value == title for a in avoids)
            spared = any(u == ("id", id) for a in avoids for u in a.unless)
            if not out and not spared and self.cuts.holds("item exclude", False, kinds["exclude"]):
                avoids.append(
                    Preference("title", title, 1.0, quote, self.reading.turn, phrase=quote)
                )
                wants = [w for w in wants if (w.facet, w.value) != (SIMILAR, id)]
            holds = self.cuts.holds("item about", id in self.about, kinds["about"])
            if holds and id not in self.about:
                self.about.append(id)
            elif not holds and id in self.about:
                self.about.remove(id)
        self.change = replace(
            change,
            wants=tuple(wants),
            avoids=tuple(avoids),
            **{kind: tuple(ids) for kind, ids in found.items()},
        )

    def _wishes(self) -> None:
        """Point 3, for what the rules took for wishes."""
        kept: list[Preference] = []
        company = {w.phrase for w in self.change.wants if w.facet == CONTEXT}
        for want in self.change.wants:
            place = located(want.phrase or want.quote, self.reading.words)
            if want.facet == SIMILAR or not place or (want.facet != CONTEXT and want.phrase in company):
                kept.append(want)
                continue
            if want.facet == CONTEXT:
                if self.cuts.holds("word context", True, self._mean(place, ["context"])):
                    kept.append(want)
                continue
            if self.cuts.holds("word want", True, self._mean(place, list(WISHES))):
                kept.append(want)
        self.change = replace(self.change, wants=tuple(kept))

    def _free_words(self) -> None:
        """Point 3, for words that the rules made nothing of."""
        reading, turn = self.reading, self.reading.turn
        taken = self._taken()
        wants, avoids = list(self.change.wants), list(self.change.avoids)
        for mention in self.mentions:
            place = range(mention.first, mention.last + 1)
            if mention.kind == "title" or taken & set(place):
                continue
            for kind, strength in WISHES.items():
                if self.cuts.holds(f"word {kind}", False, self._mean(place, [kind])):
                    senses = [s for g in mention.groups for s in reading.lexicon.primary(list(g))]
                    wants += [
                        Preference(s.facet, s.value, strength, mention.quote, turn, phrase=mention.quote)
                        for s in senses
                    ]
            for kind, strength in AGAINST.items():
                if self.cuts.holds(f"word {kind}", False, self._mean(place, [kind])):
                    avoids += [
                        Preference(s.facet, s.value, strength, mention.quote, turn, phrase=mention.quote)
                        for s in mention.senses
                    ]
        taken |= {i for m in self.mentions for i in range(m.first, m.last + 1)}
        for kind, run in self._runs(taken):
            quote = self._text(run[0], run[-1])
            said = " ".join(reading.words[i].folded for i in run)
            if kind == "context":
                wants.append(Preference(CONTEXT, quote.casefold(), WANTED, quote, turn, phrase=quote))
            elif kind in WISHES:
                wants.append(Preference(TEXT, said, WISHES[kind], quote, turn, phrase=quote))
            elif kind in AGAINST:
                avoids.append(Preference(TEXT, said, AGAINST[kind], quote, turn, phrase=quote))
        self.change = replace(self.change, wants=tuple(wants), avoids=tuple(avoids))

    def _runs(self, taken: Collection[int]) -> Iterator[tuple[WordKind, list[int]]]:
        """Neighbouring words of one kind, function words at the edges left off."""
        words, kinds = self.reading.words, self.likely.words
        best = [max(k, key=lambda kind: k[kind]) for k in kinds]
        at = 0
        while at < len(words):
            end = at
            while end < len(words) and best[end] == best[at] and end not in taken:
                end += 1
            run = list(range(at, end))
            if run and best[at] != "nothing":
                kind = best[at]
                if kind != "context":
                    while run and words[run[0]].folded in function_words():
                        run.pop(0)
                while run and words[run[-1]].folded in function_words():
                    run.pop()
                if run and self.cuts.holds(f"run {kind}", False, self._mean(run, [kind])):
                    yield kind, run
            at = max(end, at + 1)

    def _taken(self) -> set[int]:
        """The places of words that stand for something already."""
        change, words = self.change, self.reading.words
        said: list[Preference | Limit] = [*change.wants, *change.avoids, *change.limits]
        places = [located(x.quote, words) for x in said]
        spans = [range(s.first, s.last + 1) for s in self.heard.named]
        return {i for place in (*places, *spans) if place for i in place}

    def _mean(self, place: Sequence[int], kinds: Sequence[WordKind]) -> float:
        """How likely the words of a place are of these kinds, all together."""
        return sum(self.likely.words[i][k] for i in place for k in kinds) / len(place)

    def _text(self, first: int, last: int) -> str:
        words = self.reading.words
        return self.reading.text[words[first].start : words[last].end]

    def _acts(self) -> tuple[Act, ...]:
        """Point 4."""
        text = self.reading.text
        names = {act.act for act in self.rules.acts}
        stands = {
            name
            for name in ACT_NAMES
            if (name in names and name in KEPT)
            or (
                name not in KEPT
                and self.cuts.holds(f"act {name}", name in names, self.likely.acts[name])
            )
        }
        acts = [act for act in self.rules.acts if act.act in stands]
        acts += [Act(name, text[:80]) for name in ACT_NAMES if name in stands - names]
        return tuple(acts) or (Act("off-topic", text[:80]),)
