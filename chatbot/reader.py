"""Who else reads an utterance: a larger model, or a script that stands in for one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from chatbot.conversation import Conversation
from chatbot.lexicon import Lexicon
from chatbot.proposal import Proposal
from retrieval.text import fold


@dataclass(frozen=True)
class Answer:
    """A proposal, and which version of which model made it."""

    proposal: Proposal
    model: str


class ChangeReader(Protocol):
    """Proposes the change to a profile that an utterance asks for.

    `read` gives None where there is nothing usable in time, and never raises; it keeps nothing of one
    conversation for another. `name` says which model it is, without anything secret.
    """

    name: str

    def read(self, text: str, conversation: Conversation, lexicon: Lexicon) -> Answer | None:
        """The proposal for one clean utterance, or None."""
        ...


class ScriptedReader:
    """Answers from a script, by the folded utterance; None for any other. For demos and tests."""

    name = "scripted"

    def __init__(self, script: Mapping[str, Proposal]) -> None:
        self._script = {fold(utterance): proposal for utterance, proposal in script.items()}

    def read(self, text: str, conversation: Conversation, lexicon: Lexicon) -> Answer | None:  # noqa: ARG002
        """What the script says to this utterance."""
        found = self._script.get(fold(text))
        return Answer(found, self.name) if found is not None else None
