"""Opening the house: catalogue, index, encoder and language model, made ready if need be."""

import hashlib
import logging
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from chatbot.lexicon import Lexicon
from chatbot.parts import Parts
from chatbot.reader import ChangeReader
from chatbot.scene_words import folded, scene_words
from chatbot.second_reader import SecondReader
from chatbot.settings import UnderstandingSettings
from chatbot.synonyms import nearest_values
from chatbot.understand import warm
from retrieval import versions
from retrieval.catalogue import Catalogue, read_meta, read_rows
from retrieval.changes import Changes
from retrieval.colike import load
from retrieval.encoder import Encoder, HashingEncoder, Progress
from retrieval.errors import CatalogueError, ModelUnavailable, ReleaseMisfit
from retrieval.find import Retriever
from retrieval.owner_rules import FILE as RULES
from retrieval.rules_in_force import RulesFile
from retrieval.scorer import Scorer
from retrieval.settings import ScorerSettings
from retrieval.trained_scorer import FILE, TrainedScorer, read_scorer_file
from retrieval.vectors import ExactIndex, fill
from retrieval.weights import NAME, ensure_smollm2
from ui.released import (
    Released,
    Which,
    encoder_hash,
    find_released,
    fits,
    open_arms,
    open_released_scorer,
)
from ui.settings import Settings
from ui.updating import LentIndex, close, open_beside, open_vectors, update

log = logging.getLogger(__name__)
DATA = Path(__file__).parent.parent / "data"
SCORER = DATA / "models" / "scorer"
READER = DATA / "models" / "reader"
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

    @cached_property
    def second(self) -> SecondReader | None:
        """The small trained reader beside the rules, if it is not switched off."""
        return open_second_reader(self._home, self._settings)

    def close(self) -> None:
        """Let go of the chat model."""
        close(self.__dict__.get("reader"))


@dataclass
class Opened:
    """Parts, and what has to be closed with them."""

    parts: Parts
    index: LentIndex
    folder: Path
    """The version of the catalogue that is read."""
    reading: Path
    rules: RulesFile
    changes: Changes
    """Prices and stock that changed since."""
    models: Models | None = None
    """Models that are closed with the parts; None where others share them."""
    release: Path | None = None
    """The release whose parts serve, if one does."""

    def now(self) -> Parts:
        """The parts with prices, stock and the owner's rules as they are now."""
        if self.changes.catch_up():
            self.rules.again()
        return replace(self.parts, rules=self.rules.now())

    def close(self) -> None:
        """Give the vector index and the version back, and let go of models that are not shared."""
        self.index.give_back()
        self.reading.unlink(missing_ok=True)
        if self.models is not None:
            self.models.close()


