"""Whole answers by the id that a client gave to its turn: sent again, the same id adds no turn."""

import json
import sqlite3
from dataclasses import dataclass

from chatbot.consent import now
from chatbot.log_rows import as_json
from chatbot.redaction import redacted_json


@dataclass(frozen=True)
class Answer:
    """What a turn was answered with, as JSON, and in how many events it was told."""

    turn_id: str
    json: str
    events: int


def keep_answer(connection: sqlite3.Connection, conversation: str, answer: Answer | None) -> None:
    """Keep an answer, without what tells who its visitor is, in the transaction that keeps its turn. Raises sqlite3.IntegrityError, and so
    undoes the turn, where another process was first with the same id."""
    if answer is not None:
        connection.execute(
            "insert into answers (conversation, turn_id, answer, events, at) values (?, ?, ?, ?, ?)",
            (conversation, answer.turn_id, _without_names(answer.json), answer.events, now()),
        )


def find_answer(connection: sqlite3.Connection, conversation: str, turn_id: str) -> Answer | None:
    """The answer to the turn of that id, or None."""
    row = connection.execute(
        "select answer, events from answers where conversation = ? and turn_id = ?",
        (conversation, turn_id),
    ).fetchone()
    return Answer(turn_id, *row) if row else None


def _without_names(told: str) -> str:
    return as_json(redacted_json(json.loads(told)))
