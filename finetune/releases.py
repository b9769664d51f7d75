"""Releases made, listed, promoted and rolled back.

A release is whole when its folder has its name: it is built beside the others and renamed last. Which
one serves stands in `live.json`, replaced in one step while a lock is held; running servers look there
between turns (`ui/live.py`). Whatever happens is a line in the log (`chatbot/model_events.py`).
"""

import json
import logging
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import filelock

from chatbot.model_events import gone_of, note
from retrieval.errors import ReleaseError
from retrieval.release import (
    CARD,
    ENDINGS,
    LIVE,
    MANIFEST,
    METRICS,
    PARTS,
    RECORD,
    VISITORS,
    Pointer,
    Record,
    Samples,
    check,
    files_in,
    folder_of,
    models_of,
    read_pointer,
    read_record,
    sha256_of,
)
from retrieval.whole_file import write_whole

log = logging.getLogger(__name__)
ROOT = Path(__file__).parent.parent
MADE_BY = (
    *("retrieval/features.py", "retrieval/talked.py", "retrieval/arm_blend.py"),
    *("finetune/arms.py", "finetune/asked.py", "finetune/votes.py", "finetune/gate.py"),
)
"""The files whose hash is the code's version: what decides which numbers come of samples."""
PROMPT = ROOT / "retrieval" / "prompts" / "scorer.txt"
KEPT = 20
"""Releases that served before, which `live.json` remembers."""


@dataclass(frozen=True)
class Release:
    """A release on disk: its folder, what made it, and what the gate measured, if it did."""

    folder: Path
    record: Record
    metrics: dict[str, Any] | None

    @property
    def parts(self) -> list[str]:
        """Which of `PARTS` it has."""
        return [part for part in PARTS if (self.folder / part).is_dir()]

    @property
    def visitors(self) -> dict[str, int]:
        """The visitors of its samples, by pseudonym, each with how many; as far as the samples say."""
        path = self.folder / VISITORS
        if not path.is_file():
            return {}
        found: dict[str, int] = json.loads(path.read_text(encoding="utf-8"))
        return found


@dataclass(frozen=True)
class Making:
    """What the maker of a release tells of it (see `Record`)."""

    catalogue: str
    catalogue_hash: str
    encoder: str
    base: dict[str, str]
    samples: Samples
    settings: dict[str, Any]


def make(
    home: Path,
    told: Making,
    parts: Mapping[str, Path],
    visitors: Mapping[str, int],
    manifest: bytes | None = None,
) -> Release:
    """Make a release of the model files in the folders of its parts; `visitors` are those of its
    samples. Raises ReleaseError for files that could not be served."""
    base = models_of(home, told.catalogue) / "releases"
    base.mkdir(parents=True, exist_ok=True)
    half = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=base))
    try:
        for part, source in parts.items():
            (half / part).mkdir()
            for path in sorted(source.iterdir()):
                if path.is_file() and path.suffix in ENDINGS:
                    shutil.copyfile(path, half / part / path.name)
        files = {name: sha256_of(half / name) for name in files_in(half)}
        if not files:
            raise ReleaseError("There is nothing to make a release of: its parts hold no model file.")  # fmt: skip
        at = datetime.now(UTC)
        short = sha256(json.dumps([files, at.isoformat()]).encode()).hexdigest()[:8]
        record = Record(
            id=f"{at:%Y%m%dT%H%M%S}-{short}",
            made=at.isoformat(timespec="seconds"),
            prompt_sha256=sha256_of(PROMPT),
            code={"tastemaker": version("tastemaker"), "sha256": _code()},
            parent=read_pointer(home, told.catalogue).live,
            manifest_sha256=sha256(manifest).hexdigest() if manifest else None,
            files=files,
            **vars(told),
        )
        if manifest:
            (half / MANIFEST).write_bytes(manifest)
        (half / VISITORS).write_text(json.dumps(dict(sorted(visitors.items()))), encoding="utf-8")
        write_whole(half / RECORD, f"{record.model_dump_json(indent=1)}\n".encode())
        check(half)
        half.chmod(0o755)
        folder = half.rename(base / record.id)
    finally:
        shutil.rmtree(half, ignore_errors=True)
    kinds = ", ".join(p for p in PARTS if p in parts)
    why = f"{kinds} from {told.samples.learned} samples of {told.samples.name}"
    note(home, told.catalogue, record.id, "made", why)
    return Release(folder, record, None)


def _code() -> str:
    digest = sha256()
    for name in MADE_BY:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def read_release(folder: Path) -> Release:
    """A release as it lies on disk. Raises ReleaseError."""
    path = folder / METRICS
    try:
        metrics = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
    except (OSError, ValueError) as error:
        raise ReleaseError(f"{str(path)!r} cannot be read: {error}.") from error
    return Release(folder, read_record(folder), metrics)


def releases_of(home: Path, catalogue: str) -> list[Release]:
    """The releases of a catalogue, the first made first; unfinished ones are none, and those whose
    record cannot be read are passed over with a warning."""
    base = models_of(home, catalogue) / "releases"
    found = []
    for path in sorted(base.iterdir()) if base.is_dir() else []:
        if path.is_dir() and not path.name.startswith("."):
            try:
                found.append(read_release(path))
            except ReleaseError as error:
                log.warning("%s", error)
    return found


def catalogues_with_releases(home: Path) -> list[str]:
    """The catalogues that have releases."""
    return sorted(p.parent.name for p in (home / "models").glob("*/releases") if p.is_dir())


