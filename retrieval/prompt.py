"""Prompts are files in `retrieval/prompts`; this is the one way to fill them in."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template

from retrieval.item import Item, Schema

FOLDER = Path(__file__).parent / "prompts"
CARD = "$card"
MOST_WORDS, MOST_PEOPLE, MOST_FIELDS = 3, 2, 2
"""Of one facet, of one field of people, and of fields of either sort, on a card."""
LONGEST_LABEL, LONGEST_WORD = 160, 60
"""Characters on a card: what is longer is no title and no word of a facet."""


@dataclass(frozen=True)
class ScorerPrompt:
    """What the scorer reads once (`prefix`), and what follows it for each candidate (a card)."""

    prefix: str

    @classmethod
    def of(cls, conversation: str, wants: str, avoids: str) -> "ScorerPrompt":
        """Fill in `scorer.txt`; the same call serves and trains."""
        before, _, _ = _read("scorer.txt").partition(CARD)
        filled = Template(before).substitute(
            conversation=_inert(conversation), wants=_inert(wants), avoids=_inert(avoids)
        )
        return cls(filled.rstrip())


def card(item: Item, facets: Sequence[str] = ("genres",), people: Sequence[str] = ()) -> str:
    """An item in a few words, as the scorer reads it: its label, then a few facet words and people."""
    words = ", ".join(v[:LONGEST_WORD] for f in facets for v in item.values(f)[:MOST_WORDS])
    names = ", ".join(v[:LONGEST_WORD] for f in people for v in item.values(f)[:MOST_PEOPLE])
    told = "; ".join(filter(None, [f" {item.label()[:LONGEST_LABEL]}", words, names]))
    return _inert(" ".join(told.split("\n")))


def card_of(item: Item, schema: Schema) -> str:
    """The card of an item of a catalogue: words of its first facets, people of its first fields of people."""
    return card(item, schema.named("facet")[:MOST_FIELDS], schema.named("person")[:MOST_FIELDS])


def prompt_hash() -> str:
    """What tells the scorer's prompt, and the way cards are written, from any other."""
    told = json.dumps([_read("scorer.txt"), MOST_WORDS, MOST_PEOPLE, MOST_FIELDS])
    return hashlib.sha256(told.encode()).hexdigest()


def _inert(text: str) -> str:
    """Text without the marks by which a chat model tells who speaks."""
    return text.replace("<|", "< |").replace("|>", "| >")


@cache
def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
