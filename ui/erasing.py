"""Erasing visitors in every store, and what is done for it while a server runs."""

import logging
import sqlite3
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from chatbot import erasure
from chatbot.erasure import MINUTES_OF_A_TEMPORARY_ONE
from chatbot.log import FILE, ConversationLog
from finetune.erasing import erase_from_samples, files_with, samples_below
from finetune.releases import names_with, releases_with
from retrieval.encoder import Progress
from retrieval.errors import TastemakerError, UnknownConversation

log_lines = logging.getLogger(__name__)
EVERY_S = 60.0
"""How often temporary conversations are looked at."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LARGE = 200_000_000
"""Bytes of a log from which on it is written anew once a day at most, and once an hour below."""


def conversations_of(log: ConversationLog, id: str) -> list[str]:
    """The conversations that an id means: its own, or all of one of the page's visitors. Raises
    UnknownConversation."""
    try:
        log.agreed(id)
        return [id]
    except UnknownConversation:
        if found := erasure.of_visitor(log.connection(), id):
            return found
        raise


def export_of(home: Path, log: ConversationLog, id: str) -> dict[str, Any]:
    """Everything kept of one conversation, and where else its visitor stands. Raises UnknownConversation."""
    told, visitor = log.export(id), erasure.in_samples_as(log.connection(), id)
    where = [*samples_below(home), *erasure.samples_files(log.connection())]
    files = files_with(where, [visitor]) if visitor else []
    made = names_with(home, visitor) if visitor else []
    return {
        **told,
        "pseudonym": visitor or None,
        "samples": [str(f) for f in files],
        "releases": made,
    }


def forget(
    home: Path, log: ConversationLog, ids: Sequence[str], elsewhere: bool = False
) -> list[str]:
    """Erase everything kept of some conversations, everywhere in the home, and `elsewhere` also in samples
    that were written to other places; says what else there is to know."""
    told = []
    for id in ids:
        if visitor := log.forget(id):
            told.append(f"In samples that were made before, this visitor is {visitor}.")
            told += releases_with(home, visitor)
    return told + finish(home, log, elsewhere)


def finish(home: Path, log: ConversationLog, elsewhere: bool = False) -> list[str]:
    """See to what erased visitors leave behind: their samples, and traces in the log's file."""
    leaving = erasure.leaving(log.connection())
    told = [
        f"Their samples are taken out of {path}." for path in leave_samples(home, log, elsewhere)
    ]
    there = erasure.samples_files(log.connection()) if leaving and not elsewhere else []
    told += [
        f"They are also in {path}, which is not in the home: delete it, or say --elsewhere."
        for path in files_with(there, leaving)
    ]
    if not erasure.settle(log.connection()):
        told.append(
            "The log is in use for longer than we wait: the last traces leave its file when a server does its "
            "daily work, or with `tastemaker visitors retain`."
        )
    return told


def leave_samples(home: Path, log: ConversationLog, elsewhere: bool = False) -> list[Path]:
    """Take erased visitors out of samples that were written before; gives the files."""
    if not (leaving := erasure.leaving(log.connection())):
        return []
    there = erasure.samples_files(log.connection()) if elsewhere else []
    files = erase_from_samples([*samples_below(home), *there], leaving)
    erasure.left(log.connection(), leaving)
    return files


def retain(
    home: Path, log: ConversationLog, days: int, progress: Progress | None = None
) -> tuple[int, list[str]]:
    """Erase the conversations in which nothing happened for so many days (0: none of them), and temporary
    ones whose time is over; how many, and what else there is to know."""
    report = progress or (lambda _what, _done, _whole: None)
    report("Erasing what is old", 0, 3)
    count = erasure.forget_idle(
        log.connection(), _ago(minutes=MINUTES_OF_A_TEMPORARY_ONE), temporary=True
    )
    report("Erasing what is old", 1, 3)
    if days:
        count += erasure.forget_idle(log.connection(), _ago(days=days))
    report("Erasing what is old", 2, 3)
    told = finish(home, log)
    report("Erasing what is old", 3, 3)
    return count, told


def _ago(minutes: float = 0, days: int = 0) -> datetime:
    return datetime.now(UTC) - timedelta(minutes=minutes, days=days)


class Housekeeping:
    """What a server does for its visitors' privacy beside serving: at once, then every minute for
    temporary conversations and for what was erased meanwhile, and every day for what is too old."""

    def __init__(
        self, home: Path, log: ConversationLog, days: int, every_s: float = EVERY_S
    ) -> None:
        self._home, self._log, self._days, self._every = home, log, days, every_s
        self._stop, self._settled = threading.Event(), datetime.min.replace(tzinfo=UTC)
        self._thread = threading.Thread(target=self._run, name="housekeeping", daemon=True)

    def __enter__(self) -> "Housekeeping":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        daily = datetime.now(UTC)
        while True:
            try:
                if datetime.now(UTC) >= daily:
                    retain(self._home, self._log, self._days)
                    daily += DAY
                else:
                    self._often()
            except (TastemakerError, OSError, sqlite3.Error) as error:
                log_lines.warning(
                    "What is old could not be erased, and will be tried again: %s", error
                )
            if self._stop.wait(self._every):
                return

    def _often(self) -> None:
        erasure.forget_idle(
            self._log.connection(), _ago(minutes=MINUTES_OF_A_TEMPORARY_ONE), temporary=True
        )
        leave_samples(self._home, self._log)
        small = (self._home / FILE).stat().st_size < LARGE
        if small and datetime.now(UTC) - self._settled > HOUR:
            self._settled = datetime.now(UTC)
            erasure.settle(self._log.connection())
