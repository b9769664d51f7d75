"""A catalogue that is being served, exchanged for its next version, or its next release, while turns go on."""

import gc
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from chatbot.model_events import note
from chatbot.parts import Parts
from finetune.releases import roll_back
from retrieval import versions
from retrieval.encoder import Progress
from retrieval.errors import ReleaseError, ReleaseMisfit, TastemakerError
from retrieval.release import live_folder
from ui.opening import Models, Opened, catalogue_folder, open_parts
from ui.settings import Settings
from ui.smoke import smoke

log = logging.getLogger(__name__)
State = tuple[Path | None, Path | None]
"""A version of a catalogue and a release, by their folders."""


def settle() -> None:
    """Let the garbage collector leave alone what is open now, and stays for hours: to look through a
    catalogue and its models again and again takes a fifth of every turn."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


class Live:
    """The parts of one catalogue. A turn keeps what it began with; when a newer version is complete, or
    another release is live, it is opened beside it, and the next turn gets it.

    Processes that make turns for one server each do so for themselves: whoever is first has the vectors
    on disk, the others copy them. A release gets visitors only after a smoke check; one that fails is taken back for all servers.
    """

    def __init__(
        self,
        home: Path,
        settings: Settings,
        name: str,
        models: Models,
        progress: Progress | None = None,
        beside: bool = False,
    ) -> None:
        self._home, self._settings, self._name, self._models = home, settings, name, models
        self._beside = beside
        self._base = catalogue_folder(home, name)
        self._lock = threading.Lock()
        self._users: dict[int, int] = {}
        self._retired: list[Opened] = []
        self._opening: threading.Thread | None = None
        self._refused: State | None = None
        self._opened = self._first(progress)

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
        served = (self._opened.folder, self._opened.release)
        wanted = (versions.current(self._base) or served[0], self._wanted_release())
        if wanted == served:
            self._refused = None  # what is wanted again later is tried again
        if wanted in (served, self._refused):
            return
        with self._lock:
            if self._opening is None:
                self._opening = threading.Thread(target=self._exchange, args=(wanted,), daemon=True)
                self._opening.start()

    def _wanted_release(self) -> Path | None:
        try:
            return live_folder(self._home, self._name)
        except ReleaseError:  # nobody's file: what serves goes on
            return self._opened.release

    def _exchange(self, wanted: State) -> None:
        opened = None
        try:
            opened = self._open_next(wanted)
        except (TastemakerError, OSError) as error:
            log.warning("The new version of %s cannot be opened: %s", self._name, error)
        finally:
            if opened is None or (opened.folder, opened.release) != wanted:
                self._refused = wanted
            with self._lock:
                self._opening = None
        if opened is None:
            return
        with self._lock:
            self._retired.append(self._opened)
            self._opened = opened
        which = f", {opened.release.name}" if opened.release else ""
        log.info("%s is served from %s%s now.", self._name, opened.folder.name, which)
        self._let_go()
        settle()

    def _open_next(self, wanted: State) -> Opened | None:
        """What is wanted, opened; where its release will not do, the new version with the release that
        serves, or None if the version is not new."""
        if wanted[1] != self._opened.release:
            opened = self._tried(wanted[1], self._opened)
            if opened is not None:
                return opened
            if wanted[0] == self._opened.folder:
                return None
        return open_parts(
            self._home, self._name, self._settings, None, self._models,
            self._opened, self._opened.release, beside=True,
        )  # fmt: skip

    def _first(self, progress: Progress | None) -> Opened:
        """The parts to begin with: those of the live release, or of the first before it that will do."""
        tried: set[Path] = set()
        while (release := live_folder(self._home, self._name)) not in (None, *tried):
            assert release is not None
            tried.add(release)
            opened = self._tried(release, None, progress)
            if opened is not None:
                return opened
        opened = open_parts(
            self._home, self._name, self._settings, progress, self._models,
            release=None, beside=self._beside,
        )  # fmt: skip
        if release is not None:
            self._refused = (opened.folder, release)
        return opened

    def _tried(
        self, release: Path | None, before: Opened | None, progress: Progress | None = None
    ) -> Opened | None:
        """The parts with a release that passes its smoke check; None where it will not do, and then it
        is live no longer, unless it is only of no use with this server's settings."""
        try:
            opened = open_parts(
                self._home, self._name, self._settings, progress, self._models, before, release,
                self._beside or before is not None,
            )  # fmt: skip
        except ReleaseMisfit as error:
            assert release is not None
            log.warning("%s: %s", self._name, error)
            note(self._home, self._name, release.name, "not served", str(error))
            return None
        except ReleaseError as error:
            assert release is not None
            self._take_back(release, str(error))
            return None
        except (TastemakerError, OSError):  # the catalogue's fault
            raise
        except Exception as error:  # whatever a release does while it is opened, its visitors go on
            if release is None:
                raise
            self._take_back(release, f"it cannot be opened: {type(error).__name__}: {error}.")
            return None
        if release is None or not (wrong := smoke(opened.now())):
            return opened
        opened.close()
        self._take_back(release, f"its smoke check failed: {wrong}.")
        return None

    def _take_back(self, release: Path, why: str) -> None:
        log.warning("The release %s of %s is rolled back: %s", release.name, self._name, why)
        with suppress(ReleaseError):
            roll_back(self._home, self._name, why, only=release.name, by_itself=True)

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