def open_parts(
    home: Path,
    name: str,
    settings: Settings,
    progress: Progress | None = None,
    shared: Models | None = None,
    before: Opened | None = None,
    release: Which = "live",
    beside: bool = False,
) -> Opened:
    """Open a catalogue with all its parts. Raises TastemakerError for what cannot be opened.

    `shared` models are used and not closed; `before` is an earlier version that is being served,
    whose owner's rules go on where their file is wrong now. A `release` that is named has to fit; where
    the live one does not fit these settings, things are as without it, with a warning. `beside` a
    server that has the vectors open, they are copied.
    """
    models = shared or Models(home, settings, progress)
    try:
        released, encoder = _released(home, name, settings, models, release)
    except ReleaseMisfit as error:
        if release != "live":
            raise
        log.warning("%s Going on without it.", error)
        released, encoder = None, models.encoder
    folder, own_folder = (
        up_to_date(home, name, models.encoder, progress),
        catalogue_folder(home, name),
    )
    reading = versions.read(folder)
    lent: LentIndex | None = None
    try:
        catalogue = Catalogue(folder, name)
        lent = _index(folder, encoder, encoder is not models.encoder, before, beside)
        index = lent.index
        fill(index, catalogue, encoder, progress)
        if len(catalogue.items):
            index.vectors([next(iter(catalogue.items))])  # read them now, not in the first turn
        scorer, weight, why = _scorer(home, settings, models, released, progress)
        colikes = load(own_folder, list(catalogue.items))
        learned = open_arms(own_folder, catalogue, encoder.name, settings, released)
        retriever = Retriever(catalogue, index, encoder, settings.arms, colikes, learned)
        rules = RulesFile(
            own_folder / RULES,
            retriever.columns,
            catalogue,
            before.rules if before else None,
        )
        lexicon = Lexicon(catalogue, folded(scene_words(name, settings.serve.nouns.get(name, ()))))
        if not isinstance(encoder, HashingEncoder):
            lexicon.nearest = nearest_values(lexicon, models.encoder, folder)
        parts = Parts(
            retriever,
            lexicon,
            scorer,
            weight,
            settings.scorer.depth,
            settings.rank,
            settings.dialogue,
            why,
            models.reader,
            rules.now(),
            models.second,
            released.record.id if released else "",
        )
        warm(parts.lexicon, parts.second)
    except BaseException:
        if lent is not None:
            lent.give_back()
        if shared is None:
            models.close()
        reading.unlink(missing_ok=True)
        raise
    changes = Changes(folder.parent, folder, catalogue, retriever.columns)
    rules.again()
    own = None if shared else models
    where = released.folder if released else None
    return Opened(parts, lent, folder, reading, rules, changes, own, where)


def _index(
    folder: Path, encoder: Encoder, own: bool, before: Opened | None, beside: bool
) -> LentIndex:
    """The vectors of a version: those that are open already, if it is the same version and encoder; in
    memory for an encoder of a release's own, whose vectors the catalogue does not keep."""
    if before is not None and (before.folder, before.parts.retriever.encoder) == (folder, encoder):
        return before.index.lend()
    if own:
        return LentIndex(ExactIndex())
    return LentIndex((open_beside if beside else open_vectors)(folder, encoder))


def _released(
    home: Path, name: str, settings: Settings, models: Models, which: Which
) -> tuple[Released | None, Encoder]:
    """The release to open with, and the encoder, which may be one of its own."""
    released = find_released(home, name, which)
    if released is None:
        return None, models.encoder
    encoder = models.encoder
    if released.has("encoder"):
        own = {"delta": str(released.folder / "encoder")}
        encoder = open_encoder(
            settings.model_copy(update={"encoder": settings.encoder.model_copy(update=own)})
        )
    fits(released, encoder, encoder_hash(settings.encoder.model))
    return released, encoder


def _scorer(
    home: Path,
    settings: Settings,
    models: Models,
    released: Released | None,
    progress: Progress | None,
) -> tuple[Scorer | None, float, str]:
    """The scorer with its weight: that of the release, if it has one, else the one that all share."""
    if released is None or not released.has("scorer") or settings.scorer.model == "none":
        return models.scorer
    try:
        base = scorer_base(home, settings.scorer, progress)
    except ModelUnavailable as error:
        return None, 0.0, f"No language model: {error}"
    scorer, weight = open_released_scorer(released, base)
    return scorer, weight if settings.scorer.weight is None else settings.scorer.weight, ""


def catalogue_folder(home: Path, name: str) -> Path:
    """Where a catalogue lives. Raises CatalogueError for a name that is no plain word."""
    if not name.replace("-", "").replace("_", "").isalnum():
        raise CatalogueError(f"A catalogue's name is letters, digits, '-' and '_', not {name!r}.")
    return home / "catalogues" / name


def up_to_date(home: Path, name: str, encoder: Encoder, progress: Progress | None = None) -> Path:
    """The version of a catalogue to read. One of ours follows its file; one whose vectors another
    encoder made is embedded anew. Raises CatalogueError for a catalogue that is not there."""
    base = catalogue_folder(home, name)
    there = versions.current(base)
    meta = read_meta(there) if there else {}
    ours, rows, digest = OURS.get(name), None, meta.get("source", "")
    if ours is not None and ours.is_file() and (there is None or digest):
        digest = hashlib.sha256(ours.read_bytes()).hexdigest()
        if meta.get("source") != digest:
            rows = read_rows(ours)
    embedded = isinstance(encoder, HashingEncoder) or meta.get("encoder") == encoder.name
    if rows is not None or (there is not None and not embedded):
        update(base, encoder, rows, None, digest, progress)
    found = versions.current(base)
    if found is None:
        raise CatalogueError(
            f"There is no catalogue named {name!r} here. Make one with "
            f"`tastemaker index FILE --name {name}`, or see `tastemaker catalogues`."
        )
    return found


