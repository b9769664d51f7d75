"""Dialogue acts: what a visitor does by saying something. Several can be in one utterance."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

from chatbot.words import FOLDER

ActName = Literal[
    "greet", "thank", "bye", "restart", "undo", "request-recommendation", "request-more",
    "request-alternative", "request-explanation", "compare", "inquire-item", "inquire-profile",
    "inquire-system", "accept", "affirm", "deny", "no-preference", "inform", "negate", "critique",
    "like", "dislike", "seen", "revoke", "off-topic",
]  # fmt: skip


@dataclass(frozen=True)
class Act:
    """One dialogue act and the visitor's words that it was read from."""

    act: ActName
    quote: str


CHATTER: frozenset[ActName] = frozenset(
    {"greet", "thank", "bye", "accept", "affirm", "deny", "inquire-system"}
)
"""Acts that ask for nothing by themselves."""


def find_acts(text: str) -> list[tuple[Act, int, int]]:
    """The acts that fixed phrases show, each with the characters that show it."""
    found = [(name, pattern.search(text)) for name, pattern in _patterns().items()]
    return [(Act(name, m[0].strip()), m.start(), m.end()) for name, m in found if m]


@cache
def _patterns(language: str = "en") -> dict[ActName, re.Pattern[str]]:
    with (FOLDER / f"acts.{language}.toml").open("rb") as file:
        read = tomllib.load(file)
    known = get_args(ActName)
    if unknown := set(read["acts"]) - set(known):
        raise ValueError(f"acts.{language}.toml names acts that do not exist: {sorted(unknown)}")
    return {
        act: re.compile("|".join(read["acts"][act]).replace("{thing}", read["thing"]), re.I)
        for act in read["acts"]
    }
