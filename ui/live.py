"""A catalogue that is being served, exchanged for its next version while turns go on."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chatbot.parts import Parts
from retrieval import versions
from retrieval.encoder import Progress
from retrieval.errors import TastemakerError
from ui.opening import Models, Opened, catalogue_folder, open_parts
from ui.settings import Settings

log = logging.getLogger(__name__)


class Live:
    """The parts of one catalogue. A turn keeps the version it began with; when a newer one is
    complete, it is opened beside it, and the next turn gets it."""

    def __init__(
        self,
        home: Path,
        settings: Settings,
        name: str,
        models: Models,
        progress: Progress | None = None,
    ) -> None:
        self._home, self._settings, self._name, self._models = home, settings, name, models
        self._base = catalogue_folder(home, name)
        self._lock = threading.Lock()
        self._opened = open_parts(home, name, settings, progress, models)
        self._users: dict[int, int] = {}
        self._retired: list[Opened] = []
        self._opening: threading.Thread | None = None
        self._refused: Path | None = None

    @property
    def parts(self) -> Parts:
        """The parts as they are now, for a look that takes no time."""
        return self._opened.now()

    @contextmanager
    def use(self) -> Iterator[Parts]:
        """The current parts, kept open until the block ends. Looks for a newer version meanwhile."""
        self._look()
        with self._lock:
            opened = self._opened
            self._users[id(opened)] = self._users.get(id(opened), 0) + 1
        try:
            yield opened.now()
        finally:
            with self._lock:
                self._users[id(opened)] -= 1
            self._let_go()

    def _look(self) -> None:
        newest = versions.current(self._base)
        if newest is None or newest in (self._opened.folder, self._refused):
            return
        with self._lock:
            if self._opening is None:
                self._opening = threading.Thread(target=self._exchange, args=(newest,), daemon=True)
                self._opening.start()

    def _exchange(self, newest: Path) -> None:
        try:
            opened = open_parts(
                self._home, self._name, self._settings, None, self._models, self._opened
            )
        except (TastemakerError, OSError) as error:
            log.warning("The new version of %s cannot be opened: %s", self._name, error)
            self._refused = newest
            return
        finally:
            with self._lock:
                self._opening = None
        with self._lock:
            self._retired.append(self._opened)
            self._opened = opened
        log.info("%s is served from %s now.", self._name, opened.folder.name)
        self._let_go()

    def _let_go(self) -> None:
        """Close what is no longer current and no longer used."""
        with self._lock:
            idle = [o for o in self._retired if not self._users.get(id(o))]
            self._retired = [o for o in self._retired if o not in idle]
            for opened in idle:
                self._users.pop(id(opened), None)
        for opened in idle:
            opened.close()
            versions.sweep(self._base)

    def wait(self) -> None:
        """Until a version that is being opened is there: for tests, and for a clean stop."""
        if (thread := self._opening) is not None:
            thread.join()

    def close(self) -> None:
        """Let go of the vector index and the version."""
        self.wait()
        self._opened.close()
