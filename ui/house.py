"""The catalogues of one server: each opened with parts of its own, all with the same models."""

from collections.abc import Sequence
from pathlib import Path

from chatbot.parts import Parts
from chatbot.scene_words import SceneWords, scene_words
from retrieval.encoder import Progress
from retrieval.errors import CatalogueError
from ui.opening import Models, Opened, open_parts
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
    ) -> None:
        self.names = tuple(dict.fromkeys(names))
        self._models = Models(home, settings, progress)
        self._opened: dict[str, Opened] = {}
        try:
            for name in self.names:
                self._opened[name] = open_parts(home, name, settings, progress, self._models)
        except BaseException:
            self.close()
            raise
        self.words: dict[str, SceneWords] = {
            name: scene_words(name, settings.serve.nouns.get(name, ())) for name in self.names
        }

    def parts(self, name: str) -> Parts:
        """What answers for a catalogue, as it is now. Raises CatalogueError for one that is not
        served here."""
        if name not in self._opened:
            raise CatalogueError(
                f"This server has no catalogue {name!r}; it has {', '.join(self.names)}. "
                f"`tastemaker serve --catalogue {name}` serves another."
            )
        return self._opened[name].parts

    def close(self) -> None:
        """Give back what is open."""
        for opened in self._opened.values():
            opened.close()
        self._models.close()
