"""Turns of conversations, made: read from the log, answered, written back.

Nothing is locked here: who calls sees to it that the turns of one conversation come one after the other.
"""

import sqlite3
from collections.abc import Collection, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace

from chatbot.conversation import Conversation
from chatbot.edits import ByHand
from chatbot.events import Event, Finished, Understood
from chatbot.guesses import Guess, guesses_of
from chatbot.log import ConversationLog
from chatbot.log_answers import Answer, find_answer
from chatbot.profile import ProfileChange
from chatbot.respond import respond
from chatbot.together import FinishedTogether, Together, respond_together
from retrieval.errors import CatalogueError, UnknownConversation
from ui.house import House
from ui.telling import TogetherEvent, Told, told, told_together


@dataclass(frozen=True)
class Asked:
    """A turn that a visitor asks for. Data alone, so that another process can make it."""

    id: str
    utterance: str
    by_hand: ProfileChange | ByHand | None = None
    scene: str = ""
    """The catalogue that is meant, where that is known."""
    moment: Mapping[str, str] | None = None
    """When and where the visitor is, from now on."""
    page: str | None = None
    """The item whose page they look at, empty for none; None where the site does not say."""
    several: bool = False
    """Whether the conversation is one over several catalogues."""
    turn_id: str = ""
    """The client's own name of the turn, by which its answer can be asked for again; empty for none."""
    told: bool = False
    """Whether the turn is wanted as the API tells it, as JSON."""


class Answering:
    """Makes turns with what one house has open."""

    def __init__(self, house: House, log: ConversationLog) -> None:
        self._house, self._log = house, log

    def turn(self, asked: Asked) -> list[Event] | list[TogetherEvent] | list[Told] | list[Answer]:
        """One turn, whole and in the log before it is handed out: its events, or the one Told; where its
        `turn_id` was answered before, that answer alone. Raises ProfileError for a `by_hand` that names what is not there,
        UnknownConversation and CatalogueError."""
        if kept := self._kept_answer(asked):
            return [kept]
        try:
            return self._of_several(asked) if asked.several else self._of_one(asked)
        except sqlite3.IntegrityError:  # another server of this home was first with this id
            if kept := self._kept_answer(asked):
                return [kept]
            raise

    def _kept_answer(self, asked: Asked) -> Answer | None:
        if not asked.turn_id:
            return None
        return find_answer(self._log.connection(), asked.id, asked.turn_id)

    def _of_one(self, asked: Asked) -> list[Event] | list[Told]:
        before = self.kept(asked.id)
        with self._house.use(before.catalogue) as parts:
            before = _where(before.only_with(parts.lexicon.items), asked, parts.lexicon.items)
            by_hand = asked.by_hand
            if isinstance(by_hand, ByHand):
                by_hand = by_hand.on(before, parts.retriever, len(before.turns) + 1)
            events = list(respond(before, asked.utterance, parts, by_hand))
            understood = next(e for e in events if isinstance(e, Understood))
            finished = events[-1]
            assert isinstance(finished, Finished)
            whole = told(events) if asked.told or asked.turn_id else None
            self._log.turn(understood, finished, _answer(asked, whole))
        return [whole] if whole and asked.told else events

    def _of_several(self, asked: Asked) -> list[TogetherEvent] | list[Told]:
        before, by_hand = self.read(asked.id), asked.by_hand
        now = (
            _where(c, asked, self._house.parts(c.catalogue).lexicon.items)
            for c in before.conversations
        )
        before = replace(before, conversations=tuple(now))
        if asked.scene or by_hand is not None:
            here = scene_of(before, asked.scene)
            if isinstance(by_hand, ByHand):
                retriever = self._house.parts(asked.scene).retriever
                by_hand = by_hand.on(here, retriever, len(here.turns) + 1)
        with ExitStack() as held:
            parts = {n: held.enter_context(self._house.use(n)) for n in before.catalogues}
            words = self._house.words
            events = list(
                respond_together(before, asked.utterance, parts, words, by_hand, asked.scene)
            )
        finished = events[-1]
        assert isinstance(finished, FinishedTogether)
        whole = None
        if asked.told or asked.turn_id:
            whole = told_together(events, self.guesses(finished.together))
        self._log.turn_together(finished, _answer(asked, whole))
        return [whole] if whole and asked.told else events

    def guesses(self, together: Together) -> dict[str, tuple[Guess, ...]]:
        """What is guessed of a visitor's taste in each scene."""
        return {
            c.catalogue: guesses_of(c.profile, self._house.parts(c.catalogue).retriever)
            for c in together.conversations
        }

    def kept(self, id: str) -> Conversation:
        """The conversation about one catalogue as it was left. Raises UnknownConversation, also for one
        about a catalogue that is not served."""
        if "/" in id:
            raise UnknownConversation(f"There is no conversation {id!r}; it may have been deleted.")
        found = self._log.load(id)
        self._served(id, found.catalogue)
        return found

    def is_several(self, id: str) -> bool:
        """Whether a conversation is about several catalogues; nothing else of it is read. Raises
        UnknownConversation, as `kept` and `read` do."""
        several, catalogues = self._log.about(id)
        if "/" in id or not catalogues:
            raise UnknownConversation(f"There is no conversation {id!r}; it may have been deleted.")
        self._served(id, *catalogues)
        return several

    def _served(self, id: str, *catalogues: str) -> None:
        missing = [name for name in catalogues if name not in self._house.names]
        if missing:
            also = "also " if len(catalogues) > 1 else ""
            raise UnknownConversation(
                f"The conversation {id!r} is {also}about {missing[0]!r}; "
                f"this server is about {', '.join(map(repr, self._house.names))}."
            )

    def find(self, id: str) -> Together | None:
        """The conversation over several catalogues as it stands, or None if the id is not one of such.

        Raises UnknownConversation where a catalogue of it is not served here.
        """
        found = self._log.load_together(id)
        if found is None:
            return None
        self._served(id, *found.catalogues)
        return replace(
            found,
            conversations=tuple(
                c.only_with(self._house.parts(c.catalogue).lexicon.items)
                for c in found.conversations
            ),
        )

    def read(self, id: str) -> Together:
        """The same. Raises UnknownConversation for an id that is not one."""
        found = self.find(id)
        if found is None:
            raise UnknownConversation(f"There is no conversation {id!r}; it may have been deleted.")
        return found


def scene_of(together: Together, name: str) -> Conversation:
    """The part of a conversation that is about a catalogue. Raises CatalogueError where it has none."""
    if name not in together.catalogues:
        raise CatalogueError(
            f"This conversation is not about {name!r}; it is about {', '.join(together.catalogues)}."
        )
    return together.of(name)


def _answer(asked: Asked, whole: Told | None) -> Answer | None:
    """What is kept of a turn that may be asked for again."""
    if not asked.turn_id or whole is None:
        return None
    return Answer(asked.turn_id, whole.whole, len(whole.events))


def _where(before: Conversation, asked: Asked, known: Collection[str]) -> Conversation:
    """The conversation, with when and where its visitor is as far as the site says so now."""
    if asked.moment is not None:
        before = replace(before, moment=dict(asked.moment))
    if asked.page is not None:
        before = before.on_page(asked.page if asked.page in known else "")
    return before
