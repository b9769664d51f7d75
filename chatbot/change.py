"""What an utterance changes in the profile, once all of it is read."""

from collections.abc import Collection

from chatbot.acts import ActName
from chatbot.lacking import spared
from chatbot.polarity import LESS
from chatbot.profile import ProfileChange
from chatbot.reading import Reading
from chatbot.story_places import told_apart
from chatbot.suitable_age import with_ageless_kinds
from chatbot.turnover import starts_afresh
from retrieval.text import fold

MOST_ENTRIES = 120
"""Wants, avoids and limits each that one utterance may add; more are not meant."""


def change_of(reading: Reading, names: Collection[ActName]) -> ProfileChange:
    """What an utterance that is read changes, each entry once; what is ruled out is not wished for."""
    wishes, exclusions = told_apart(reading)
    wished = {w.key for w in wishes}  # "scary, but not too scary"
    avoids = [a for a in exclusions if a.strength != LESS or a.key not in wished]
    avoids = spared(avoids, reading)
    ruled_out = {a.key for a in avoids}
    figured = {fold(x.quote) for x in reading.limits}  # "quicker" is a limit, and no tag besides
    wants = [w for w in wishes if w.key not in ruled_out and fold(w.quote) not in figured]
    limits = with_ageless_kinds(reading.limits, reading.lexicon)
    return ProfileChange(
        fades=starts_afresh(reading),
        wants=tuple(dict.fromkeys(wants))[:MOST_ENTRIES],
        avoids=tuple(dict.fromkeys(avoids))[:MOST_ENTRIES],
        limits=tuple(dict.fromkeys(limits))[:MOST_ENTRIES],
        liked=tuple(dict.fromkeys(reading.liked)),
        disliked=tuple(dict.fromkeys(reading.disliked)),
        seen=tuple(dict.fromkeys(reading.seen)),
        removals=tuple(reading.removals),
        restart="restart" in names,
        undo="undo" in names,
    )
