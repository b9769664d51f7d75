"""What a second reader may change in the rules' reading. The policy is `reviewed`'s docstring."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chatbot.acts import Act, ActName
from chatbot.kept import keeps
from chatbot.lexicon import Mention
from chatbot.polarity import HEDGED, LESS, NEVER, WANTED
from chatbot.profile import CONTEXT, SIMILAR, Limit, Preference, ProfileChange
from chatbot.quotes import located
from chatbot.reading import Reading
from chatbot.remarks import ASKING, Named
from chatbot.second_reader import (
    ACT_NAMES,
    Cuts,
    Heard,
    ItemKind,
    Likely,
    Mark,
    SecondReader,
    Sort,
    Span,
    WordKind,
)
from chatbot.words import pattern
from chatbot.words.filler import function_words
from retrieval.constraints import TEXT

if TYPE_CHECKING:
    from chatbot.understand import Understanding

KEPT: frozenset[ActName] = frozenset({"undo", "restart", "revoke"})
"""Acts that take something back: the rules alone say whether they are there."""
ON_ITEMS: frozenset[ActName] = ASKING | {"accept"}
"""Acts that are about items, and about which ones a second reader may say."""
ASIDE: frozenset[ActName] = ASKING | {"off-topic", "inquire-system", "inquire-profile"}
"""Acts beside which the rules take facet words and limits for no wishes."""
OPINIONS: tuple[ItemKind, ...] = ("liked", "disliked", "seen")
WISHES: dict[WordKind, float] = {"want": WANTED, "prefer": HEDGED, "must": WANTED}
AGAINST: dict[WordKind, float] = {"avoid": NEVER, "rather-not": LESS}


FLIPPED = 0.5
"""Likelihood of being ruled out from which a wish of the rules stands where they read an exclusion
beside it, which explains it: "drama, and no horror" was no drama."""


@dataclass(frozen=True)
class Read:
    """What the rules read, and what they linked on the way."""

    understanding: "Understanding"
    reading: Reading
    named: Sequence[Named]
    mentions: Sequence[Mention]


def consulted(second: SecondReader, read: Callable[[Collection[ActName]], Read]) -> "Understanding":
    """What the rules read, as a second reader corrects it. Where it holds a question of the rules' for
    none, they read once more without it: "a film from the 70s, which is ..." has a limit again."""
    first = read(())
    heard = heard_of(first.reading, first.named, first.mentions)
    likely = second.read(heard)
    found = reviewed(first, heard, likely, second.cuts)
    denied = {a.act for a in first.understanding.acts} - {a.act for a in found.acts}
    if not denied & ASIDE:
        return found
    again = read(denied & ASIDE)
    if heard_of(again.reading, again.named, again.mentions) != heard:
        return found
    better = reviewed(again, heard, likely, second.cuts)
    floor, after = (
        first.reading.conversation.changed(u.change).profile for u in (first.understanding, better)
    )
    return better if keeps(floor, after) else found


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


def reviewed(read: Read, heard: Heard, likely: Likely, cuts: Cuts) -> "Understanding":
    """What the rules read, as a second reader corrects it. The policy, promises first:

    1. A promise is never lost. Limits, avoided values and excluded items that the rules read stand; an
       item that they took for liked, disliked or seen stays one of these; only the rules read what
       takes something back. A change under which a promise of earlier turns would not hold is left out.
    2. An opinion on an item that is named or pointed at falls where it is unlikely, and is added where it
       is likely; so is the wish for its like, and that it is what is asked about.
    3. A wish falls where its words are unlikely to be one. Words that the rules made nothing of become
       what they are likely meant as: a wish, an exclusion, an occasion.
    4. Other acts fall and are added in the same way.
    """
    rules, reading, mentions = read.understanding, read.reading, read.mentions
    if not heard.words:
        return rules
    review = _Review(rules.change, rules.about, reading, heard, likely, cuts)
    review.items()
    review.wishes()
    if not {act.act for act in rules.acts} & KEPT:
        review.free_mentions(mentions)
        review.free_words({i for m in mentions for i in range(m.first, m.last + 1)})
    change, conversation = review.result(), reading.conversation
    floor = conversation.changed(rules.change).profile
    if not keeps(floor, conversation.changed(change).profile):
        change = rules.change
    sure = reading.found("sure.asked_for") or reading.found("sure.alike")
    asks_for = bool(change.wants) and sure
    acts = _acts(rules.acts, reading.text, likely, cuts, bool(change.avoids), asks_for)
    about = review.about
    if not {act.act for act in acts} & ON_ITEMS:
        about += rules.about  # what was talked of, and "it" means next
    return replace(rules, acts=acts, change=change, about=tuple(dict.fromkeys(about)))


def _acts(
    rules: Sequence[Act], text: str, likely: Likely, cuts: Cuts, avoids: bool, asks_for: bool
) -> tuple[Act, ...]:
    """Point 4. There is always one; nothing is said to be ruled out where nothing is."""
    read = {act.act for act in rules}
    stands = {
        n for n in ACT_NAMES if n not in KEPT and cuts.holds("act", n in read, likely.acts[n])
    }
    stands |= read & KEPT
    stands -= set() if avoids or "negate" in read else {"negate"}
    if asks_for or ("critique" in read and not (read & ASIDE or "?" in text)):
        stands -= ASIDE | {"accept"}  # "it should be shorter than the second" asks nothing
    if len(stands) > 1:
        stands.discard("off-topic")
    acts = [act for act in rules if act.act in stands]
    acts += [Act(name, text[:80]) for name in ACT_NAMES if name in stands - read]
    return tuple(acts) or tuple(rules)


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
        self.about = list(about)
        self.wants, self.avoids = list(change.wants), list(change.avoids)

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
        """Which of liked, disliked and seen an item is; one of them at least, if the rules said one."""
        read = {k for k in OPINIONS if id in getattr(self.change, k)}
        now = {k for k in OPINIONS if self.cuts.holds("opinion", k in read, likely[k])}
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
            if place and self._is_sure(want, place):
                stands = True
            elif place and want.facet == CONTEXT:
                stands = self.cuts.holds("context", True, self._mean(place, ["context"]))
            elif place and want.facet != SIMILAR and want.phrase not in company:
                sort: Sort = "topic" if want.facet == TEXT else "wish"
                stands = self.cuts.holds(sort, True, self._mean(place, list(WISHES)))
                stands |= bool(change.avoids) and self._mean(place, list(AGAINST)) > FLIPPED
            else:
                stands = True
            if stands:
                kept.append(want)
        self.wants = kept

    def _is_sure(self, want: Preference, place: Sequence[int]) -> bool:
        """Whether a wish stands whatever is likely: an answer that was offered, with more said behind it,
        and what a turn of phrase adds to the wishes: "romance too", "ideally also sad"."""
        reading, words = self.reading, self.reading.words
        turns = reading.conversation.turns
        asked = turns[-1].question if turns else None
        if asked and any((asked.facet, o.value) == (want.facet, want.value) for o in asked.options):
            return True
        before = reading.text[: words[place[0]].start]
        behind = reading.text[words[place[-1]].end :]
        return (
            reading.found("sure.asked_for")
            or bool(pattern("talk", "sure.added_before", reading.language).search(before))
            or bool(pattern("talk", "sure.added_behind", reading.language).match(behind))
        )

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
            elif kind in AGAINST and self.cuts.holds("against", False, likely):
                self.avoids += [
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
            elif kind in AGAINST and self.cuts.holds("against", False, likely):
                self.avoids.append(Preference(TEXT, value, AGAINST[kind], said, turn, phrase=said))

    def _runs(self, taken: Collection[int]) -> Iterator[tuple[WordKind, list[int]]]:
        """Neighbouring words of one kind, without the function words at their edges."""
        words, kinds = self.reading.words, self.likely.words
        best = [max(each, key=each.__getitem__) for each in kinds]
        at = 0
        while at < len(words):
            end = at
            while end < len(words) and end not in taken and best[end] == best[at]:
                end += 1
            run = list(range(at, end))
            if best[at] != "nothing":
                while run and best[at] != "context" and words[run[0]].folded in function_words():
                    run.pop(0)
                while run and words[run[-1]].folded in function_words():
                    run.pop()
                if run:
                    yield best[at], run
            at = max(end, at + 1)

    def _taken(self) -> set[int]:
        """The places of words that stand for something already."""
        said: list[Preference | Limit] = [*self.wants, *self.avoids, *self.change.limits]
        places = [located(x.quote, self.reading.words) for x in said]
        named = [range(s.first, s.last + 1) for s in self.heard.named]
        return {i for place in (*places, *named) if place for i in place}

    def _mean(self, place: Sequence[int], kinds: Sequence[WordKind]) -> float:
        """How likely the words of a place are of these kinds, all together."""
        return sum(self.likely.words[i][k] for i in place for k in kinds) / len(place)

    def _text(self, first: int, last: int) -> str:
        words = self.reading.words
        return self.reading.text[words[first].start : words[last].end]
