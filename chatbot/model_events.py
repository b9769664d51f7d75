"""What became of trained models, a line each in the log: promoted, refused, forced, rolled back, and why."""

import sqlite3
from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from chatbot.consent import now
from chatbot.log_tables import FILE, prepare

EventName = Literal[
    "made", "promoted", "refused", "forced", "rolled back", "rolled back by itself", "not served", "auto"
]  # fmt: skip
EVENTS: tuple[EventName, ...] = get_args(EventName)


@dataclass(frozen=True)
class ModelEvent:
    """One line. `release` is empty where there was none; `why` a sentence."""

    at: str
    catalogue: str
    release: str
    event: EventName
    why: str


def note(home: Path, catalogue: str, release: str, event: EventName, why: str) -> ModelEvent:
    """Keep a line."""
    line = ModelEvent(now(), catalogue, release, event, why)
    home.mkdir(parents=True, exist_ok=True)
    with closing(_opened(home)) as connection, connection:
        connection.execute(
            "insert into model_events (at, catalogue, release, event, why)"
            " values (:at, :catalogue, :release, :event, :why)",
            vars(line),
        )
    return line


def events_of(home: Path, catalogue: str) -> list[ModelEvent]:
    """The lines about a catalogue's models, the first first; none where there is no log."""
    if not (home / FILE).is_file():
        return []
    with closing(_opened(home)) as connection:
        rows = connection.execute(
            "select at, catalogue, release, event, why from model_events"
            " where catalogue = ? order by id",
            (catalogue,),
        )
        return [ModelEvent(*row) for row in rows]


def gone_of(home: Path, visitors: Collection[str]) -> dict[str, str]:
    """Of these pseudonyms those who were erased or took their consent back, each with which of the two."""
    if not (home / FILE).is_file():
        return {}
    with closing(_opened(home)) as connection:
        rows = connection.execute("select visitor, why from gone order by why desc").fetchall()
    return {visitor: why for visitor, why in rows if visitor in visitors}


def _opened(home: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(home / FILE, timeout=10)
    prepare(connection)
    return connection
