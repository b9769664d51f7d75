"""Whose a conversation is: the site it belongs to, its signed-in visitor, and which token opens it.

A visitor who signs in is known by a pseudonym of the site and the name that its backend gave them; the
name itself is not kept. Tokens are counted: exchanging one moves the count, which refuses the one before.
"""

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass

from chatbot.consent import now, pseudonym


@dataclass(frozen=True)
class SiteSession:
    """The site of a conversation, empty for one of no site; its visitor's pseudonym, empty for one
    who did not sign in; and the count of the token that is good."""

    site: str = ""
    visitor: str = ""
    generation: int = 0


class SiteSessions:
    """The table `sessions` of the log, by the connection of each thread."""

    def __init__(self, connection: Callable[[], sqlite3.Connection]) -> None:
        self._connection = connection

    def of(self, conversation: str) -> SiteSession:
        """What is known of a conversation; nothing of one that belongs to no site."""
        row = (
            self._connection()
            .execute(
                "select site, visitor, generation from sessions where conversation = ?",
                (conversation,),
            )
            .fetchone()
        )
        return SiteSession(*row) if row else SiteSession()

    def keep(self, conversation: str, session: SiteSession) -> None:
        """Say whose a conversation is that begins."""
        with self._connection() as connection:
            connection.execute(
                "insert into sessions (conversation, site, visitor, generation, since) values (?, ?, ?, ?, ?)",
                (conversation, session.site, session.visitor, session.generation, now()),
            )

    def exchange(self, conversation: str, generation: int) -> int | None:
        """Count a token on from `generation`, and give the next count; None where another was
        quicker."""
        with self._connection() as connection:
            connection.execute(
                "insert into sessions (conversation, site, visitor, generation, since)"
                " values (?, '', '', 0, ?) on conflict do nothing",
                (conversation, now()),
            )
            done = connection.execute(
                "update sessions set generation = generation + 1 where conversation = ? and generation = ?",
                (conversation, generation),
            )
        return generation + 1 if done.rowcount else None

    def visitor(self, site: str, name: str) -> str:
        """The pseudonym of a visitor who signed in on a site."""
        with self._connection() as connection:
            return pseudonym(connection, f"{site}\0{name}")

    def latest(self, site: str, visitor: str) -> str | None:
        """The conversation of a signed-in visitor in which something happened last."""
        row = (
            self._connection()
            .execute(
                "select s.conversation from sessions s left join conversations c on c.id = s.conversation"
                " left join together t on t.id = s.conversation where s.visitor = ? and s.site = ?"
                " and coalesce(t.updated, c.updated) is not null"
                " order by coalesce(t.updated, c.updated) desc, s.rowid desc limit 1",
                (visitor, site),
            )
            .fetchone()
        )
        return str(row[0]) if row else None

    def use(self, identity: str, until: int) -> bool:
        """Whether a signed identity that may be shown once is shown for the first time; `until` is
        when it is too old anyway, in seconds since 1970."""
        with self._connection() as connection:
            connection.execute("delete from used where until < ?", (int(time.time()) - 60,))
            done = connection.execute(
                "insert into used (identity, until) values (?, ?) on conflict do nothing",
                (identity, until),
            )
        return done.rowcount == 1
