"""Conversations over several catalogues, as a service keeps them: read, answered, written back."""

import secrets
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace

from chatbot.conversation import Conversation, Reaction
from chatbot.edits import ByHand
from chatbot.guesses import Guess, guesses_of
from chatbot.log import ConversationLog
from chatbot.profile import ProfileChange
from chatbot.together import FinishedTogether, InScene, Together, begin, respond_together
from retrieval.errors import CatalogueError, ProfileError, UnknownConversation
from ui.house import House

TogetherEvent = InScene | FinishedTogether


class Joint:
    """What `ui/service.py` does for a conversation about one catalogue, for one about several. All of
    its scenes share one lock."""

    def __init__(
        self,
        house: House,
        log: ConversationLog,
        alone: Callable[[str], AbstractContextManager[None]],
        turns: threading.BoundedSemaphore,
    ) -> None:
        self._house, self._log, self._alone, self._turns = house, log, alone, turns

    def start(self, catalogues: Sequence[str]) -> Together:
        """A conversation over these catalogues, each once, in this order. Raises CatalogueError."""
        names = tuple(dict.fromkeys(catalogues))
        if len(names) < 2:
            raise CatalogueError(
                "A conversation over several catalogues needs two of them or more."
            )
        for name in names:
            self._house.parts(name)
        together = begin(secrets.token_urlsafe(24), names)
        self._log.save_together(together)
        return together

    def find(self, id: str) -> Together | None:
        """The conversation as it stands, or None if the id is not one over several catalogues.

        Raises UnknownConversation where a catalogue of it is not served here.
        """
        found = self._log.load_together(id)
        if found is None:
            return None
        missing = [name for name in found.catalogues if name not in self._house.names]
        if missing:
            raise UnknownConversation(
                f"The conversation {id!r} is also about {missing[0]!r}; "
                f"this server is about {', '.join(map(repr, self._house.names))}."
            )
        return replace(
            found,
            conversations=tuple(
                c.only_with(self._house.parts(c.catalogue).lexicon.items)
                for c in found.conversations
            ),
        )

    def read(self, id: str) -> Together:
        """The conversation as it stands. Raises UnknownConversation."""
        found = self.find(id)
        if found is None:
            raise UnknownConversation(f"There is no conversation {id!r}; it may have been deleted.")
        return found

    def respond(
        self,
        id: str,
        utterance: str,
        by_hand: ProfileChange | ByHand | None = None,
        scene: str = "",
        moment: Mapping[str, str] | None = None,
    ) -> Iterator[TogetherEvent]:
        """One turn, whole and in the log before its first event is handed out. `scene` is the
        catalogue that is meant, where that is known, `by_hand` a change to its profile, and `moment` when
        and where the visitor is, from now on. Raises ProfileError and CatalogueError."""
        with self._alone(id), self._turns:
            before = self.read(id)
            if moment is not None:
                now = tuple(replace(c, moment=dict(moment)) for c in before.conversations)
                before = replace(before, conversations=now)
            if scene or by_hand is not None:
                here = _scene(before, scene)
                if isinstance(by_hand, ByHand):
                    retriever = self._house.parts(scene).retriever
                    by_hand = by_hand.on(here, retriever, len(here.turns) + 1)
            with ExitStack() as held:
                parts = {n: held.enter_context(self._house.use(n)) for n in before.catalogues}
                events = list(
                    respond_together(before, utterance, parts, self._house.words, by_hand, scene)
                )
            finished = events[-1]
            assert isinstance(finished, FinishedTogether)
            self._log.turn_together(finished)
        return iter(events)

    def react(self, id: str, item: str, reaction: Reaction, scene: str = "") -> Together:
        """Keep a reaction to an item: of `scene`, or of the scene that has it; one that showed it
        before others. Raises CatalogueError."""
        with self._alone(id):
            before = self.read(id)
            holders = [
                c
                for c in before.conversations
                if item in self._house.parts(c.catalogue).lexicon.items
                and scene in ("", c.catalogue)
            ]
            if not holders:
                known = ", ".join(before.catalogues)
                raise CatalogueError(f"There is no item {item!r} in {scene or known}.")
            holders.sort(key=lambda c: item not in c.shown)
            after = before.with_one(holders[0].reacted(item, reaction))
            self._log.reaction(after.of(holders[0].catalogue), item, reaction)
            self._log.save_together(after)
            return after

    def change(self, id: str, change: ByHand, scene: str = "") -> Together:
        """Change profiles by hand, without a turn: that of `scene`, or of every scene in which it can
        be done; an undo, of those that were changed last. Raises ProfileError where it can be done in
        none, and CatalogueError."""
        with self._alone(id):
            now = self.read(id)
            names = (_scene(now, scene).catalogue,) if scene else now.catalogues
            if change.undo and not scene:
                names = now.changed or names
            refused: ProfileError | None = None
            changed: list[str] = []
            for name in names:
                here = now.of(name)
                try:
                    made = change.on(here, self._house.parts(name).retriever, len(here.turns))
                except ProfileError as error:
                    refused = error
                    continue
                after = now.with_one(here.changed(made))
                changed += [name] if after.of(name).profile != here.profile else []
                now = after
            if refused is not None and not changed:
                raise refused
            now = replace(now, changed=tuple(changed) or now.changed)
            self._log.save_together(now)
            return now

    def guesses(self, together: Together) -> dict[str, tuple[Guess, ...]]:
        """What is guessed of a visitor's taste in each scene."""
        return {
            c.catalogue: guesses_of(c.profile, self._house.parts(c.catalogue).retriever)
            for c in together.conversations
        }

    def forget(self, id: str) -> None:
        """Erase a conversation with all its scenes."""
        with self._alone(id):
            self._log.forget(id)


def _scene(together: Together, name: str) -> Conversation:
    if name not in together.catalogues:
        raise CatalogueError(
            f"This conversation is not about {name!r}; it is about {', '.join(together.catalogues)}."
        )
    return together.of(name)
