"""Logs for tests, written through the log's own door: what was said, shown, done and agreed to."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import get_args

from chatbot.acts import Act, ActName
from chatbot.conversation import Conversation, Reaction, Turn
from chatbot.events import Card, Finished, Understood
from chatbot.log import ConversationLog
from chatbot.profile import ProfileChange
from tests.conftest import item

FIVE = ("a", "b", "c", "d", "e")


@dataclass
class Teller:
    """Tells one conversation to a log, and remembers which of its turns may be learned from."""

    log: ConversationLog
    conversation: Conversation
    agreed: list[bool] = field(default_factory=list)
    agrees: bool = False

    @classmethod
    def begin(cls, log: ConversationLog, id: str, catalogue: str = "films") -> "Teller":
        conversation = Conversation(id, catalogue)
        log.save(conversation)
        return cls(log, conversation)

    def consent(self, training: bool) -> None:
        self.log.agree(self.conversation.id, training, "visitor")
        self.agrees = training
        if not training:
            self.agreed = [False] * len(self.agreed)

    def say(
        self,
        text: str,
        shown: Sequence[str] = (),
        acts: Sequence[str] = ("inform",),
        change: ProfileChange | None = None,
        about: Sequence[str] = (),
        reply: str = "Here.",
    ) -> None:
        change = change or ProfileChange()
        after = self.conversation.changed(change)
        turn = Turn(text, reply, "recommend" if shown else "talk", tuple(acts), tuple(shown), about=tuple(about))  # fmt: skip
        self.conversation = replace(after, turns=(*after.turns, turn))
        cards = tuple(Card(item(id), 1.0, "", ()) for id in shown)
        known = [Act(act, text) for act in get_args(ActName) if act in acts]
        understood = Understood(tuple(known), change, after.profile)
        self.log.turn(
            understood,
            Finished(self.conversation, reply, turn.action, None, cards, {}, {"encoder": "none"}),
        )
        self.agreed.append(self.agrees)

    def react(self, id: str, reaction: Reaction) -> None:
        self.conversation = self.conversation.reacted(id, reaction)
        self.log.reaction(self.conversation, id, reaction)


def teller(home: Path, id: str = "v") -> Teller:
    told = Teller.begin(ConversationLog(home), id)
    told.consent(True)
    return told
