"""Conversations with another recommender, as rows of the log."""

import json
import sqlite3
from collections.abc import Iterable

from chatbot import consent
from chatbot.consent import now
from chatbot.conversation import Conversation, Reaction
from chatbot.log_rows import insert
from chatbot.redaction import redacted

AGREED = "import"


def take_in(
    connection: sqlite3.Connection,
    conversation: Conversation,
    state: str,
    source: str,
    reactions: Iterable[tuple[str, Reaction]],
) -> bool:
    """Insert a whole conversation, `state` as it is kept; False where it is there or was erased."""
    at, id = now(), conversation.id
    if consent.is_gone(connection, consent.pseudonym(connection, id)):
        return False
    done = connection.execute(
        "insert or ignore into conversations"
        " (id, catalogue, created, updated, state, source, consent) values (?, ?, ?, ?, ?, ?, ?)",
        (id, conversation.catalogue, at, at, state, source, AGREED),
    )
    if not done.rowcount:
        return False
    turns = [
        {
            **{"conversation": id, "turn": number, "at": at, "consent": AGREED},
            **{"utterance": redacted(turn.utterance), "reply": redacted(turn.reply)},
            "action": turn.action,
            **{"acts": "[]", "change": "{}", "profile": "{}", "question": "null"},
            **{"timings": "{}", "versions": json.dumps({"recommender": source})},
        }
        for number, turn in enumerate(conversation.turns, 1)
    ]
    shown = [
        {"conversation": id, "turn": number, "position": position, "item": item}
        for number, turn in enumerate(conversation.turns, 1)
        for position, item in enumerate(turn.shown, 1)
    ]
    reacted = [
        {"conversation": id, "turn": len(turns), "item": item, "reaction": reaction, "at": at}
        | {"consent": AGREED}
        for item, reaction in reactions
    ]
    for table, rows in (("turns", turns), ("impressions", shown), ("reactions", reacted)):
        insert(connection, table, rows)
    return True
