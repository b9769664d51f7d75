"""Items of the same title: which one was taken for a name, and the change of mind to another.

"True Grit" is two films. The one more often chosen is taken, the reply says so once and names the
other; "no, the 1969 one" then puts the other in its place.
"""

from collections.abc import Sequence
from dataclasses import replace

from chatbot.lexicon import Mention
from chatbot.profile import SIMILAR, Removal
from chatbot.reading import Reading
from retrieval.text import fold


def twins_of(
    reading: Reading, mentions: Sequence[Mention]
) -> list[tuple[str, str, tuple[str, ...]]]:
    """For each title that several items have and no year tells apart: the words, the item that was
    taken, and the others. Nothing for a title that was talked about before."""
    lexicon, conversation = reading.lexicon, reading.conversation
    before = {id for turn in conversation.turns for id in (*turn.about, *turn.shown)}
    found = []
    for mention in (m for m in mentions if m.kind == "title"):
        taken = mention.senses[0].value
        title = fold(lexicon.items[taken].title)
        alike = [
            s.value for s in lexicon.titled(title) if fold(lexicon.items[s.value].title) == title
        ]
        others = tuple(dict.fromkeys(id for id in alike if id != taken))
        year = lexicon.items[taken].number("year")
        told = year is not None and f"{year:g}" in mention.quote
        if others and not told and not {taken, *others} & before:
            found.append((mention.quote, taken, others))
    return found


def take_instead(reading: Reading, id: str, quote: str) -> bool:
    """Put an item in the place of its twin on the profile: as wished for, liked, disliked or seen."""
    profile, lexicon = reading.conversation.profile, reading.lexicon
    title = fold(lexicon.items[id].title)

    def is_twin(other: str) -> bool:
        known = lexicon.items.get(other)
        return other != id and known is not None and fold(known.title) == title

    moved = False
    for want in profile.wants:
        if want.facet == SIMILAR and is_twin(want.value):
            reading.removals.append(Removal("wants", SIMILAR, want.value))
            label = lexicon.items[id].label()
            reading.wants.append(
                replace(want, value=id, quote=quote, turn=reading.turn, label=label)
            )
            moved = True
    for section, ids in (
        ("liked", reading.liked), ("disliked", reading.disliked), ("seen", reading.seen)
    ):  # fmt: skip
        for other in getattr(profile, section):
            if is_twin(other):
                reading.removals.append(Removal(section, "", other))  # type: ignore[arg-type]
                ids.append(id)
                moved = True
    return moved
