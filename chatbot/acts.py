"""Dialogue acts: what a visitor does by saying something. Several can be in one utterance."""

from dataclasses import dataclass
from typing import Literal

from chatbot.words import pattern

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


ORDER: tuple[ActName, ...] = (
    "restart", "undo", "inquire-profile", "inquire-system", "request-explanation", "compare",
    "inquire-item", "request-alternative", "request-more", "no-preference", "greet", "thank",
    "bye", "accept", "affirm", "deny", "request-recommendation",
)  # fmt: skip
"""The acts that fixed phrases show, in the order of looking."""
CHATTER: frozenset[ActName] = frozenset(
    {"greet", "thank", "bye", "accept", "affirm", "deny", "inquire-system"}
)
"""Acts that ask for nothing by themselves."""


def find_acts(text: str, language: str = "en") -> list[tuple[Act, int, int]]:
    """The acts that fixed phrases show, each with the characters that show it."""
    found = ((name, pattern("acts", f"acts.{name}", language).search(text)) for name in ORDER)
    return [(Act(name, m[0].strip()), m.start(), m.end()) for name, m in found if m]
