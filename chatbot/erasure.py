"""Erasing conversations from the log's file, and finding those whose time is over.

Deleted rows are overwritten with zeros (`secure_delete`) and leave the write-ahead log with the next
checkpoint. When SQLite spreads rows over pages it may leave copies between them, which only VACUUM takes
away; it writes the whole file anew, so it is owed (`OWED` in the table `meta`) until `settle` has done it.
"""

import sqlite3
from collections.abc import Collection, Iterable
from datetime import datetime
from pathlib import Path

from chatbot import consent
from chatbot.log_tables import TABLES

OF_ONE = tuple(name for name, columns in TABLES.items() if "conversation" in columns)
"""The tables whose rows belong to a conversation, by its id or that of its scenes."""
OWED = "vacuum owed"
MINUTES_OF_A_TEMPORARY_ONE = 60
"""After the last word of a temporary conversation it is erased."""
WAIT_MS, TRIES = 500, 10
MANY = 400  # ids in one statement


def erase(
    connection: sqlite3.Connection, ids: Collection[str], visitors: Iterable[str] = ()
) -> None:
    """Delete all rows of conversations, given by their own ids and those of their scenes; note the
    pseudonyms of those visitors who are still to be taken out of samples."""
    every = sorted(ids)
    for start in range(0, len(every), MANY):
        some = every[start : start + MANY]
        places = ", ".join("?" * len(some))
        for name in OF_ONE:
            connection.execute(f"delete from {name} where conversation in ({places})", some)
        for name in ("conversations", "together"):
            connection.execute(f"delete from {name} where id in ({places})", some)
    connection.execute("insert or replace into meta values (?, x'01')", (OWED,))
    leaving = ((visitor,) for visitor in visitors)
    connection.executemany("insert or ignore into leaving values (?)", leaving)


def leave_the_journal(connection: sqlite3.Connection, tries: int = 1) -> bool:
    """Bring all that was written into the file and empty the write-ahead log; False where others read and
    write all the while. It waits for them, and they for it, so each try is short."""
    before = connection.execute("pragma busy_timeout").fetchone()[0]
    connection.execute(f"pragma busy_timeout = {WAIT_MS}")
    try:
        return any(
            not connection.execute("pragma wal_checkpoint(truncate)").fetchone()[0]
            for _ in range(tries)
        )
    finally:
        connection.execute(f"pragma busy_timeout = {before}")


def settle(connection: sqlite3.Connection) -> bool:
    """Write the file anew if something was erased from it since; whether nothing is owed any more.

    Others can read meanwhile, and wait to write: about a second for each 100 MB.
    """
    owed = connection.execute("select 1 from meta where key = ?", (OWED,)).fetchone()
    if not owed:
        return True
    try:
        connection.execute("vacuum")
    except sqlite3.OperationalError:  # somebody writes for longer than we wait
        return False
    if not leave_the_journal(connection, TRIES):
        return False
    with connection:
        connection.execute("delete from meta where key = ?", (OWED,))
    return True


def forget_idle(connection: sqlite3.Connection, before: datetime, temporary: bool = False) -> int:
    """Erase the conversations in which nothing has happened since then, all of ours or the temporary
    ones; says how many. Nobody asked for it, so no visitor is marked as gone."""
    with connection:
        connection.execute("begin immediate")  # nobody goes on with one meanwhile
        found = _idle_since(connection, before, temporary)
        visitors = [
            consent.pseudonym(connection, id)
            for id, scenes in found.items()
            if consent.may_be_in_samples(connection, scenes)
        ]
        if found:
            erase(connection, {each for id, own in found.items() for each in (id, *own)}, visitors)
    if found:
        leave_the_journal(connection)
    return len(found)


def _idle_since(
    connection: sqlite3.Connection, before: datetime, temporary: bool = False
) -> dict[str, list[str]]:
    """The conversations in which nothing has happened since then, each with its scenes (itself, where it
    has none): all of ours, or the temporary ones. Imported dialogues are none of them."""
    rows = connection.execute(
        "select id, updated, temporary from conversations where source = ''"
    ).fetchall()
    latest: dict[str, str] = {}
    scenes: dict[str, list[str]] = {}
    for id, updated, marked in rows:
        if marked or not temporary:
            whose = id.split("/")[0]
            latest[whose] = max(latest.get(whose, ""), updated)
            scenes.setdefault(whose, []).append(id)
    for id, updated in connection.execute("select id, updated from together").fetchall():
        if id in latest:
            latest[id] = max(latest[id], updated)
    limit = before.isoformat(timespec="milliseconds")
    return {id: scenes[id] for id, updated in latest.items() if updated < limit}


def leaving(connection: sqlite3.Connection) -> list[str]:
    """The pseudonyms of erased visitors who may still be in samples."""
    rows = connection.execute("select visitor from leaving order by visitor").fetchall()
    return [visitor for (visitor,) in rows]


def left(connection: sqlite3.Connection, visitors: Iterable[str]) -> None:
    """They are in no samples any more."""
    with connection:
        gone = ((visitor,) for visitor in visitors)
        connection.executemany("delete from leaving where visitor = ?", gone)


def note_samples(connection: sqlite3.Connection, path: Path) -> None:
    """Remember where samples were written, to find them when a visitor is erased."""
    with connection:
        row = (str(path.resolve()), consent.now())
        connection.execute("insert or replace into samples_files values (?, ?)", row)


def samples_files(connection: sqlite3.Connection) -> list[Path]:
    """Where samples were written."""
    return [Path(path) for (path,) in connection.execute("select path from samples_files")]


def in_samples_as(connection: sqlite3.Connection, id: str) -> str:
    """What a visitor is called in samples; empty for one who cannot be in any."""
    asked = (
        "select id from conversations where id = :id"
        " or source = '' and substr(id, 1, length(:id) + 1) = :id || '/'"
    )
    scenes = [each for (each,) in connection.execute(asked, {"id": id})]
    with connection:
        agreed = consent.may_be_in_samples(connection, scenes)
        return consent.pseudonym(connection, consent.whose(connection, id)) if agreed else ""


def of_visitor(connection: sqlite3.Connection, visitor: str) -> list[str]:
    """The conversations of one of the page's visitors, the first first."""
    asked = "select conversation from visits where visitor = ? order by since, rowid"
    return [id for (id,) in connection.execute(asked, (visitor,)).fetchall()]
