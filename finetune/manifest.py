"""Samples written to a file, with a manifest beside it that says what went in and what did not.

Both hold no time of their own: the same log and settings give the same bytes. The manifest is written last
and carries the samples' SHA-256, so a samples file without a manifest that fits it is unfinished.
"""

import gzip
import hashlib
import json
import os
from collections import Counter
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from chatbot.propensity import EXAMINATION
from finetune.caps import Capped
from finetune.from_log import Gathered
from finetune.samples import Sample, SamplesError

ROOT = Path(__file__).parent.parent
MADE_BY = (
    *("chatbot/logged.py", "chatbot/propensity.py", "chatbot/redaction.py"),
    *("chatbot/phone_numbers.py", "chatbot/checked_numbers.py", "chatbot/street_addresses.py"),
    *(
        "finetune/from_log.py",
        "finetune/verdicts.py",
        "finetune/caps.py",
        "finetune/samples.py",
        "finetune/manifest.py",
    ),
)
"""The files whose hash is the code's version: what decides which samples come of a log."""


class Settings(BaseModel):
    """What was asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    catalogue: str = ""
    since: str = ""
    consent: Literal["asked", "assumed"] = "asked"
    visitor_share: float = 0.005
    item_share: float = 0.05
    seed: int = 0


class Manifest(BaseModel):
    """What a file of samples is made of. Visitors stand in it by pseudonym, with their samples."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    format: Literal[1] = 1
    samples_sha256: str
    samples: int
    erased: int = 0
    """Samples that were taken out since, because their visitors were erased. `lists`, `turns`,
    `conversations` and `made_by` are of the log as it was."""
    without_positive: int
    positives: dict[str, int]
    """By what was done or said, as are the negatives."""
    negatives: dict[str, int]
    sources: dict[str, int]
    visitors: dict[str, int]
    conversations: dict[str, int]
    turns: dict[str, int]
    lists: dict[str, int]
    """How many were in the log, and how many gave no sample, by reason."""
    visitor_cap: dict[str, Any]
    item_cap: dict[str, Any]
    catalogues: dict[str, str | None]
    """The hash of each catalogue as it is now; null where it is not there."""
    made_by: list[dict[str, str]]
    """What made the lists (catalogue, encoder, scorer, ...), and how many samples are of each."""
    propensity: str
    log: dict[str, str]
    """When the first and the last turn was said that may be learned from."""
    code: dict[str, str]
    settings: Settings


def manifest_of(path: Path) -> Path:
    """Where the manifest of a file of samples is."""
    name = path.name.removesuffix(".gz").removesuffix(".jsonl").removesuffix(".json")
    return path.with_name(f"{name}.manifest.json")


def describe(
    gathered: Gathered,
    capped: Capped,
    written: bytes,
    catalogues: Mapping[str, str | None],
    settings: Settings,
) -> Manifest:
    """The manifest of the samples that `written` is the file of."""
    samples = capped.samples
    ends = dict(zip(("first", "last"), gathered.times, strict=False))
    return Manifest(
        samples_sha256=hashlib.sha256(written).hexdigest(),
        samples=len(samples),
        without_positive=sum(not sample.labels for sample in samples),
        positives=_counted(p.why for s in samples for p in s.positives),
        negatives=_counted(n.why for s in samples for n in s.negatives),
        sources=_counted(s.source for s in samples),
        visitors=_counted(s.visitor for s in samples),
        conversations=_counted(gathered.conversations),
        turns=_counted(gathered.turns),
        lists=_counted(gathered.lists),
        visitor_cap={
            "most": capped.most_of_visitor,
            "dropped_samples": _counted(+capped.visitors),
        },
        item_cap={
            "most": capped.most_of_item,
            "dropped_positives": [
                {"catalogue": catalogue, "item": item, "dropped": n}
                for (catalogue, item), n in sorted((+capped.items).items())
            ],
            "dropped_samples": capped.emptied,
        },
        catalogues=dict(sorted(catalogues.items())),
        made_by=[
            {**dict(made), "samples": str(n)} for made, n in sorted(gathered.versions.items())
        ],
        propensity=EXAMINATION,
        log=ends,
        code={"tastemaker": version("tastemaker"), "sha256": _code()},
        settings=settings,
    )


def _counted(things: Any) -> dict[str, int]:
    return dict(sorted(Counter(things).items()))


def _code() -> str:
    digest = hashlib.sha256()
    for name in MADE_BY:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def file_of(samples: list[Sample], zipped: bool) -> bytes:
    """The bytes of a file of samples, JSON Lines, gzipped or not; without what is not known."""
    lines = (
        json.dumps(sample.model_dump(exclude_defaults=True), ensure_ascii=False) + "\n"
        for sample in samples
    )
    text = "".join(lines).encode()
    return gzip.compress(text, mtime=0) if zipped else text


def write(path: Path, samples: bytes, manifest: Manifest) -> None:
    """Put the samples and their manifest in their places: each whole or not at all."""
    beside = manifest_of(path)
    told = manifest.model_dump_json(indent=1).encode() + b"\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    new = {path: samples, beside: told}
    try:
        for file, data in new.items():
            with _part(file).open("wb") as part:
                part.write(data)
                part.flush()
                os.fsync(part.fileno())
        beside.unlink(missing_ok=True)  # the old one must not stand beside new samples
        for file in new:
            _part(file).replace(file)
    except OSError as error:
        raise SamplesError(f"{str(path)!r} cannot be written: {error}.") from error
    finally:
        for file in new:
            _part(file).unlink(missing_ok=True)


def _part(file: Path) -> Path:
    return file.with_name(f".{file.name}.{os.getpid()}.part")


def read_manifest(path: Path) -> Manifest:
    """The manifest of a file of samples. Raises SamplesError where there is none that fits it."""
    beside = manifest_of(path)
    try:
        found = Manifest.model_validate_json(beside.read_text(encoding="utf-8"))
        same = hashlib.sha256(path.read_bytes()).hexdigest() == found.samples_sha256
    except (OSError, ValidationError) as error:
        raise SamplesError(f"{path.name} has no manifest that can be read: {error}.") from error
    if not same:
        raise SamplesError(
            f"{beside.name} is the manifest of other samples than {path.name} holds; write them again with "
            "`tastemaker finetune samples`."
        )
    return found
