"""Prompts are files in `retrieval/prompts`; this is the one way to fill them in."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template

from retrieval.item import Item

FOLDER = Path(__file__).parent / "prompts"
CARD = "$card"


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


def card(item: Item, facets: tuple[str, ...] = ("genres",)) -> str:
    """An item in a few words, as the scorer reads it: its label, then a few facet words."""
    words = ", ".join(v for f in facets for v in item.values(f)[:3])
    return _inert(f" {item.label()}" + (f", {words}" if words else ""))


def _inert(text: str) -> str:
    """Text without the marks by which a chat model tells who speaks."""
    return text.replace("<|", "< |").replace("|>", "| >")


@cache
def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
