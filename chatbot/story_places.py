"""Where a story takes place and where a work is from: "set in Japan, but not a Japanese one"."""

from collections.abc import Sequence
from dataclasses import replace

from chatbot.profile import Preference
from chatbot.reading import Reading
from chatbot.words import pattern
from retrieval.text import fold

Entries = list[Preference]


def told_apart(reading: Reading) -> tuple[Entries, Entries]:
    """Wishes and exclusions. Where a place is both wished for and ruled out, and one of them is said of
    the story, other values that hold the place's name stand for that one: tags such as "feudal Japan"."""
    wants, avoids = list(reading.wants), list(reading.avoids)
    both = {w.key for w in wants} & {a.key for a in avoids}
    told = [x for x in (*wants, *avoids) if x.key in both and _is_of_story(x, reading)]
    if len({x.key for x in told}) != len(told):
        return wants, avoids
    return _placed(wants, told, reading), _placed(avoids, told, reading)


def _is_of_story(entry: Preference, reading: Reading) -> bool:
    place = fold(entry.phrase or entry.quote)
    leads = pattern("talk", "change.set_in", reading.language).finditer(reading.text)
    return any(fold(reading.text[m.end() :]).startswith(place) for m in leads)


def _placed(entries: Sequence[Preference], told: Sequence[Preference], reading: Reading) -> Entries:
    found: Entries = []
    for entry in entries:
        if entry not in told:
            found.append(entry)
            continue
        senses = (
            *reading.lexicon.values.get(fold(entry.value), ()),
            *reading.lexicon.containing(fold(entry.value)),
        )
        others = dict.fromkeys((s.facet, s.value) for s in senses if s.facet != entry.facet)
        kept = {x.key for x in entries}
        found += [
            replace(entry, facet=facet, value=value)
            for facet, value in others
            if (facet, fold(value)) not in kept
        ]
    return found
