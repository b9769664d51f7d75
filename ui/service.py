"""Conversations of many visitors over one set of parts; every face is a client of this.

A conversation lives in the log and nowhere else: each turn reads it, answers, and writes it back.
Turns of one conversation come one after the other; conversations know nothing of each other. Turns are made
by a thread that makes several at once, or by processes (`spread`), and wait for it in one queue.
"""

import secrets
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from chatbot.conversation import Conversation, Reaction
from chatbot.edits import ByHand
from chatbot.events import Event
from chatbot.guesses import Guess, guesses_of
from chatbot.log import ConversationLog
from chatbot.log_answers import Answer, find_answer
from chatbot.parts import Parts
from chatbot.profile import ProfileChange
from retrieval.encoder import Progress
from retrieval.errors import CatalogueError, TurnTimeout
from ui.answering import Answering, Asked
from ui.house import House
from ui.safe_urls import allowed_hosts
from ui.settings import Settings
from ui.together import Joint
from ui.turn_processes import TurnProcess
from ui.turn_queue import TurnQueue
from ui.turn_worker import TurnWorker

LOCKS = 4096
"""Conversations share this many locks, by a hash of their id."""
MERCY = 5.0
"""Seconds over its time that a turn is waited for, where whoever makes it hangs."""
GOES_ON = "The answer takes too long. It may still come: look again in a moment."


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
        self._answering = Answering(self.house, self.log)
        self._beginning = threading.Lock()
        self._worker: TurnWorker | None = None
        self._processes: list[TurnProcess] = []
        self._queue = TurnQueue(self._most(), self._lock_of)
        self.joint = Joint(self.house, self.log, self._alone, self._answering, self.made)

    @property
    def parts(self) -> Parts:
        """What answers for the first catalogue as it is now; a turn keeps what it began with."""
        return self.house.parts(self.catalogue)

    def start(self, catalogue: str | None = None, temporary: bool = False) -> Conversation:
        """A conversation that nobody has seen: its id cannot be guessed. Raises CatalogueError for a
        catalogue that is not served here."""
        name = catalogue if catalogue is not None else self.catalogue
        self.house.parts(name)
        conversation = Conversation(secrets.token_urlsafe(24), name)
        self.log.save(conversation, temporary)
        return conversation

    def conversation(self, id: str) -> Conversation:
        """The conversation as it stands. Raises UnknownConversation, also for one about a catalogue
        that is not served: what was said of films means nothing among books."""
        found = self._answering.kept(id)
        return found.only_with(self.house.parts(found.catalogue).lexicon.items)

    def respond(
        self,
        id: str,
        utterance: str,
        by_hand: ProfileChange | ByHand | None = None,
        moment: Mapping[str, str] | None = None,
    ) -> Iterator[Event]:
        """One turn, whole and in the log before its first event is handed out. `moment` is when and where
        the visitor is, from now on. Raises ProfileError for a `by_hand` that names what is not there,
        TooBusy and TurnTimeout.

        So a visitor who leaves half-way loses nothing, and nothing is locked while a face takes its
        time over the events.
        """
        return iter(self.made(Asked(id, utterance, by_hand, "", moment)))

    def made(self, asked: Asked) -> list[Any]:
        """The events of a turn, waited for. Raises TooBusy and TurnTimeout."""
        try:
            return self.ask(asked).result(self.settings.limits.turn_s + MERCY)
        except TimeoutError:
            raise TurnTimeout(GOES_ON) from None

    def ask(self, asked: Asked) -> "Future[list[Any]]":
        """The same for who does not wait in a thread: a future of the events, or, for a `turn_id` that was
        answered before, of that Answer alone. Cancelled before it was begun, the turn never is. Raises
        TooBusy."""
        with self._beginning:
            if self._worker is None:
                at_once = self.settings.serve.turns_at_once
                self._worker = TurnWorker(
                    self._queue,
                    lambda asked: self._answering.turn(asked),
                    at_once,
                    lambda: self.is_spread,
                )
                self._worker.start()
        return self._queue.put(asked, self.settings.limits.turn_s).future

    def spread(self, processes: int) -> None:
        """Have turns made by so many processes, once they are ready."""
        self._processes += [
            TurnProcess(
                self.home, self.settings, self.house.names, self._queue,
                self.settings.serve.turns_at_once,
            )
            for _ in range(processes)
        ]  # fmt: skip
        self._queue.most = self._most()

    def _most(self) -> int:
        makers = max(1, len(self._processes))
        return makers * self.settings.serve.turns_at_once + self.settings.limits.waiting

    @property
    def is_spread(self) -> bool:
        """Whether a process is ready to make turns."""
        return any(process.ready.is_set() for process in self._processes)

    @property
    def waiting(self) -> int:
        """How many turns wait to be begun."""
        return len(self._queue)

    def is_several(self, id: str) -> bool:
        """Whether a conversation is about several catalogues. Raises UnknownConversation, also where one
        of them is not served."""
        return self._answering.is_several(id)

    def answer(self, id: str, turn_id: str) -> Answer | None:
        """What the turn of that id was answered with; None if there was none."""
        return find_answer(self.log.connection(), id, turn_id)

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
                self._answering.kept(id)
            if training is not None:
                self.log.agree(id, training, "visitor")
            return self.log.agreed(id)

    def image_hosts(self, catalogues: Sequence[str]) -> list[str]:
        """Whose pictures may be shown of these catalogues, the server's own apart."""
        named = self.settings.serve.image_hosts
        parts = (self.house.parts(name).lexicon for name in catalogues)
        hosts = (h for p in parts for h in allowed_hosts(named, p.items.values(), p.schema))
        return list(dict.fromkeys(hosts))

    def forget(self, id: str) -> None:
        """Erase a conversation, after the turn that is under way, if one is."""
        with self._alone(id):
            self.log.forget(id)

    def close(self) -> None:
        """Finish what was begun, and let go of the vector indexes."""
        self._queue.close()
        if self._worker is not None:
            self._worker.join()
        for process in self._processes:
            process.join()
        self.house.close()

    def _lock_of(self, id: str) -> threading.Lock:
        return self._locks[hash(id) % LOCKS]

    @contextmanager
    def _alone(self, id: str) -> Iterator[None]:
        with self._lock_of(id):
            yield
