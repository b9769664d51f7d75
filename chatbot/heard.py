"""What a second reader is given: an utterance with what the rules linked in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chatbot.lexicon import Mention
from chatbot.reading import Reading
from chatbot.remarks import Named
from chatbot.second_reader import Heard, Mark, Span
from chatbot.title_guesses import title_guesses

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
    """An utterance with what the rules linked in it, for a second reader."""
    reading, named, mentions = read.reading, read.named, read.mentions
    marks: list[Mark] = ["plain"] * len(reading.words)
    for mention in mentions:
        if mention.kind != "title":
            kind: Mark = "person" if mention.kind == "person" else "value"
            marks[mention.first : mention.last + 1] = [kind] * (mention.last + 1 - mention.first)
    for name in named:
        mark: Mark = "pronoun" if name.pronoun else "pointed" if name.pointed else "title"
        marks[name.first : name.last + 1] = [mark] * (name.last + 1 - name.first)
    linked = {i for i, mark in enumerate(marks) if mark not in ("plain", "value", "pronoun")}
    return Heard(
        tuple(w.text for w in reading.words),
        tuple(marks),
        tuple(Span(n.first, n.last, n.items) for n in named if n.items),
        bool(reading.conversation.last_shown),
        bool(reading.conversation.turns),
        title_guesses(reading.words, linked, reading.lexicon),
    )
