"""Who made what was named or talked about: "more by the same director", "what else has she written?"."""

import re
from collections.abc import Sequence

from chatbot.acts import Act
from chatbot.polarity import WANTED
from chatbot.profile import SIMILAR, Preference
from chatbot.reading import Reading
from chatbot.remarks import Named
from chatbot.wishes import MAKERS
from chatbot.words import entries, patterns
from retrieval.item import Item
from retrieval.text import fold


def same_makers(reading: Reading) -> re.Match[str] | None:
    """The words that ask for more of whoever made something."""
    expressions = patterns("talk", "change.same_maker", reading.language)
    return next((m for e in expressions if (m := e.search(reading.text))), None)


def read_same_makers(reading: Reading, named: Sequence[Named]) -> None:
    """Adds a wish for each of those who made it, by name."""
    match = same_makers(reading)
    item = _meant(reading, named) if match else None
    if match is None or item is None:
        return
    quote = match[0].strip()
    facet, makers = _makers(item, match.groupdict().get("role") or "", reading.language)
    reading.wants += [
        Preference(facet, who, WANTED, quote, reading.turn, phrase=who) for who in makers
    ]
    if makers:
        reading.acts.append(Act("inform", quote))
        reading.spent.append(match.span())


def _meant(reading: Reading, named: Sequence[Named]) -> Item | None:
    """The item that is named in the utterance, or was talked of last, or that more was wanted like; none
    where somebody's work is wished for already, who is meant again."""
    conversation = reading.conversation
    wants = conversation.profile.wants
    alike = [w.value for w in wants if w.facet == SIMILAR]
    if any(w.facet in MAKERS for w in wants):
        alike = []
    here = [item for one in named for item in one.items]
    found = next((ids[-1] for ids in (here, conversation.focus, alike) if ids), "")
    return reading.lexicon.items.get(found)


def _makers(item: Item, role: str, language: str) -> tuple[str, Sequence[str]]:
    """The facet and the people, or the brand, that a role or what they did stands for."""
    roles = {word: facets for word, *facets in entries("talk", "change.roles", language)}
    wanted = next((f for word, f in roles.items() if word == fold(role)), sorted(MAKERS))
    return next(((f, item.values(f)) for f in wanted if item.values(f)), ("", ()))
