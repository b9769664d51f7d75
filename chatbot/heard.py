"""What a second reader is given: an utterance with what the rules linked in it and made of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chatbot.lexicon import Lexicon, Mention
from chatbot.polarity import HEDGED, LESS
from chatbot.profile import CONTEXT, SIMILAR, ProfileChange
from chatbot.quotes import located
from chatbot.reading import Reading
from chatbot.remarks import Named
from chatbot.second_reader import ITEM_KINDS, Heard, ItemKind, Mark, Said, Span
from retrieval.text import Token

if TYPE_CHECKING:
    from chatbot.understand import Understanding


@dataclass(frozen=True)
class Read:
    """What the rules read, and what they linked on the way."""

    understanding: "Understanding"
    reading: Reading
    named: Sequence[Named]
    mentions: Sequence[Mention]


def heard_of(read: Read) -> Heard:
    """An utterance with what the rules linked in it and made of it, for a second reader."""
    reading, named, mentions = read.reading, read.named, read.mentions
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
        _said(read.understanding.change, reading.words),
        tuple(_opinions(read.understanding, n.items, reading.lexicon) for n in named if n.items),
        tuple(sorted({act.act for act in read.understanding.acts})),
    )


def _said(change: ProfileChange, words: Sequence[Token]) -> tuple[Said, ...]:
    """What the rules took each word for; what is ruled out goes before what is wished for."""
    found: list[Said] = ["nothing"] * len(words)

    def mark(quote: str, kind: Said) -> None:
        for i in located(quote, words) or ():
            found[i] = kind

    for limit in change.limits:
        mark(limit.quote, "must" if isinstance(limit.value, str) else "limit")
    for want in change.wants:
        if want.facet == CONTEXT:
            mark(want.phrase or want.quote, "context")
        elif want.facet != SIMILAR:
            mark(want.phrase or want.quote, "prefer" if want.strength <= HEDGED else "want")
    for avoid in change.avoids:
        if avoid.facet != "title":
            mark(avoid.phrase or avoid.quote, "rather-not" if avoid.strength <= LESS else "avoid")
    return tuple(found)


def _opinions(
    rules: "Understanding", items: Sequence[str], lexicon: Lexicon
) -> tuple[ItemKind, ...]:
    """What the rules took to be said of items."""
    change, ids = rules.change, set(items)
    titles = {lexicon.items[id].title for id in items}
    read: dict[ItemKind, bool] = {
        "liked": bool(ids & set(change.liked)),
        "disliked": bool(ids & set(change.disliked)),
        "seen": bool(ids & set(change.seen)),
        "similar": any(w.facet == SIMILAR and w.value in ids for w in change.wants),
        "exclude": any(a.facet == "title" and a.value in titles for a in change.avoids),
        "about": bool(ids & set(rules.about)),
    }
    return tuple(kind for kind in ITEM_KINDS if read[kind])
