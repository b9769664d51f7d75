"""Versions of a catalogue on disk: readers keep the one they opened until the next is complete.

    catalogues/shop/current     the name of the version to open, replaced in one step
                    v7/         catalogue.db and vectors, never changed once it is current
                    building/   the next version, as far as it has come; taken up again if interrupted

A version is a folder. It goes when it is not current and no living process reads it.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import filelock

from retrieval.errors import HomeInUse

CURRENT, BUILDING, READERS = "current", "building", "readers"
_VERSION = re.compile(r"v(\d+)")
_NOT_COPIED = ("owner.lock", "owner.pid", READERS)


def current(base: Path) -> Path | None:
    """The folder to read the catalogue in `base` from; None while there is none."""
    try:
        name = (base / CURRENT).read_text(encoding="utf-8").strip()
    except OSError:
        return None
    folder = base / name
    return folder if _VERSION.fullmatch(name) and folder.is_dir() else None


@dataclass
class Build:
    """A version under construction. With `publish` false it is thrown away: nothing had changed."""

    folder: Path
    publish: bool = True


@contextmanager
def building(base: Path) -> Iterator[Build]:
    """A folder that starts as the current version and becomes it, whole, when the block ends well.

    If the block fails or the process dies, readers go on with what they had, and the next builder
    goes on with what was built. Raises HomeInUse while another process builds.
    """
    base.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(base / "building.lock")
    try:
        lock.acquire(blocking=False)
    except filelock.Timeout:
        raise HomeInUse(
            f"Another tastemaker is indexing the catalogue {base.name!r} right now. Wait for it, "
            "or stop it; what it has embedded is kept."
        ) from None
    try:
        folder = base / BUILDING
        if not folder.is_dir():
            _copy(current(base), folder)
        build = Build(folder)
        yield build
        if build.publish:
            _publish(base, folder)
        else:
            shutil.rmtree(folder)
        sweep(base)
    finally:
        lock.release()


def _copy(source: Path | None, folder: Path) -> None:
    """Copy a version, or make an empty one. What is half copied never counts as a folder to build in."""
    half = folder.with_name(f"{folder.name}.half")
    shutil.rmtree(half, ignore_errors=True)
    if source is None:
        half.mkdir()
    else:
        shutil.copytree(source, half, ignore=shutil.ignore_patterns(*_NOT_COPIED))
    half.rename(folder)


def renew(folder: Path, source: Path | None, part: str) -> None:
    """Put a part of a version under construction back to what `source` has of it, or to nothing."""
    shutil.rmtree(folder / part, ignore_errors=True)
    if source is not None and (source / part).is_dir():
        ignored = shutil.ignore_patterns(*_NOT_COPIED)
        shutil.copytree(source / part, folder / part, ignore=ignored)


def _publish(base: Path, folder: Path) -> None:
    number = max((n for n, _ in _versions(base)), default=0) + 1
    target = base / f"v{number}"
    folder.rename(target)
    half = base / f"{CURRENT}.half"
    with half.open("w", encoding="utf-8") as file:
        file.write(target.name)
        file.flush()
        os.fsync(file.fileno())
    half.replace(base / CURRENT)


def _versions(base: Path) -> list[tuple[int, Path]]:
    return [(int(m[1]), p) for p in base.iterdir() if (m := _VERSION.fullmatch(p.name))]


def sweep(base: Path) -> None:
    """Remove versions that are not current and that no living process reads."""
    for _, folder in _versions(base):
        if folder != current(base) and not _is_read(folder):
            shutil.rmtree(folder, ignore_errors=True)


def read(folder: Path) -> Path:
    """Note that this process reads a version; gives the note, to be removed when it no longer does."""
    notes = folder / READERS
    notes.mkdir(exist_ok=True)
    note = notes / f"{os.getpid()}-{os.urandom(4).hex()}"
    note.touch()
    return note


def _is_read(folder: Path) -> bool:
    notes = folder / READERS
    return notes.is_dir() and any(_is_alive(int(p.name.partition("-")[0])) for p in notes.iterdir())


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
