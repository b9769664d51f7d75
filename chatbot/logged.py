"""What the log holds, read back as values: for learning, and for nothing that talks.

What tells who somebody is, is taken out once more here: a log of before may hold it.
All conversations are read in one transaction, so that a server that goes on writing changes nothing of what
is seen. A visitor is given by pseudonym only.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from chatbot.consent import pseudonym, visitor_of
from chatbot.conversation import Conversation, Turn
from chatbot.log_tables import FILE, prepare
from chatbot.profile import SIMILAR
from chatbot.redaction import redacted
from retrieval.errors import TastemakerError

_STATE: TypeAdapter[Conversation] = TypeAdapter(Conversation)


@dataclass(frozen=True)
class Opinions:
    """What a profile holds of items."""

    liked: frozenset[str] = frozenset()
    disliked: frozenset[str] = frozenset()
    seen: frozenset[str] = frozenset()


@dataclass(frozen=True)
class LoggedItem:
    """An item that was shown: at which place, from 1, and how likely that place was looked at, if
    anything is known of that."""

    id: str
    position: int
    propensity: float | None


@dataclass(frozen=True)
class LoggedTurn:
    """One turn. `named` are the items that were spoken of in it, by the visitor or in the answer;
    `opinions` those of the profile after it; `consent` who agreed that it may be learned from."""

    number: int
    at: str
    utterance: str
    reply: str
    acts: tuple[str, ...]
    by_hand: bool
    restart: bool
    named: tuple[str, ...]
    shown: tuple[LoggedItem, ...]
    opinions: Opinions
    versions: dict[str, Any]
    consent: str
    moment: dict[str, str] = field(default_factory=dict)
    """When and where it was, if the site said so."""


@dataclass(frozen=True)
class LoggedReaction:
    """A button, or what another site's page told: after which turn, to which item."""

    turn: int
    item: str
    reaction: str
    at: str
    consent: str


@dataclass(frozen=True)
class LoggedConversation:
    """One conversation about one catalogue, whole. `source` is empty for talk with ours; `scene` is
    the catalogue if it is part of a conversation over several."""

    name: str
    """What it may be called outside: its visitor's pseudonym, or its source and id if imported."""
    visitor: str
    catalogue: str
    source: str
    scene: str
    turns: tuple[LoggedTurn, ...]
    reactions: tuple[LoggedReaction, ...]
    opinions: Opinions
    """As they stand now, after all that was changed by hand since the last turn."""


def read_log(home: Path) -> Iterator[LoggedConversation]:
    """Every conversation of the log, in the order in which they began. Raises TastemakerError where
    there is no log."""
    path = home / FILE
    if not path.is_file():
        raise TastemakerError(
            f"There is no log in {str(home)!r} yet: conversations come into it with `tastemaker serve` and "
            "`tastemaker chat`, those of others with `tastemaker finetune import`."
        )
    try:
        with closing(sqlite3.connect(path, timeout=10)) as connection:
            prepare(connection)
            connection.row_factory = sqlite3.Row
            pseudonym(connection, "")  # makes the key, if this log has none yet
            connection.commit()
            connection.execute("begin")
            asked = "select * from conversations where not temporary order by created, id"
            kept = connection.execute(asked)
            for row in kept.fetchall():
                yield _conversation(connection, row)
    except sqlite3.DatabaseError as error:
        raise TastemakerError(f"The log {str(path)!r} cannot be read: {error}.") from error


def _conversation(connection: sqlite3.Connection, row: sqlite3.Row) -> LoggedConversation:
    id, source = row["id"], row["source"]
    visitor = pseudonym(connection, visitor_of(id, source))
    scene = row["catalogue"] if "/" in id and not source else ""
    state = _STATE.validate_json(row["state"])
    shown: dict[int, list[LoggedItem]] = {}
    asked = "select * from impressions where conversation = ? order by turn, position"
    for item in connection.execute(asked, (id,)):
        shown.setdefault(item["turn"], []).append(
            LoggedItem(item["item"], item["position"], item["propensity"])
        )
    asked = "select * from turns where conversation = ? order by turn"
    turns = tuple(
        _turn(turn, state.turns, tuple(shown.get(turn["turn"], ())))
        for turn in connection.execute(asked, (id,))
    )
    asked = "select * from reactions where conversation = ? order by id"
    reactions = tuple(
        LoggedReaction(r["turn"], r["item"], r["reaction"], r["at"], r["consent"])
        for r in connection.execute(asked, (id,))
    )
    own = f"{visitor}/{scene}" if scene else visitor
    return LoggedConversation(
        id if source else own,
        visitor,
        row["catalogue"],
        source,
        scene,
        turns,
        reactions,
        _opinions(vars(state.profile)),
    )


def _turn(row: sqlite3.Row, turns: tuple[Turn, ...], shown: tuple[LoggedItem, ...]) -> LoggedTurn:
    change, versions = json.loads(row["change"]), json.loads(row["versions"])
    about = turns[row["turn"] - 1].about if row["turn"] <= len(turns) else ()
    like = [w["value"] for w in change.get("wants", ()) if w["facet"] == SIMILAR]
    return LoggedTurn(
        row["turn"],
        row["at"],
        redacted(row["utterance"]),
        redacted(row["reply"]),
        tuple(act["act"] for act in json.loads(row["acts"])),
        versions.get("understood_by") == "hand",
        bool(change.get("restart")),
        tuple(dict.fromkeys((*about, *like))),
        shown,
        _opinions(json.loads(row["profile"])),
        versions,
        row["consent"],
        json.loads(row["moment"] or "{}"),
    )


def _opinions(profile: dict[str, Any]) -> Opinions:
    return Opinions(*(frozenset(profile.get(part, ())) for part in ("liked", "disliked", "seen")))
