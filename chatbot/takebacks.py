"""What a visitor takes back by its words: "forget what I said about cartoons", "scrap the subtitle
thing", "you can put horror back in", "colour doesn't matter after all".

Only what stands on the profile is taken off, and only where a word of it (or the name of its field) is
said behind such a phrase. Exclusions go only where they are named.
"""

import re

from chatbot.profile import CONTEXT, Limit, Preference, Removal
from chatbot.reading import Reading
from chatbot.words import cues, entries, patterns
from chatbot.words.filler import filler
from retrieval.text import fold, singular


def read_takebacks(reading: Reading) -> None:
    """Take off the profile what is named in such a phrase."""
    if not reading.conversation.turns:
        return
    for key, let_in in (("takes_back", False), ("lets_in", True)):
        for expression in patterns("talk", f"change.{key}", reading.language):
            for match in expression.finditer(reading.text):
                gone = _named_in(match["what"], reading, let_in)
                if not gone and not let_in:
                    gone = [r for w in match["what"].split() for r in _of_field(w, reading)]
                _take_off(reading, gone, match)
    for expression in patterns("talk", "change.no_matter", reading.language):
        for match in expression.finditer(reading.text):
            _take_off(reading, _of_field(match["what"], reading), match)


def _take_off(reading: Reading, gone: list[Removal], match: re.Match[str]) -> None:
    if gone:
        reading.removals += gone
        reading.acts = [a for a in reading.acts if a.act not in ("no-preference", "undo")]
        reading.revoke(match[0])
        reading.spent.append(match.span())


def _named_in(what: str, reading: Reading, let_in: bool) -> list[Removal]:
    """The entries that share a telling word with `what`; only exclusions where something is let in."""
    said = _telling(what)
    profile = reading.conversation.profile
    found = [Removal("avoids", a.facet, a.value) for a in profile.avoids if said & _words_of(a)]
    if not let_in:
        found += [Removal("wants", w.facet, w.value) for w in profile.wants if said & _words_of(w)]
        found += [Removal("limits", x.facet) for x in profile.limits if said & _words_of(x)]
        together = {w.phrase for w in profile.wants if w.facet == CONTEXT and said & _words_of(w)}
        found += [Removal("wants", w.facet, w.value) for w in profile.wants if w.phrase in together]
    return list(dict.fromkeys(found))


def _of_field(what: str, reading: Reading) -> list[Removal]:
    """The wishes and requirements on a facet by its name: "genre", "colour". Exclusions stay."""
    name = singular(fold(what))
    facets = {f for f in reading.lexicon.schema.facets if singular(fold(f)) == name}
    for alias, *fields in entries("talk", "change.facet_names", reading.language):
        if alias == name:
            facets |= {f for f in reading.lexicon.schema.facets if fold(f) in fields}
    profile = reading.conversation.profile
    found = [Removal("wants", w.facet, w.value) for w in profile.wants if w.facet in facets]
    found += [Removal("limits", x.facet) for x in profile.limits if x.facet in facets]
    return list(dict.fromkeys(found))


def _words_of(entry: Preference | Limit) -> set[str]:
    if isinstance(entry, Limit):
        return _telling(f"{entry.quote} {entry.facet}")
    return _telling(f"{entry.phrase or entry.quote} {entry.value}")


def _telling(text: str) -> set[str]:
    """The words that tell what is meant, each in the singular."""
    talk = filler() | cues("taking_back")
    return {w for w in singular(fold(text)).split() if w not in talk and len(w) > 2}
