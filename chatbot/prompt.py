"""What a chat model is asked: instructions from a file, and the turn as JSON. The one way to fill them in.

All that visitors or catalogues wrote stands in JSON strings of a message of its own, cut to a bounded
length, so that it cannot end its string and pose as an instruction.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template
from typing import Any, get_args

from chatbot.acts import ActName
from chatbot.conversation import Conversation
from chatbot.lexicon import Lexicon, Sense
from chatbot.profile import EXCLUDES_FROM, SIMILAR, Limit, Preference, Profile
from chatbot.proposal import DERIVED
from retrieval.constraints import TEXT, Op

FOLDER = Path(__file__).parent / "prompts"
MOST_FACETS, MOST_VALUES, MOST_PEOPLE = 12, 60, 15
MOST_ENTRIES = 24  # of each kind on the profile, the latest
MOST_SHOWN = 20
_MARKS = re.compile(r"<(?=[|/\w])|\[(?=/?INST)")
LONGEST_VALUE, LONGEST_TEXT = 40, 160  # characters


@dataclass(frozen=True)
class ChangePrompt:
    """The instructions, and the data that they are about."""

    instructions: str
    data: str

    @classmethod
    def of(cls, text: str, conversation: Conversation, lexicon: Lexicon) -> "ChangePrompt":
        """Fill in `change.txt`. `text` must be clean and cut (see `retrieval.text.clean`)."""
        acts = [act for act in get_args(ActName) if act not in DERIVED]
        instructions = Template(_read("change.txt")).substitute(
            acts=", ".join(acts),
            operators=" ".join(get_args(Op)),
            similar=SIMILAR,
            text=TEXT,
            excludes=EXCLUDES_FROM,
        )
        last = conversation.turns[-1] if conversation.turns else None
        data = {
            "facets": frequent_values(lexicon),
            "numbers": list(lexicon.schema.numbers)[:MOST_FACETS],
            "last_list": [
                {"number": place, "id": id, "title": _cut(lexicon.items[id].label())}
                for place, id in enumerate(conversation.last_shown[:MOST_SHOWN], 1)
                if id in lexicon.items
            ],
            "spoken_of": list(dict.fromkeys(conversation.focus))[:MOST_SHOWN],
            "question_asked": _cut(last.question.text) if last and last.question else None,
            "profile": _profile(conversation.profile, lexicon),
            "utterance": text,
        }
        return cls(instructions, _inert(json.dumps(data, ensure_ascii=False)))


def frequent_values(lexicon: Lexicon) -> dict[str, list[str]]:
    """The most frequent values of each facet; the lexicon's order is by frequency."""
    people = set(lexicon.schema.named("person"))
    facets = lexicon.schema.facets[:MOST_FACETS]
    return {
        facet: _first(lexicon.people.values(), facet, MOST_PEOPLE)
        if facet in people
        else _first(lexicon.values.values(), facet, MOST_VALUES)
        for facet in facets
    }


def _first(phrases: Iterable[Sequence[Sense]], facet: str, most: int) -> list[str]:
    found: list[str] = []
    for senses in phrases:
        found += [s.value for s in senses if s.facet == facet and len(s.value) <= LONGEST_VALUE]
        if len(found) >= most:
            break
    return found[:most]


def _profile(profile: Profile, lexicon: Lexicon) -> dict[str, Any]:
    def preferences(entries: Sequence[Preference]) -> list[dict[str, str]]:
        return [
            {"facet": e.facet, "value": _cut(e.value), "quote": _cut(e.quote)}
            for e in entries[-MOST_ENTRIES:]
        ]

    def limit(entry: Limit) -> dict[str, Any]:
        value = _cut(entry.value) if isinstance(entry.value, str) else entry.value
        return {"facet": entry.facet, "op": entry.op, "value": value, "quote": _cut(entry.quote)}

    def titles(ids: Sequence[str]) -> list[str]:
        known = [lexicon.items[id] for id in ids if id in lexicon.items]
        return [_cut(item.label()) for item in known[-MOST_ENTRIES:]]

    return {
        "wants": preferences(profile.wants),
        "avoids": preferences(profile.avoids),
        "limits": [limit(entry) for entry in profile.limits[-MOST_ENTRIES:]],
        "liked": titles(profile.liked),
        "disliked": titles(profile.disliked),
        "seen": titles(profile.seen),
    }


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"


def _inert(data: str) -> str:
    """The same JSON without the marks by which a chat model tells who speaks."""
    return _MARKS.sub(lambda m: f"\\u{ord(m[0]):04x}", data)


@cache
def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
