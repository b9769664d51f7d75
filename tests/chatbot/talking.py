"""What the tests of chat models say and expect."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from chatbot.chat_model import ChatModelReader
from chatbot.conversation import Conversation
from chatbot.events import Finished
from chatbot.parts import Parts
from chatbot.reader import ChangeReader
from chatbot.respond import respond
from retrieval.constraints import permitted
from tests.conftest import last

Open = Callable[..., ChatModelReader]
TIMEOUT = 1.0
HEIST = "grandmama would adore a stickup tonight"
GOOD: dict[str, Any] = {
    "wants": [{"facet": "tags", "value": "Heist", "strength": 0.9, "quote": "A stickup"}]
}


def saying(server: str, answer: Any) -> str:
    """The URL at which the server gives this answer."""
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return f"{server}/say/{base64.urlsafe_b64encode(text.encode()).decode()}/v1"


def turn(parts: Parts, reader: ChangeReader | None, *utterances: str) -> Finished:
    conversation = Conversation("t", "films")
    for utterance in utterances:
        finished = last(respond(conversation, utterance, replace(parts, reader=reader)))
        conversation = finished.conversation
    return finished


def profiles_agree(parts: Parts, reader: ChangeReader, *utterances: str) -> bool:
    with_it, without = turn(parts, reader, *utterances), turn(parts, None, *utterances)
    return with_it.conversation.profile == without.conversation.profile


def kept(before: Conversation, after: Conversation, parts: Parts) -> bool:
    """Whether every item that might not be shown before may still not be shown: read off the
    catalogue, one item at a time, and not off the profile."""
    out, still = (
        {i.id for i in parts.lexicon.items.values() if not permitted(i, c.profile.constraints)}
        | {*c.hidden, *c.profile.liked, *c.profile.disliked, *c.profile.seen}
        for c in (before, after)
    )
    return out <= still