def find_release(home: Path, catalogue: str, id: str) -> Release:
    """The release that an id, or a part of one that no other has, means. Raises ReleaseError."""
    found = [r for r in releases_of(home, catalogue) if id and id in r.record.id]
    if len(found) != 1:
        which = f"{len(found)} releases" if found else "no release"
        raise ReleaseError(
            f"{id!r} is {which} of {catalogue!r}; `tastemaker models list --catalogue {catalogue}` shows them."
        )
    return found[0]


def keep_metrics(release: Release, metrics: dict[str, Any], card: str) -> Release:
    """Keep what was measured of a release, and its card."""
    data = json.dumps(metrics, ensure_ascii=False, indent=1)
    write_whole(release.folder / METRICS, f"{data}\n".encode())
    write_whole(release.folder / CARD, card.encode())
    return read_release(release.folder)


def gone_from(home: Path, release: Release) -> dict[str, str]:
    """The visitors whose samples a release learned from and who were erased, or took their consent
    back, since: pseudonym, and which of the two."""
    return gone_of(home, release.visitors.keys())


def releases_with(home: Path, visitor: str) -> list[str]:
    """The releases that learned from a visitor, a sentence each."""
    return [
        f"The release {id} of {name!r} was made with their samples; it is marked, and not promoted any more."
        for name, id in names_with(home, visitor)
    ]


def names_with(home: Path, visitor: str) -> list[tuple[str, str]]:
    """The releases that learned from a visitor, by catalogue and id."""
    return [
        (name, release.record.id)
        for name in catalogues_with_releases(home)
        for release in releases_of(home, name)
        if visitor in release.visitors
    ]


def objections(home: Path, release: Release) -> list[str]:
    """Why a release may not be promoted, in sentences; none where the gate lets it through."""
    live = read_pointer(home, release.record.catalogue).live
    found = []
    if release.metrics is None:
        found.append("It was not measured against what is live.")
    elif release.metrics["against"] != live:
        found.append(
            f"It was measured against {_named(release.metrics['against'])}, and {_named(live)} is live now; "
            "`--samples FILE` measures it again."
        )
    else:
        found += [
            f"{c['name']}: {c['told']}." for c in release.metrics["checks"] if c["passed"] is False
        ]
    if gone := gone_from(home, release):
        found.append(
            f"{len(gone)} of the visitors whose samples it learned from were erased or took their consent "
            "back since; make a new one without them."
        )
    return found


def _named(id: str | None) -> str:
    return id or "no release"


def promote(home: Path, release: Release, force: bool = False, why: str = "") -> None:
    """Let a release serve. Raises ReleaseError, with a line in the log, where there are objections and
    it is not forced; damaged files are never promoted."""
    record = release.record
    if read_pointer(home, record.catalogue).live == record.id:
        raise ReleaseError(f"{record.id} is live already.")
    check(release.folder)
    found = objections(home, release)
    if found and not force:
        note(home, record.catalogue, record.id, "refused", " ".join(found))
        raise ReleaseError(
            f"{record.id} is not promoted. {' '.join(found)} "
            "(`--force` promotes it all the same, and the log says so.)"
        )
    with _pointing(home, record.catalogue) as pointer:
        before = (pointer.live, *pointer.before)[:KEPT]
        _point(home, record.catalogue, Pointer(live=record.id, before=before))
    if found:
        told = f"forced{f' ({why})' if why else ''} against: {' '.join(found)}"
        note(home, record.catalogue, record.id, "forced", told)
    else:
        note(home, record.catalogue, record.id, "promoted", why or "the gate let it through")


def roll_back(
    home: Path, catalogue: str, why: str, only: str | None = None, by_itself: bool = False
) -> str | None:
    """Let the release serve that served before, or none; gives its id. With `only`, nothing happens
    unless that one is live. Raises ReleaseError where nothing served before."""
    with _pointing(home, catalogue) as pointer:
        if only is not None and pointer.live != only:
            return pointer.live
        if pointer.live is None:
            raise ReleaseError(
                f"No release of {catalogue!r} is live, so there is nothing to roll back."
            )
        there = [b for b in pointer.before if b is None or (folder_of(home, catalogue, b) / RECORD).is_file()]  # fmt: skip
        after, *rest = there or [None]
        _point(home, catalogue, Pointer(live=after, before=tuple(rest)))
    back = f"back to {_named(after)}: {why}"
    note(home, catalogue, pointer.live, "rolled back by itself" if by_itself else "rolled back", back)  # fmt: skip
    return after


@contextmanager
def _pointing(home: Path, catalogue: str) -> Iterator[Pointer]:
    base = models_of(home, catalogue)
    base.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(base / "live.lock", timeout=30):
        yield read_pointer(home, catalogue)


def _point(home: Path, catalogue: str, pointer: Pointer) -> None:
    if pointer.live is not None and not (folder_of(home, catalogue, pointer.live) / RECORD).is_file():  # fmt: skip
        raise ReleaseError(f"The release {pointer.live} is not there any more.")
    write_whole(models_of(home, catalogue) / LIVE, f"{pointer.model_dump_json()}\n".encode())


def state_of(release: Release, pointer: Pointer, objections: Iterable[str]) -> str:
    """What a release is now: live, before (it would come back), refused, measured or made."""
    if release.record.id == pointer.live:
        return "live"
    if pointer.before and release.record.id == pointer.before[0]:
        return "before"
    if release.metrics is None:
        return "made"
    return "refused" if any(objections) else "ready"
