"""The catalogues of one server: each opened with parts of its own, all with the same models."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from chatbot.parts import Parts
from chatbot.scene_words import SceneWords, scene_words
from retrieval.encoder import Progress
from retrieval.errors import CatalogueError
from ui.live import Live, settle
from ui.opening import Models
from ui.settings import Settings


class House:
    """Names and what they open. Every catalogue is opened at the start, so that what cannot be
    opened is said there; the models are loaded once for all of them."""

    def __init__(
        self,
        home: Path,
        names: Sequence[str],
        settings: Settings,
        progress: Progress | None = None,
        beside: bool = False,
    ) -> None:
        """`beside` other processes that have the vectors open, see `open_parts`."""
        self.names = tuple(dict.fromkeys(names))
        self._models = Models(home, settings, progress)
        self._live: dict[str, Live] = {}
        try:
            for name in self.names:
                self._live[name] = Live(home, settings, name, self._models, progress, beside)
        except BaseException:
            self.close()
            raise
        settle()
        self.words: dict[str, SceneWords] = {
            name: scene_words(name, settings.serve.nouns.get(name, ())) for name in self.names
        }

    def parts(self, name: str) -> Parts:
        """What answers for a catalogue, as it is now. Raises CatalogueError for one that is not
        served here."""
        return self._of(name).parts

    def use(self, name: str) -> AbstractContextManager[Parts]:
        """The same, kept open until the block ends, whatever version comes meanwhile."""
        return self._of(name).use()

    def _of(self, name: str) -> Live:
        if name not in self._live:
            raise CatalogueError(
                f"This server has no catalogue {name!r}; it has {', '.join(self.names)}. "
                f"`tastemaker serve --catalogue {name}` serves another."
            )
        return self._live[name]

    def wait(self) -> None:
        """Until versions that are being opened are there: for tests."""
        for live in self._live.values():
            live.wait()

    def close(self) -> None:
        """Give back what is open."""
        for live in self._live.values():
            live.close()
        self._models.close()
