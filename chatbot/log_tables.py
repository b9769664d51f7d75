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
    "model_events": {
        "id": "integer primary key",
        **dict.fromkeys(("at", "catalogue", "release", "event", "why"), "text"),
    },
    "meta": {"key": "text", "value": "blob"},
}
"""A conversation over several catalogues is a row of `together`; its scenes are conversations like any
other, called by its id, "/" and the catalogue's name. `visits` are the conversations of the page's visitors. `source` is empty for talk with ours; what was
imported is called by its source, "/" and the dialogue's own id, so that it cannot be asked for over
HTTP. `consents` is who agreed and who took it back, `gone` the pseudonyms of visitors who took it back or were
erased, by which a model that learned from them is found; `model_events` what became of trained models
(`chatbot/model_events.py`)."""
KEYS = {
    "conversations": "id",
    "turns": "conversation, turn",
    "impressions": "conversation, turn, position",
    "together": "id",
    "gone": "visitor, why",
    "visits": "visitor, conversation",
    "meta": "key",
}
INDEXES = ("create index if not exists reactions_of on reactions (conversation)",)


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
