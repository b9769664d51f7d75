"""Who made what was named or talked about: "more by the same director", "what else has she written?"."""

import re
from collections.abc import Sequence

from chatbot.acts import Act
from chatbot.lexicon import Mention
from chatbot.polarity import NEVER, WANTED, Stance
from chatbot.profile import SIMILAR, Preference
from chatbot.reading import Reading
from chatbot.remarks import Named
from chatbot.wishes import MAKERS
from chatbot.words import entries, patterns
from retrieval.item import Item
from retrieval.text import fold


def read_same_makers(
    reading: Reading,
    mentions: Sequence[Mention],
    named: Sequence[Named],
    stance: Sequence[Stance],
) -> None:
    """Adds a wish for each of those who made it, by name, or rules them out ("but not by the same
    director"). Nothing where the utterance itself names somebody."""
    if any(m.kind == "person" and not _is_owner(m, mentions) for m in mentions):
        return
    theirs = False
    match = _first(reading, "change.same_maker")
    if match is None:
        match, theirs = _first(reading, "change.their_work"), True
    if match is None:
        return
    inside = [n for n, w in enumerate(reading.words) if match.start() <= w.start < match.end()]
    refused = any(stance[n].negative for n in (*inside, *(n - 1 for n in inside[:1] if n)))
    if refused and theirs:
        return  # "I did not see her other films"
    found = _wished_already(reading, theirs) or _made_by(reading, match, named)
    quote = match[0].strip(" .,;!?")
    entry = [
        Preference(facet, who, NEVER if refused else WANTED, quote, reading.turn, phrase=who)
        for facet, who in found
    ]
    if refused:
        reading.avoids += entry
    elif entry:
        reading.wants += entry
        reading.of_same_makers = True
        reading.acts.append(Act("inform", quote))
    if entry:
        reading.spent.append(match.span())


def _is_owner(who: Mention, mentions: Sequence[Mention]) -> bool:
    """Whether somebody is only named to say whose a title is: "Hitchcock's Psycho"."""
    owns = who.quote.endswith(("'s", "’s"))
    return owns and any(m.kind == "title" and m.first == who.last + 1 for m in mentions)


def _first(reading: Reading, key: str) -> re.Match[str] | None:
    expressions = patterns("talk", key, reading.language)
    return next((m for e in expressions if (m := e.search(reading.text))), None)


def _wished_already(reading: Reading, theirs: bool) -> list[tuple[str, str]]:
    """Whose work is wished for and who is meant again: of "he" and "they", actors too. An item that was
    talked of since comes before them."""
    conversation, people = reading.conversation, reading.lexicon.people
    return [
        (w.facet, w.value)
        for w in conversation.profile.wants
        if (w.facet in MAKERS or (theirs and fold(w.value) in people))
        and (not conversation.focus or (theirs and w.turn == len(conversation.turns)))
    ]


def _made_by(
    reading: Reading, match: re.Match[str], named: Sequence[Named]
) -> list[tuple[str, str]]:
    """Who made the item that is named in the utterance, or was talked of last, or that more was wanted
    like: people, or the brand, as a role or what they did says."""
    conversation = reading.conversation
    alike = [w.value for w in conversation.profile.wants if w.facet == SIMILAR]
    here = [item for one in named for item in one.items]
    found = next((ids[-1] for ids in (here, conversation.focus, alike) if ids), "")
    item = reading.lexicon.items.get(found)
    role = fold(match.groupdict().get("role") or "")
    return _makers(item, role, reading.language) if item else []


def _makers(item: Item, role: str, language: str) -> list[tuple[str, str]]:
    roles = {word: facets for word, *facets in entries("talk", "change.roles", language)}
    facets = roles.get(role, sorted(MAKERS))
    return next(([(f, who) for who in item.values(f)] for f in facets if item.values(f)), [])
