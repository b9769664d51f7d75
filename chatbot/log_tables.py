"""The tables of the conversation log, and what an older log lacks of them.

`consent` says who agreed that something may be learned from ("visitor", "owner", "setting", "import");
empty, nobody did. A conversation's is what stands now, a turn's and a reaction's what stood when it
came; taking consent back empties all of them.
"""

import sqlite3
from collections.abc import Mapping

FILE = "log.db"
TEXT = "text not null default ''"
TABLES: Mapping[str, Mapping[str, str]] = {
    "conversations": {
        **dict.fromkeys(("id", "catalogue", "created", "updated", "state"), "text"),
        "source": TEXT,
        "consent": TEXT,
        "temporary": "integer not null default 0",
    },
    "turns": {
        "conversation": "text",
        "turn": "integer",
        **dict.fromkeys(("at", "utterance", "reply", "action", "acts", "change"), "text"),
        **dict.fromkeys(("profile", "question", "timings", "versions"), "text"),
        "consent": TEXT,
        "moment": TEXT,
    },
    "impressions": {
        "conversation": "text",
        "turn": "integer",
        "position": "integer",
        "item": "text",
        "score": "float",
        "parts": "text",
        "reason": "text",
        "propensity": "float",
    },
    "reactions": {
        "id": "integer primary key",
        "conversation": "text",
        "turn": "integer",
        **dict.fromkeys(("item", "reaction", "at"), "text"),
        "consent": TEXT,
    },
    "together": dict.fromkeys(
        ("id", "catalogues", "changed", "created", "updated", "turns"), "text"
    ),
    "consents": {
        "id": "integer primary key",
        "conversation": "text",
        "given": "integer",
        "who": "text",
        "at": "text",
    },
    "gone": dict.fromkeys(("visitor", "why", "at"), "text"),
    "visits": dict.fromkeys(("visitor", "conversation", "since"), "text"),
    "sessions": {
        **dict.fromkeys(("conversation", "site", "visitor"), "text"),
        "generation": "integer",
        "since": "text",
    },
    "answers": {
        **dict.fromkeys(("conversation", "turn_id", "answer"), "text"),
        "events": "integer",
        "at": "text",
    },
    "used": {"identity": "text", "until": "integer"},
    "model_events": {
        "id": "integer primary key",
        **dict.fromkeys(("at", "catalogue", "release", "event", "why"), "text"),
    },
    "meta": {"key": "text", "value": "blob"},
    "samples_files": dict.fromkeys(("path", "at"), "text"),
    "leaving": {"visitor": "text"},
}
"""A conversation over several catalogues is a row of `together`; its scenes are conversations like any
other, called by its id, "/" and the catalogue's name. `visits` are the conversations of the page's visitors. `source` is empty for talk with ours; what was
imported is called by its source, "/" and the dialogue's own id, so that it cannot be asked for over
HTTP. `consents` is who agreed and who took it back, `gone` the pseudonyms of visitors who took it back or were
erased, by which a model that learned from them is found; `model_events` what became of trained models
(`chatbot/model_events.py`). `sessions` says which site a conversation belongs to, by which pseudonym its
visitor is known there, and which of its tokens is good (`chatbot/site_sessions.py`); `answers` are whole
turns by the ids that clients gave them (`chatbot/log_answers.py`); `used` are signed identities that may not
be shown again; `samples_files` where samples were written, `leaving` the pseudonyms
of visitors who are still to be taken out of them. What is `temporary` is never
learned from, and erased when it is over (`chatbot/erasure.py`)."""
KEYS = {
    "conversations": "id",
    "turns": "conversation, turn",
    "impressions": "conversation, turn, position",
    "together": "id",
    "gone": "visitor, why",
    "visits": "visitor, conversation",
    "sessions": "conversation",
    "answers": "conversation, turn_id",
    "used": "identity",
    "meta": "key",
    "samples_files": "path",
    "leaving": "visitor",
}
INDEXES = (
    "create index if not exists reactions_of on reactions (conversation)",
    "create index if not exists sessions_of on sessions (visitor)",
)


def prepare(connection: sqlite3.Connection) -> None:
    """Make the tables, and add to those of an older log the columns that they lack."""
    if not any(_lacking(connection, name) for name in TABLES):
        return
    with connection:
        connection.execute("begin immediate")  # another process may be doing the same
        for name, columns in TABLES.items():
            lacking = _lacking(connection, name)
            if len(lacking) == len(columns):
                told = [f"{column} {kind}" for column, kind in columns.items()]
                told += [f"primary key ({KEYS[name]})"] if name in KEYS else []
                connection.execute(f"create table {name} ({', '.join(told)})")
                continue
            for column in lacking:
                connection.execute(f"alter table {name} add column {column} {columns[column]}")
        for index in INDEXES:
            connection.execute(index)


def _lacking(connection: sqlite3.Connection, table: str) -> list[str]:
    there = {row[1] for row in connection.execute(f"pragma table_info({table})")}
    return [column for column in TABLES[table] if column not in there]
