"""Conversations over several catalogues, as a service keeps them: read, answered, written back."""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from chatbot.conversation import Reaction
from chatbot.edits import ByHand
from chatbot.log import ConversationLog
from chatbot.profile import ProfileChange
from chatbot.together import Together, begin
from retrieval.errors import CatalogueError, ProfileError
from ui.answering import Answering, Asked, scene_of
from ui.house import House
from ui.telling import TogetherEvent


class Joint:
    """What `ui/service.py` does for a conversation about one catalogue, for one about several. All of
    its scenes share one lock."""

    def __init__(
        self,
        house: House,
        log: ConversationLog,
        alone: Callable[[str], AbstractContextManager[None]],
        answering: Answering,
        made: Callable[[Asked], list[Any]],
    ) -> None:
        self._house, self._log, self._alone = house, log, alone
        self._made = made
        self.find, self.read, self.guesses = answering.find, answering.read, answering.guesses

    def start(self, catalogues: Sequence[str], temporary: bool = False) -> Together:
        """A conversation over these catalogues, each once, in this order. Raises CatalogueError."""
        names = tuple(dict.fromkeys(catalogues))
        if len(names) < 2:
            raise CatalogueError(
                "A conversation over several catalogues needs two of them or more."
            )
        for name in names:
            self._house.parts(name)
        together = begin(secrets.token_urlsafe(24), names)
        self._log.save_together(together, temporary)
        return together

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
        asked = Asked(id, utterance, by_hand, scene, moment, several=True)
        return iter(self._made(asked))

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
            names = (scene_of(now, scene).catalogue,) if scene else now.catalogues
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

    def forget(self, id: str) -> None:
        """Erase a conversation with all its scenes."""
        with self._alone(id):
            self._log.forget(id)
