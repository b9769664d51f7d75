"""The conversation log in SQLite, the home of sqlite-utils for conversations.

A turn, what it showed and the conversation after it are written in one transaction, so a crash
loses a turn or nothing. Each thread has a connection of its own; WAL lets readers go on meanwhile.
"""

import json
import sqlite3
import threading
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import sqlite_utils
from pydantic import TypeAdapter

from chatbot import consent
from chatbot.consent import now
from chatbot.conversation import Conversation, Reaction
from chatbot.events import Finished, Understood
from chatbot.log_tables import FILE as FILE
from chatbot.log_tables import prepare
from chatbot.propensity import EXAMINATION, propensity
from chatbot.together import FinishedTogether, SharedTurn, Together
from retrieval.errors import UnknownConversation

_STATE: TypeAdapter[Conversation] = TypeAdapter(Conversation)
_TURNS: TypeAdapter[tuple[SharedTurn, ...]] = TypeAdapter(tuple[SharedTurn, ...])
_OF_ONE = ("turns", "impressions", "reactions")


class ConversationLog:
    """Conversations, turns, impressions and reactions, in one file.

    With `assumed`, what is said in conversations that begin here may be learned from until their
    visitors say no; without, not before they say yes.
    """

    def __init__(self, home: Path, assumed: bool = False) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self._path, self._assumed = home / FILE, assumed
        self._local = threading.local()
        db = self._db()
        db.enable_wal()
        prepare(db.conn)

    def _db(self) -> sqlite_utils.Database:
        if not hasattr(self._local, "db"):
            connection = sqlite3.connect(self._path, timeout=10)
            connection.execute("pragma synchronous = normal")
            connection.execute("pragma secure_delete = on")
            self._local.db = sqlite_utils.Database(connection)
        db: sqlite_utils.Database = self._local.db
        return db

    def save(self, conversation: Conversation) -> None:
        """Keep a new conversation, or an old one as it stands."""
        at = now()
        with self._db().conn as connection:
            known = "select 1 from conversations where id = ?"
            begins = connection.execute(known, (conversation.id,)).fetchone() is None
            connection.execute(
                "insert into conversations (id, catalogue, created, updated, state) values (?, ?, ?, ?, ?)"
                " on conflict (id) do update set updated = excluded.updated, state = excluded.state",
                (conversation.id, conversation.catalogue, at, at, _state(conversation)),
            )
            if begins and self._assumed:
                consent.give(connection, [conversation.id], "setting")

    def _update(self, conversation: Conversation) -> None:
        """Keep what a turn or a reaction made of a conversation, unless it was erased meanwhile."""
        done = self._db().conn.execute(
            "update conversations set updated = ?, state = ? where id = ?",
            (now(), _state(conversation), conversation.id),
        )
        if not done.rowcount:
            raise UnknownConversation(f"The conversation {conversation.id!r} has been deleted.")

    def load(self, id: str) -> Conversation:
        """The conversation with that id. Raises UnknownConversation."""
        rows = self._db().execute("select state from conversations where id = ?", (id,)).fetchall()
        if not rows:
            raise UnknownConversation(f"There is no conversation {id!r}; it may have been deleted.")
        return _STATE.validate_json(rows[0][0])

    def turn(self, understood: Understood, finished: Finished) -> None:
        """Keep a finished turn with all that it showed."""
        connection = self._db().conn
        with connection:
            self._turn(connection, understood, finished)

    def _turn(
        self, connection: sqlite3.Connection, understood: Understood, finished: Finished
    ) -> None:
        conversation = finished.conversation
        number, turn = len(conversation.turns), conversation.turns[-1]
        row = {
            "conversation": conversation.id,
            "turn": number,
            "at": now(),
            "utterance": turn.utterance,
            "reply": turn.reply,
            "action": turn.action,
            "acts": _json([asdict(act) for act in understood.acts]),
            "change": _json(asdict(understood.change)),
            "profile": _json(asdict(conversation.profile)),
            "question": _json(asdict(turn.question) if turn.question else None),
            "timings": _json(dict(finished.timings_ms)),
            "versions": _json(
                {**finished.versions, **({"propensity": EXAMINATION} if finished.cards else {})}
            ),
            "consent": _consent(connection, conversation.id),
            "moment": _json(dict(conversation.moment)) if conversation.moment else "",
        }
        shown = [
            {
                "conversation": conversation.id,
                "turn": number,
                "position": position,
                "item": card.item.id,
                "score": card.score,
                "parts": _json(dict(card.parts)),
                "reason": card.reason,
                "propensity": propensity(position),
            }
            for position, card in enumerate(finished.cards, 1)
        ]
        _insert(connection, "turns", [row])
        _insert(connection, "impressions", shown)
        self._update(conversation)

    def save_together(self, together: Together) -> None:
        """Keep a conversation over several catalogues, new or as it stands, with all its scenes."""
        for conversation in together.conversations:
            self.save(conversation)
        at = now()
        with self._db().conn as connection:
            connection.execute(
                "insert into together (id, catalogues, changed, created, updated, turns)"
                " values (?, ?, ?, ?, ?, ?) on conflict (id) do nothing",
                (together.id, _json(together.catalogues), "[]", at, at, "[]"),
            )
            self._update_together(connection, together)

    def _update_together(self, connection: sqlite3.Connection, together: Together) -> None:
        done = connection.execute(
            "update together set updated = ?, changed = ?, turns = ? where id = ?",
            (
                now(),
                _json(together.changed),
                _TURNS.dump_json(together.turns).decode(),
                together.id,
            ),
        )
        if not done.rowcount:
            raise UnknownConversation(f"The conversation {together.id!r} has been deleted.")

    def load_together(self, id: str) -> Together | None:
        """The conversation over several catalogues with that id, or None if it is not one."""
        rows = self._db().execute(
            "select catalogues, changed, turns from together where id = ?", (id,)
        )
        row = rows.fetchone()
        if row is None:
            return None
        catalogues, changed, turns = row
        return Together(
            id,
            tuple(self.load(f"{id}/{name}") for name in json.loads(catalogues)),
            _TURNS.validate_json(turns),
            tuple(json.loads(changed)),
        )

    def turn_together(self, finished: FinishedTogether) -> None:
        """Keep a turn of several scenes, all of it or nothing."""
        with self._db().conn as connection:
            for end in finished.scenes:
                self._turn(connection, end.understood, end.finished)
            self._update_together(connection, finished.together)

    def reaction(self, conversation: Conversation, item: str, reaction: Reaction) -> None:
        """Keep a reaction, and the conversation after it."""
        row = {
            "conversation": conversation.id,
            "turn": len(conversation.turns),
            "item": item,
            "reaction": reaction,
            "at": now(),
        }
        with self._db().conn as connection:
            row["consent"] = _consent(connection, conversation.id)
            _insert(connection, "reactions", [row])
            self._update(conversation)

    def visit(self, visitor: str, conversation: str) -> None:
        """Keep whose a conversation is; its id alone, without that of a scene."""
        row = {"visitor": visitor, "conversation": conversation, "since": now()}
        with self._db().conn as connection:
            _insert(connection, "visits", [row])

    def visited(self, visitor: str) -> str | None:
        """The conversation of a visitor in which something happened last, if there is one yet."""
        row = self._db().execute(
            "select v.conversation from visits v left join conversations c on c.id = v.conversation"
            " left join together t on t.id = v.conversation where v.visitor = ?"
            " order by coalesce(t.updated, c.updated) desc, v.rowid desc limit 1",
            (visitor,),
        )
        found = row.fetchone()
        return found[0] if found else None

    def reasons(self, id: str, turn: int) -> dict[str, str]:
        """The reason that stood on each card of a turn, by item; `id` may be that of a scene."""
        rows = self._db().execute(
            "select item, reason from impressions where conversation = ? and turn = ?", (id, turn)
        )
        return dict(rows.fetchall())

    def export(self, id: str) -> dict[str, Any]:
        """Everything kept of one conversation, of all its scenes. Raises UnknownConversation."""
        db = self._db()
        if (together := self.load_together(id)) is not None:
            return {
                "together": list(db.query("select * from together where id = ?", (id,))),
                "scenes": [self.export(c.id) for c in together.conversations],
                "visits": self._visits(id),
                "consents": list(db.query("select * from consents where conversation = ?", (id,))),
            }
        self.load(id)
        kept = {
            name: list(db.query(f"select * from {name} where conversation = ?", (id,)))
            for name in (*_OF_ONE, "consents")
        }
        return {
            "conversation": list(db.query("select * from conversations where id = ?", (id,))),
            **kept,
            "visits": self._visits(id),
        }

    def _visits(self, id: str) -> list[dict[str, Any]]:
        return list(self._db().query("select * from visits where conversation = ?", (id,)))

    def agree(self, id: str, training: bool, by: consent.By) -> None:
        """Let what is said from now on be learned from, or nothing of the conversation, whatever was
        agreed before; in all its scenes. Raises UnknownConversation."""
        with self._db().conn as connection:
            (consent.give if training else consent.withdraw)(connection, self._ids(id), by)

    def agreed(self, id: str) -> str:
        """Who agreed that what is said now may be learned from; empty if nobody did. Raises
        UnknownConversation."""
        return _consent(self._db().conn, self._ids(id)[0])

    def _ids(self, id: str) -> list[str]:
        """The conversation's own id, or those of its scenes. Raises UnknownConversation."""
        together = self.load_together(id)
        ids = [c.id for c in together.conversations] if together else [id]
        for each in ids:
            known = "select 1 from conversations where id = ?"
            if not self._db().conn.execute(known, (each,)).fetchone():
                raise UnknownConversation(f"There is no conversation {each!r}.")
        return ids

    def forget(self, id: str) -> str:
        """Erase everything kept of one conversation, from the files too. Raises UnknownConversation.

        Gives the pseudonym under which the visitor may stand in samples that were made before; it is
        kept, and empty where nobody had agreed to samples.
        """
        ids = self._ids(id)
        with self._db().conn as connection:
            visitor = consent.mark_gone(connection, ids, "forgotten")
            for each in ids:
                for name in _OF_ONE:
                    connection.execute(f"delete from {name} where conversation = ?", (each,))
                connection.execute("delete from conversations where id = ?", (each,))
            connection.execute("delete from together where id = ?", (id,))
            connection.execute("delete from visits where conversation = ?", (id,))
            connection.execute("delete from consents where conversation = ?", (id,))
        self._db().conn.execute("pragma wal_checkpoint(truncate)")
        return visitor

    def take_in(
        self,
        conversation: Conversation,
        source: str,
        reactions: Iterable[tuple[str, Reaction]] = (),
    ) -> bool:
        """Keep a whole conversation with another recommender, and what was said of its items in the
        end; all of it or nothing. It may be learned from, and nobody can go on with it.

        Gives False, and changes nothing, where it is there already or was erased.
        """
        at, id, agreed = now(), conversation.id, "import"
        turns = [
            {
                **{"conversation": id, "turn": number, "at": at, "consent": agreed},
                **{"utterance": turn.utterance, "reply": turn.reply, "action": turn.action},
                **{"acts": "[]", "change": "{}", "profile": "{}", "question": "null"},
                **{"timings": "{}", "versions": _json({"recommender": source})},
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
            | {"consent": agreed}
            for item, reaction in reactions
        ]
        with self._db().conn as connection:
            if consent.is_gone(connection, consent.pseudonym(connection, id)):
                return False
            done = connection.execute(
                "insert or ignore into conversations"
                " (id, catalogue, created, updated, state, source, consent) values (?, ?, ?, ?, ?, ?, ?)",
                (id, conversation.catalogue, at, at, _state(conversation), source, agreed),
            )
            if done.rowcount:
                for table, rows in (
                    ("turns", turns),
                    ("impressions", shown),
                    ("reactions", reacted),
                ):
                    _insert(connection, table, rows)
        return bool(done.rowcount)


def _insert(connection: sqlite3.Connection, table: str, rows: Iterable[dict[str, Any]]) -> None:
    for row in rows:
        names = ", ".join(row)
        places = ", ".join(f":{name}" for name in row)
        connection.execute(f"insert into {table} ({names}) values ({places})", row)


def _state(conversation: Conversation) -> str:
    return _STATE.dump_json(conversation).decode()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _consent(connection: sqlite3.Connection, id: str) -> str:
    row = connection.execute("select consent from conversations where id = ?", (id,)).fetchone()
    return str(row[0]) if row else ""
