"""Opening the house: catalogue, index, encoder and language model, made ready if need be."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from chatbot.lexicon import Lexicon
from chatbot.parts import Parts
from chatbot.reader import ChangeReader
from chatbot.scene_words import folded, scene_words
from chatbot.settings import UnderstandingSettings
from chatbot.understand import warm
from retrieval.catalogue import Catalogue, read_meta, read_rows, write_catalogue
from retrieval.encoder import Encoder, HashingEncoder, Progress
from retrieval.errors import CatalogueError, ModelUnavailable
from retrieval.find import Retriever
from retrieval.rank import read_blend
from retrieval.scorer import Scorer
from retrieval.settings import ScorerSettings
from retrieval.vectors import ExactIndex, VectorIndex, fill
from retrieval.weights import NAME, ensure_smollm2
from ui.settings import Settings

DATA = Path(__file__).parent.parent / "data"
BLEND = DATA / "models" / "scorer" / "blend.json"
OURS = {"films": DATA / "films.jsonl", "books": DATA / "books.jsonl"}
"""Catalogues that come with the project, indexed when first asked for."""


class Models:
    """The models, each loaded when first asked for and then kept: catalogues of one server share them."""

    def __init__(self, home: Path, settings: Settings, progress: Progress | None = None) -> None:
        self._home, self._settings, self._progress = home, settings, progress

    @cached_property
    def encoder(self) -> Encoder:
        """The sentence encoder."""
        return open_encoder(self._settings)

    @cached_property
    def scorer(self) -> tuple[Scorer | None, float, str]:
        """The language model, its weight, and why there is none."""
        return open_scorer(self._home, self._settings.scorer, self._progress)

    @cached_property
    def reader(self) -> ChangeReader | None:
        """The chat model that helps to understand, if one is set."""
        return open_reader(self._settings.understanding)

    def close(self) -> None:
        """Let go of the chat model."""
        _close(self.__dict__.get("reader"))


@dataclass
class Opened:
    """Parts, and what has to be closed with them."""

    parts: Parts
    index: VectorIndex
    models: Models | None = None
    """Models that are closed with the parts; None where others share them."""

    def close(self) -> None:
        """Give the vector index back, and let go of the chat model if it is not shared."""
        _close(self.index)
        if self.models is not None:
            self.models.close()


def open_parts(
    home: Path,
    name: str,
    settings: Settings,
    progress: Progress | None = None,
    shared: Models | None = None,
) -> Opened:
    """Open a catalogue with all its parts. Raises TastemakerError for what cannot be opened.

    `shared` models are used and not closed.
    """
    models = shared or Models(home, settings, progress)
    reader = models.reader
    catalogue = open_catalogue(home, name)
    encoder = models.encoder
    index = open_index(home, name, encoder)
    try:
        fill(index, catalogue, encoder, progress)
        scorer, weight, why = models.scorer
        retriever = Retriever(catalogue, index, encoder, settings.arms)
        parts = Parts(
            retriever,
            Lexicon(catalogue, folded(scene_words(name, settings.serve.nouns.get(name, ())))),
            scorer,
            weight,
            settings.scorer.depth,
            settings.rank,
            settings.dialogue,
            why,
            reader,
        )
        warm(parts.lexicon)
    except BaseException:
        _close(index)
        if shared is None:
            models.close()
        raise
    return Opened(parts, index, None if shared else models)


def _close(part: VectorIndex | ChangeReader | None) -> None:
    if part is not None and hasattr(part, "close"):
        part.close()


def catalogue_folder(home: Path, name: str) -> Path:
    """Where a catalogue lives. Raises CatalogueError for a name that is no plain word."""
    if not name.replace("-", "").replace("_", "").isalnum():
        raise CatalogueError(f"A catalogue's name is letters, digits, '-' and '_', not {name!r}.")
    return home / "catalogues" / name


def open_catalogue(home: Path, name: str) -> Catalogue:
    """Open a catalogue; one of ours is (re)read whenever its file has changed."""
    folder = catalogue_folder(home, name)
    source = OURS.get(name)
    if source is not None and source.is_file():
        digest = hashlib.sha256(source.read_bytes()).hexdigest()
        meta = read_meta(folder)
        follows_ours = bool(meta.get("source")) or "hash" not in meta
        if follows_ours and meta.get("source") != digest:
            write_catalogue(folder, read_rows(source), source=digest)
    return Catalogue(folder)


def open_encoder(settings: Settings) -> Encoder:
    """The sentence encoder that the settings name; `hashing` needs no model."""
    if settings.encoder.model == "hashing":
        return HashingEncoder()
    from retrieval.sentence_encoder import SentenceEncoder  # noqa: PLC0415

    return SentenceEncoder(settings.encoder.model)


def open_index(home: Path, name: str, encoder: Encoder) -> VectorIndex:
    """Vectors on disk (Chroma); in memory for the encoder that needs no model."""
    if isinstance(encoder, HashingEncoder):
        return ExactIndex()
    from retrieval.chroma_index import ChromaIndex  # noqa: PLC0415

    return ChromaIndex(catalogue_folder(home, name) / "vectors", encoder.name)


def open_reader(settings: UnderstandingSettings) -> ChangeReader | None:
    """The chat model that helps to understand, if the settings name one. Raises SettingsError."""
    if settings == UnderstandingSettings():
        return None
    from chatbot.chat_model import open_chat_model  # noqa: PLC0415

    return open_chat_model(settings)


def blend_file(home: Path) -> Path:
    """The blend that counts: one fitted here, else the one that comes with the project."""
    own = home / "models" / "scorer" / BLEND.name
    return own if own.is_file() else BLEND


def open_scorer(
    home: Path, settings: ScorerSettings, progress: Progress | None = None
) -> tuple[Scorer | None, float, str]:
    """The language model with its weight in the blend, or None and a sentence that says why."""
    if settings.model == "none":
        return None, 0.0, "No language model: the setting scorer.model is 'none'."
    try:
        path = (
            ensure_smollm2(home, settings.fetch, progress)
            if settings.model == NAME
            else settings.model
        )
        from retrieval.language_model import LanguageModelScorer  # noqa: PLC0415

        scorer = LanguageModelScorer(path, settings.longest_conversation)
        blend = read_blend(blend_file(home))
    except ModelUnavailable as error:
        return None, 0.0, f"No language model: {error}"
    if settings.weight is not None:
        return scorer, settings.weight, ""
    fits = blend.scorer.split("/")[0] == scorer.name.split("/")[0]
    return scorer, blend.weight if fits else 0.0, ""
