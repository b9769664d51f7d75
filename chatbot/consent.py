"""Whether what a visitor said may be learned from, and what is left of one who says no.

Nothing is learned from without consent. Given, it holds for what is said and done from then on, never for
what came before; taken back, it is taken back for all that was said. A visitor is known by a pseudonym:
a hash of the conversation's id with a key that never leaves the log.
"""

import secrets
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

from retrieval.errors import TastemakerError
from retrieval.interaction_store import hashed

By = Literal["visitor", "owner", "setting", "import"]
Why = Literal["withdrawn", "forgotten"]


def visitor_of(conversation: str, source: str = "") -> str:
    """Whose conversation it is: the scenes of one conversation have one visitor. As long as nobody
    signs in, a visitor is a conversation."""
    return conversation if source else conversation.split("/")[0]


def whose(connection: sqlite3.Connection, id: str) -> str:
    """The visitor of a conversation or of a scene of one."""
    row = connection.execute("select source from conversations where id = ?", (id,)).fetchone()
    return visitor_of(id, row[0] if row else "")


def give(connection: sqlite3.Connection, ids: Sequence[str], by: By) -> None:
    """Let what is said in these conversations from now on be learned from. Raises TastemakerError for
    a temporary one."""
    for id in ids:
        temporary = "select 1 from conversations where id = ? and temporary"
        if connection.execute(temporary, (id,)).fetchone():
            raise TastemakerError("A temporary conversation is never learned from; begin another.")
        connection.execute("update conversations set consent = ? where id = ?", (by, id))
    _note(connection, ids[0], True, by)


def withdraw(connection: sqlite3.Connection, ids: Sequence[str], by: By) -> None:
    """Let nothing of these conversations be learned from, whatever was agreed before."""
    mark_gone(connection, ids, "withdrawn")
    for id in ids:
        connection.execute("update conversations set consent = '' where id = ?", (id,))
        for table in ("turns", "reactions"):
            connection.execute(f"update {table} set consent = '' where conversation = ?", (id,))
    _note(connection, ids[0], False, by)


def mark_gone(connection: sqlite3.Connection, ids: Sequence[str], why: Why) -> str:
    """Keep the pseudonym of a visitor who may be in samples that were made, and give it; empty for
    one who cannot be in any, of whom nothing is kept."""
    if not may_be_in_samples(connection, ids):
        return ""
    visitor = pseudonym(connection, whose(connection, ids[0]))
    connection.execute(
        "insert into gone (visitor, why, at) values (?, ?, ?) on conflict do nothing",
        (visitor, why, now()),
    )
    return visitor


def may_be_in_samples(connection: sqlite3.Connection, ids: Sequence[str]) -> bool:
    """Whether anything of these conversations could ever be learned from."""
    return any(
        connection.execute(
            "select 1 from conversations where id = ? and consent != '' union"
            " select 1 from consents where conversation = ? and given",
            (id, whose(connection, id)),
        ).fetchone()
        for id in ids
    )


def is_gone(connection: sqlite3.Connection, visitor: str) -> bool:
    """Whether the visitor was erased."""
    found = connection.execute(
        "select 1 from gone where visitor = ? and why = 'forgotten'", (visitor,)
    )
    return found.fetchone() is not None


def pseudonym(connection: sqlite3.Connection, visitor: str) -> str:
    """What a visitor is called in samples: keyed BLAKE2b, 32 hexadecimal digits."""
    return hashed(visitor, salt(connection)).hex()


def salt(connection: sqlite3.Connection) -> bytes:
    """The key of the pseudonyms, made when first asked for."""
    asked = "select value from meta where key = 'salt'"
    if (row := connection.execute(asked).fetchone()) is None:
        connection.execute(
            "insert or ignore into meta values ('salt', ?)", (secrets.token_bytes(32),)
        )
        row = connection.execute(asked).fetchone()
    found: bytes = row[0]
    return found


def now() -> str:
    """The time, as the log writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _note(connection: sqlite3.Connection, id: str, given: bool, by: By) -> None:
    connection.execute(
        "insert into consents (conversation, given, who, at) values (?, ?, ?, ?)",
        (whose(connection, id), given, by, now()),
    )
