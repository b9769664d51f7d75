"""The conversation log in SQLite, the home of sqlite-utils for conversations.

A turn, what it showed and the conversation after it are written in one transaction, so a crash
loses a turn or nothing. Each thread has a connection of its own; WAL lets readers go on meanwhile.
What tells who a visitor is (`chatbot/redaction.py`) is taken out of all texts on their way in here.
"""

import json
import sqlite3
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

import sqlite_utils
from pydantic import TypeAdapter

from chatbot import consent, erasure
from chatbot.acts import Act
from chatbot.consent import now
from chatbot.conversation import Conversation, Reaction
from chatbot.events import Finished, Understood
from chatbot.log_answers import Answer, keep_answer
from chatbot.log_rows import as_json as _json
from chatbot.log_rows import insert as _insert
from chatbot.log_tables import FILE as FILE
from chatbot.log_tables import prepare
from chatbot.profile import ProfileChange
from chatbot.propensity import EXAMINATION, propensity
from chatbot.redaction import redacted, redacted_json
from chatbot.taking_in import take_in
from chatbot.together import FinishedTogether, SharedTurn, Together
from retrieval.errors import UnknownConversation

T = TypeVar("T")
_STATE: TypeAdapter[Conversation] = TypeAdapter(Conversation)
_ACTS: TypeAdapter[tuple[Act, ...]] = TypeAdapter(tuple[Act, ...])
_CHANGE: TypeAdapter[ProfileChange] = TypeAdapter(ProfileChange)
_TURNS: TypeAdapter[tuple[SharedTurn, ...]] = TypeAdapter(tuple[SharedTurn, ...])


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

    def connection(self) -> sqlite3.Connection:
        """The connection of this thread."""
        return self._db().conn

    def save(self, conversation: Conversation, temporary: bool = False) -> None:
        """Keep a new conversation, or an old one as it stands. What begins as `temporary` is never learned
        from, and is erased when it is over."""
        at = now()
        with self._db().conn as connection:
            known = "select 1 from conversations where id = ?"
            begins = connection.execute(known, (conversation.id,)).fetchone() is None
            connection.execute(
                "insert into conversations (id, catalogue, created, updated, state, temporary)"
                " values (?, ?, ?, ?, ?, ?)"
                " on conflict (id) do update set updated = excluded.updated, state = excluded.state",
                (conversation.id, conversation.catalogue, at, at, _state(conversation), temporary),
            )
            if begins and self._assumed and not temporary:
                consent.give(connection, [conversation.id], "setting")

    def _update(self, id: str, state: dict[str, Any]) -> None:
        """Keep what a turn or a reaction made of a conversation, unless it was erased meanwhile."""
        done = self._db().conn.execute(
            "update conversations set updated = ?, state = ? where id = ?",
            (now(), _json(state), id),
        )
        if not done.rowcount:
            raise UnknownConversation(f"The conversation {id!r} has been deleted.")

    def load(self, id: str) -> Conversation:
        """The conversation with that id. Raises UnknownConversation."""
        rows = self._db().execute("select state from conversations where id = ?", (id,)).fetchall()
        if not rows:
            raise UnknownConversation(f"There is no conversation {id!r}; it may have been deleted.")
        return _STATE.validate_json(rows[0][0])

    def about(self, id: str) -> tuple[bool, tuple[str, ...]]:
        """Whether a conversation is one over several catalogues, and which it is about; none for an id that
        is not one."""
        connection = self._db().conn
        row = connection.execute("select catalogues from together where id = ?", (id,)).fetchone()
        if row is not None:
            return True, tuple(json.loads(row[0]))
        asked = "select catalogue from conversations where id = ?"
        return False, tuple(connection.execute(asked, (id,)).fetchone() or ())

    def turn(
        self, understood: Understood, finished: Finished, answer: Answer | None = None
    ) -> None:
        """Keep a finished turn with all that it showed, and its answer if it may be asked for again."""
        with self._db().conn as connection:
            self._turn(connection, understood, finished)
            keep_answer(connection, finished.conversation.id, answer)

    def _turn(
        self, connection: sqlite3.Connection, understood: Understood, finished: Finished
    ) -> None:
        conversation = finished.conversation
        number, turn = len(conversation.turns), conversation.turns[-1]
        state = _redacted(_STATE, conversation)
        row = {
            "conversation": conversation.id,
            "turn": number,
            "at": now(),
            "utterance": redacted(turn.utterance),
            "reply": redacted(turn.reply),
            "action": turn.action,
            "acts": _json(_redacted(_ACTS, understood.acts)),
            "change": _json(_redacted(_CHANGE, understood.change)),
            "profile": _json(state["profile"]),
            "question": _json(state["turns"][-1]["question"]),
            "timings": _json(dict(finished.timings_ms)),
            "versions": _json(
                {**finished.versions, **({"propensity": EXAMINATION} if finished.cards else {})}
            ),
            "consent": _consent(connection, conversation.id),
            "moment": _json({k: redacted(v) for k, v in conversation.moment.items()})
            if conversation.moment
            else "",
        }
        shown = [
            {
                "conversation": conversation.id,
                "turn": number,
                "position": position,
                "item": card.item.id,
                "score": card.score,
                "parts": _json(dict(card.parts)),
                "reason": redacted(card.reason),
                "propensity": propensity(position),
            }
            for position, card in enumerate(finished.cards, 1)
        ]
        _insert(connection, "turns", [row])
        _insert(connection, "impressions", shown)
        self._update(conversation.id, state)

    def save_together(self, together: Together, temporary: bool = False) -> None:
        """Keep a conversation over several catalogues, new or as it stands, with all its scenes."""
        for conversation in together.conversations:
            self.save(conversation, temporary)
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
                _json(_redacted(_TURNS, together.turns)),
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

    def turn_together(self, finished: FinishedTogether, answer: Answer | None = None) -> None:
        """Keep a turn of several scenes, all of it or nothing."""
        with self._db().conn as connection:
            keep_answer(connection, finished.together.id, answer)
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
            self._update(conversation.id, _redacted(_STATE, conversation))

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
                **self._rows(id),
            }
        self.load(id)
        told = list(db.query("select * from conversations where id = ?", (id,)))
        return {"conversation": told, **self._rows(id)}

    def _rows(self, id: str) -> dict[str, list[dict[str, Any]]]:
        asked = "select * from {} where conversation = ?"
        return {name: list(self._db().query(asked.format(name), (id,))) for name in erasure.OF_ONE}

    def agree(self, id: str, training: bool, by: consent.By) -> None:
        """Let what is said from now on be learned from, or nothing of the conversation, whatever was
        agreed before; in all its scenes. Raises UnknownConversation, and TastemakerError for a
        temporary conversation that is to be learned from."""
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
        kept, and empty where nobody had agreed to samples. Those are still to be seen to (`leaving`).
        """
        ids = self._ids(id)
        connection = self._db().conn
        with connection:
            visitor = consent.mark_gone(connection, ids, "forgotten")
            erasure.erase(connection, {id, *ids}, [visitor] if visitor else ())
        erasure.leave_the_journal(connection)
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
        with self._db().conn as connection:
            return take_in(connection, conversation, _state(conversation), source, reactions)


def _state(conversation: Conversation) -> str:
    return _json(_redacted(_STATE, conversation))


def _redacted(written: TypeAdapter[T], value: T) -> Any:
    """As JSON stores it, without what tells who a visitor is."""
    return redacted_json(written.dump_python(value, mode="json"))


def _consent(connection: sqlite3.Connection, id: str) -> str:
    row = connection.execute("select consent from conversations where id = ?", (id,)).fetchone()
    return str(row[0]) if row else ""
