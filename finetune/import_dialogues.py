"""Dialogues of others -> our log, as conversations of a source of their own.

From there they go the way of our own talk: one path from talk to training. A turn is what the seeker said and
what the recommender answered; what the recommender named is the list of that turn, in the order of
naming and with no propensity, for nobody looked through it. What the seeker said of an item
afterwards is a reaction after the last turn.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from chatbot.conversation import Action, Conversation, Reaction, Turn
from chatbot.log import ConversationLog
from finetune.dialogues import Dialogue, read_dialogues
from retrieval.encoder import Progress
from retrieval.errors import TastemakerError


@dataclass(frozen=True)
class Imported:
    """What came of a file: dialogues that are in the log now and were not before, those left alone
    because they were there or were erased once, turns added, and items that the catalogue lacks."""

    added: int
    there: int
    turns: int
    unknown: int


def import_dialogues(
    log: ConversationLog,
    path: Path,
    catalogue: str,
    known: Collection[str],
    source: str,
    progress: Progress | None = None,
) -> Imported:
    """Take the dialogues of a file into the log, each whole or not at all; again, nothing changes.

    Items that are not `known` are left out. Raises TastemakerError, with nothing changed, for a file
    that cannot be read to its end or that names no item of the catalogue.
    """
    try:
        dialogues = list(read_dialogues(path))
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise TastemakerError(f"{path} cannot be read: {error}. Nothing was imported.") from error
    named = {item for dialogue in dialogues for turn in dialogue.turns for item in turn.items}
    if not dialogues or not named & set(known):
        raise TastemakerError(
            f"{path} names no item of the catalogue {catalogue!r}, so nothing was imported. Items are named by "
            'the catalogue\'s own ids: {"id", "turns": [{"role", "text", "items": [ids]}]}.'
        )
    added = turns = 0
    for done, dialogue in enumerate(dialogues, 1):
        conversation = as_conversation(dialogue, catalogue, source, known)
        if log.take_in(conversation, source, list(_reactions(dialogue, known))):
            added += 1
            turns += len(conversation.turns)
        if progress:
            progress("importing", done, len(dialogues))
    return Imported(added, len(dialogues) - added, turns, len(named - set(known)))


def as_conversation(
    dialogue: Dialogue, catalogue: str, source: str, known: Collection[str]
) -> Conversation:
    """A dialogue as turns of ours; what the seeker named is what a turn is about."""
    turns: list[Turn] = []
    for said in dialogue.turns:
        items = tuple(dict.fromkeys(item for item in said.items if item in known))
        if said.role == "user":
            turns.append(Turn(said.text, "", "talk", about=items))
            continue
        if not turns or turns[-1].reply or turns[-1].shown:
            turns.append(Turn("", "", "talk"))
        action: Action = "recommend" if items else "talk"
        turns[-1] = replace(turns[-1], reply=said.text, action=action, shown=items)
    return Conversation(f"{source}/{dialogue.id}", catalogue, tuple(turns))


def _reactions(dialogue: Dialogue, known: Collection[str]) -> Iterator[tuple[str, Reaction]]:
    for item, answer in dialogue.feedback.items():
        if item not in known:
            continue
        if answer.seen == 1:
            yield item, "seen"
        if answer.liked in (0, 1):
            yield item, "like" if answer.liked else "dislike"
