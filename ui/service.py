"""Conversations of many visitors over one set of parts; every face is a client of this.

A conversation lives in the log and nowhere else: each turn reads it, answers, and writes it back.
Turns of one conversation come one after the other; conversations know nothing of each other.
"""

import secrets
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
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
from ui.house import House
from ui.settings import Settings
from ui.together import Joint

LOCKS = 4096
"""Conversations share this many locks, by a hash of their id."""


class Service:
    """Everything a face needs: start, respond, react, change by hand, export, forget.

    A conversation is about one of the catalogues that are served; `joint` are those about several.
    """

    def __init__(
        self,
        home: Path,
        settings: Settings,
        catalogue: str | Sequence[str],
        progress: Progress | None = None,
    ) -> None:
        self.home, self.settings = home, settings
        self.house = House(
            home, (catalogue,) if isinstance(catalogue, str) else catalogue, settings, progress
        )
        self.catalogue = self.house.names[0]
        """The catalogue of a visitor who chooses none."""
        self.log = ConversationLog(home, settings.log.consent == "assumed")
        self._locks = [threading.Lock() for _ in range(LOCKS)]
        self._turns = threading.BoundedSemaphore(settings.serve.turns_at_once)
        self.joint = Joint(self.house, self.log, self._alone, self._turns)

    @property
    def parts(self) -> Parts:
        """What answers for the first catalogue as it is now; a turn keeps what it began with."""
        return self.house.parts(self.catalogue)

    def start(self, catalogue: str | None = None) -> Conversation:
        """A conversation that nobody has seen: its id cannot be guessed. Raises CatalogueError for a
        catalogue that is not served here."""
        name = catalogue if catalogue is not None else self.catalogue
        self.house.parts(name)
        conversation = Conversation(secrets.token_urlsafe(24), name)
        self.log.save(conversation)
        return conversation

    def conversation(self, id: str) -> Conversation:
        """The conversation as it stands. Raises UnknownConversation, also for one about a catalogue
        that is not served: what was said of films means nothing among books."""
        found = self._kept(id)
        return found.only_with(self.house.parts(found.catalogue).lexicon.items)

    def _kept(self, id: str) -> Conversation:
        if "/" in id:
            raise UnknownConversation(f"There is no conversation {id!r}; it may have been deleted.")
        found = self.log.load(id)
        if found.catalogue not in self.house.names:
            raise UnknownConversation(
                f"The conversation {id!r} is about {found.catalogue!r}; "
                f"this server is about {', '.join(map(repr, self.house.names))}."
            )
        return found

    def respond(
        self,
        id: str,
        utterance: str,
        by_hand: ProfileChange | ByHand | None = None,
        moment: Mapping[str, str] | None = None,
    ) -> Iterator[Event]:
        """One turn, whole and in the log before its first event is handed out. `moment` is when and where
        the visitor is, from now on. Raises ProfileError for a `by_hand` that names what is not there.

        So a visitor who leaves half-way loses nothing, and nothing is locked while a face takes its
        time over the events.
        """
        with self._alone(id), self._turns, self.house.use(self._kept(id).catalogue) as parts:
            before = self._kept(id).only_with(parts.lexicon.items)
            if moment is not None:
                before = replace(before, moment=dict(moment))
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
        with self._alone(id):
            before = self.conversation(id)
            if item not in self.house.parts(before.catalogue).lexicon.items:
                raise CatalogueError(
                    f"There is no item {item!r} in the catalogue {before.catalogue!r}."
                )
            after = before.reacted(item, reaction)
            self.log.reaction(after, item, reaction)
            return after

    def change(self, id: str, change: ProfileChange | ByHand) -> Conversation:
        """Change a profile by hand, without a turn. Raises ProfileError for a `ByHand` that names
        what is not there."""
        with self._alone(id):
            before = self.conversation(id)
            if isinstance(change, ByHand):
                retriever = self.house.parts(before.catalogue).retriever
                change = change.on(before, retriever, len(before.turns))
            after = before.changed(change)
            self.log.save(after)
            return after

    def guesses(self, conversation: Conversation) -> tuple[Guess, ...]:
        """What is guessed of a visitor's taste, as their profile stands."""
        return guesses_of(conversation.profile, self.house.parts(conversation.catalogue).retriever)

    def consent(self, id: str, training: bool | None = None) -> str:
        """Who agreed that what is said may be learned from, empty if nobody did; with `training`,
        after the visitor's word on it. Raises UnknownConversation."""
        with self._alone(id):
            if self.joint.find(id) is None:
                self._kept(id)
            if training is not None:
                self.log.agree(id, training, "visitor")
            return self.log.agreed(id)

    def forget(self, id: str) -> None:
        """Erase a conversation, after the turn that is under way, if one is."""
        with self._alone(id):
            self.log.forget(id)

    def close(self) -> None:
        """Let go of the vector indexes."""
        self.house.close()

    @contextmanager
    def _alone(self, id: str) -> Iterator[None]:
        with self._locks[hash(id) % LOCKS]:
            yield
