"""The spine: what `respond` yields, consumed by every face, by evaluation and by tests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chatbot.acts import Act
from chatbot.conversation import Action, Conversation, Question
from chatbot.explain import Evidence
from chatbot.guesses import Guess
from chatbot.profile import Profile, ProfileChange
from chatbot.resolved import Resolved
from retrieval.item import Item


@dataclass(frozen=True)
class Card:
    """An item as it is shown: why, on what evidence, and with which scores."""

    item: Item
    score: float
    reason: str
    evidence: tuple[Evidence, ...]
    parts: Mapping[str, float] = field(default_factory=dict)
    sponsored: bool = False
    """Whether a sponsored rule of the owner's means the item; then it is labelled."""
    out_of_stock: bool = False
    labels: tuple[str, ...] = ()
    """What has to stand on the card, in the visitor's language."""


@dataclass(frozen=True)
class Understood:
    """What was understood, the profile after it, what is guessed from it, and what gave way."""

    acts: tuple[Act, ...]
    change: ProfileChange
    profile: Profile
    guesses: tuple[Guess, ...] = ()
    resolved: tuple[Resolved, ...] = ()
    language: str = "en"
    """In which the reply will be."""


@dataclass(frozen=True)
class Retrieved:
    """How many items can still be shown, and how many candidates the arms brought."""

    left: int
    candidates: int


@dataclass(frozen=True)
class Recommended:
    """The cards, before any prose."""

    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Said:
    """A piece of the reply; the pieces in order are the whole."""

    text: str


@dataclass(frozen=True)
class Finished:
    """The end of a turn: the next conversation, and all that the log keeps."""

    conversation: Conversation
    reply: str
    action: Action
    question: Question | None
    cards: tuple[Card, ...]
    timings_ms: Mapping[str, float]
    versions: Mapping[str, Any]
    guesses: tuple[Guess, ...] = ()


Event = Understood | Retrieved | Recommended | Said | Finished
