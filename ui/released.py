"""Opening a release: its parts checked and loaded, or a sentence that says why not."""

import hashlib
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

from retrieval.catalogue import Catalogue
from retrieval.encoder import Encoder
from retrieval.errors import (
    InteractionsError,
    ModelUnavailable,
    ReleaseError,
    ReleaseMisfit,
)
from retrieval.learned import UNTAUGHT, Learned, load_learned
from retrieval.release import Record, check, live_folder
from retrieval.scorer import Scorer
from retrieval.talked import by_id, by_title
from retrieval.trained_scorer import TrainedScorer
from ui.settings import Settings

ARMS = Path(__file__).parent.parent / "data" / "models" / "arms"
LEAST_KNOWN, LEAST_SHARE_KNOWN = 100, 0.05
"""Items, and share of a catalogue, that shipped counts must know before they are used for it."""
Which = Path | Literal["live"] | None
"""A release by its folder, the one that is live, or none."""


@dataclass(frozen=True)
class Released:
    """A release that was checked and that fits: what made it, and where it lies."""

    folder: Path
    record: Record

    def has(self, part: str) -> bool:
        """Whether it has a part of its own."""
        return (self.folder / part).is_dir()


def find_released(home: Path, name: str, which: Which) -> Released | None:
    """The release to open a catalogue with. Raises ReleaseError for one that is damaged, ReleaseMisfit
    for one of another catalogue."""
    folder = live_folder(home, name) if which == "live" else which
    if folder is None:
        return None
    record = check(folder)
    if record.catalogue != name:
        raise ReleaseMisfit(
            f"The release {record.id} is of the catalogue {record.catalogue!r}, not {name!r}."
        )
    return Released(folder, record)


def fits(released: Released, encoder: Encoder, base: str) -> None:
    """Raise ReleaseMisfit where a release was made with another encoder than is used here; `base` is the
    SHA-256 of the encoder's own weights, empty where that is no file."""
    record = released.record
    if record.encoder != without_precision(encoder.name):
        raise ReleaseMisfit(
            f"The release {record.id} was made with the encoder {record.encoder!r}, and the one here is "
            f"{without_precision(encoder.name)!r}."
        )
    made = record.base.get("encoder", base)
    if base and made != base:
        raise ReleaseMisfit(
            f"The release {record.id} was trained on top of an encoder with the hash {made[:12]}, and the one "
            f"here has {base[:12]}."
        )


def without_precision(encoder: str) -> str:
    """An encoder's name without its precision, which differs from machine to machine."""
    return encoder.rpartition("/")[0] or encoder


@lru_cache(maxsize=4)
def encoder_hash(model: str) -> str:
    """SHA-256 of an encoder's weights; empty where it has none, or they are no file here."""
    if model == "hashing":
        return ""
    from retrieval.sentence_encoder import DEFAULT, packaged_minilm  # noqa: PLC0415

    path = Path(packaged_minilm() if model == DEFAULT else model) / "model.safetensors"
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def open_arms(
    own: Path,
    catalogue: Catalogue,
    encoder: str,
    settings: Settings,
    released: Released | None = None,
) -> Learned:
    """What was learned from conversations about a catalogue: that of the release, else what was made
    here, else, where it holds films, what comes with the project. `own` is the catalogue's folder. Raises
    ReleaseError."""
    if settings.arms.blend == "fusion":
        return UNTAUGHT
    items = list(catalogue.items.values())
    if released is not None and released.has("arms"):
        try:
            return load_learned(released.folder / "arms", items, by_id, encoder)
        except (InteractionsError, ModelUnavailable) as error:
            raise ReleaseError(
                f"The release {released.record.id} cannot be loaded: {error}"
            ) from error
    here = load_learned(own, items, by_id, encoder)
    if here.talked is not None or "year" not in catalogue.schema.numbers:
        return here  # and titles without years would find other things of the same name
    shipped = load_learned(ARMS, items, by_title, encoder)
    known = int((shipped.talked.named > 0).sum()) if shipped.talked else 0
    if known < max(LEAST_KNOWN, LEAST_SHARE_KNOWN * len(items)):
        return here
    return shipped if here.blend is None else replace(here, talked=shipped.talked)


def open_released_scorer(released: Released, base: Path) -> tuple[Scorer, float]:
    """The trained scorer of a release and its weight, on top of the language model in `base`. Raises
    ReleaseError."""
    try:
        scorer = TrainedScorer(base, released.folder / "scorer")
    except ModelUnavailable as error:
        raise ReleaseError(
            f"The scorer of the release {released.record.id} cannot be loaded: {error}"
        ) from error
    return scorer, scorer.file.weight