def open_catalogue(home: Path, name: str) -> Catalogue:
    """A catalogue alone, without models. Raises CatalogueError for one that is not there."""
    return Catalogue(up_to_date(home, name, HashingEncoder()), name)


def open_encoder(settings: Settings) -> Encoder:
    """The sentence encoder that the settings name; `hashing` needs no model."""
    if settings.encoder.model == "hashing":
        return HashingEncoder()
    from retrieval.sentence_encoder import SentenceEncoder  # noqa: PLC0415

    delta = settings.encoder.delta
    return SentenceEncoder(settings.encoder.model, Path(delta).expanduser() if delta else None)


def open_reader(settings: UnderstandingSettings) -> ChangeReader | None:
    """The chat model that helps to understand, if the settings name one. Raises SettingsError."""
    if settings.model_copy(update={"second_reader": "default"}) == UnderstandingSettings():
        return None
    from chatbot.chat_model import open_chat_model  # noqa: PLC0415

    return open_chat_model(settings)


def open_second_reader(home: Path, settings: Settings) -> SecondReader | None:
    """The trained reader: one made here, else the one that comes with the project. None where the
    settings say so, and beside the encoder that needs no model. Raises ModelUnavailable."""
    if settings.understanding.second_reader == "none" or settings.encoder.model == "hashing":
        return None
    from chatbot.mention_model import SETTINGS, MiniLmReader  # noqa: PLC0415

    own = home / "models" / "reader"
    return MiniLmReader(own if (own / SETTINGS).is_file() else READER)


def scorer_base(home: Path, settings: ScorerSettings, progress: Progress | None = None) -> Path:
    """The folder of the language model. Raises ModelUnavailable."""
    if settings.model == NAME:
        return ensure_smollm2(home, settings.fetch, progress)
    if not (Path(settings.model) / "model.safetensors").is_file():
        raise ModelUnavailable(
            f"{settings.model!r} is no folder with a language model (model.safetensors) in it."
        )
    return Path(settings.model)


def trained_folder(home: Path, settings: ScorerSettings) -> Path | None:
    """What the scorer learned: what the settings name, else what was made here, else what ships; None
    where there is nothing."""
    if settings.trained == "none":
        return None
    if settings.trained != "default":
        return Path(settings.trained).expanduser()
    there = (folder for folder in (home / "models" / "scorer", SCORER) if (folder / FILE).is_file())
    return next(there, None)


def open_scorer(
    home: Path, settings: ScorerSettings, progress: Progress | None = None
) -> tuple[Scorer | None, float, str]:
    """The language model with its weight in the blend, or None and a sentence that says why."""
    if settings.model == "none":
        return None, 0.0, "No language model: the setting scorer.model is 'none'."
    folder = trained_folder(home, settings)
    try:
        if folder is not None:
            weight = read_scorer_file(folder).weight if settings.weight is None else settings.weight
            if weight == 0:
                return None, 0.0, "No language model: what it learned does not help."
            base = scorer_base(home, settings, progress)
            return TrainedScorer(base, folder), weight, ""
        if not settings.weight:
            return None, 0.0, "No language model: none was trained."
        path = (
            str(scorer_base(home, settings, progress)) if settings.model == NAME else settings.model
        )
        from retrieval.language_model import LanguageModelScorer  # noqa: PLC0415

        return LanguageModelScorer(path, settings.longest_conversation), settings.weight, ""
    except ModelUnavailable as error:
        return None, 0.0, f"No language model: {error}"
