"""Conversations of many visitors over one set of parts; every face is a client of this.

A conversation lives in the log and nowhere else: each turn reads it, answers, and writes it back.
Turns of one conversation come one after the other; conversations know nothing of each other.
"""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chatbot.conversation import Conversation, Reaction
from chatbot.edits import ByHand
from chatbot.events import Event, Finished, Understood
from chatbot.guesses import Guess, guesses_of
from chatbot.log import ConversationLog
from chatbot.parts import Parts
from chatbot.profile import ProfileChange
from chatbot.respond import respond
from retrieval.encoder import Progress
from retrieval.errors import CatalogueError, UnknownConversation
from ui.live import Live
from ui.settings import Settings

LOCKS = 4096
"""Conversations share this many locks, by a hash of their id."""


class Service:
    """Everything a face needs: start, respond, react, change by hand, export, forget."""

    def __init__(
        self, home: Path, settings: Settings, catalogue: str, progress: Progress | None = None
    ) -> None:
        self.settings = settings
        self.catalogue = catalogue
        self._live = Live(home, settings, catalogue, progress)
        self.log = ConversationLog(home)
        self._locks = [threading.Lock() for _ in range(LOCKS)]
        self._turns = threading.BoundedSemaphore(settings.serve.turns_at_once)

    @property
    def parts(self) -> Parts:
        """The parts as they are now; a turn keeps those that it began with."""
        return self._live.parts

    def start(self) -> Conversation:
        """A conversation that nobody has seen: its id cannot be guessed."""
        conversation = Conversation(secrets.token_urlsafe(24), self.catalogue)
        self.log.save(conversation)
        return conversation

    def conversation(self, id: str, parts: Parts | None = None) -> Conversation:
        """The conversation as it stands. Raises UnknownConversation, also for one about another
        catalogue: what was said of films means nothing among books."""
        found = self.log.load(id)
        if found.catalogue != self.catalogue:
            raise UnknownConversation(
                f"The conversation {id!r} is about {found.catalogue!r}; this server is about {self.catalogue!r}."
            )
        return found.only_with((parts or self.parts).lexicon.items)

    def respond(
        self, id: str, utterance: str, by_hand: ProfileChange | ByHand | None = None
    ) -> Iterator[Event]:
        """One turn, whole and in the log before its first event is handed out. Raises ProfileError
        for a `by_hand` that names what is not there.

        So a visitor who leaves half-way loses nothing, and nothing is locked while a face takes its
        time over the events.
        """
        with self._alone(id), self._turns, self._live.use() as parts:
            before = self.conversation(id, parts)
            if isinstance(by_hand, ByHand):
                by_hand = by_hand.on(before, parts.retriever, len(before.turns) + 1)
            events = list(respond(before, utterance, parts, by_hand))
            understood = next(e for e in events if isinstance(e, Understood))
            finished = events[-1]
            assert isinstance(finished, Finished)
            self.log.turn(understood, finished)
        return iter(events)

    def react(self, id: str, item: str, reaction: Reaction) -> Conversation:
        """Keep a reaction to an item. Raises CatalogueError for an item that is not there."""
        if item not in self.parts.lexicon.items:
            raise CatalogueError(f"There is no item {item!r} in the catalogue {self.catalogue!r}.")
        with self._alone(id):
            after = self.conversation(id).reacted(item, reaction)
            self.log.reaction(after, item, reaction)
            return after

    def change(self, id: str, change: ProfileChange | ByHand) -> Conversation:
        """Change a profile by hand, without a turn. Raises ProfileError for a `ByHand` that names
        what is not there."""
        with self._alone(id):
            before = self.conversation(id)
            if isinstance(change, ByHand):
                change = change.on(before, self.parts.retriever, len(before.turns))
            after = before.changed(change)
            self.log.save(after)
            return after

    def guesses(self, conversation: Conversation) -> tuple[Guess, ...]:
        """What is guessed of a visitor's taste, as their profile stands."""
        return guesses_of(conversation.profile, self.parts.retriever)

    def forget(self, id: str) -> None:
        """Erase a conversation, after the turn that is under way, if one is."""
        with self._alone(id):
            self.log.forget(id)

    def close(self) -> None:
        """Let go of the vector index."""
        self._live.close()

    @contextmanager
    def _alone(self, id: str) -> Iterator[None]:
        with self._locks[hash(id) % LOCKS]:
            yield
