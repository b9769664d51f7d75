"""Writing a file whole or not at all."""

import gzip
import os
from contextlib import suppress
from functools import partial
from pathlib import Path

from retrieval.errors import TastemakerError


def check_place(path: Path, endings: tuple[str, ...]) -> None:
    """Raise TastemakerError, before anything is worked out, for a file that could not be written."""
    if not path.name.endswith(endings):
        raise TastemakerError(
            f"{str(path)!r} has to end in {', '.join(endings[:-1])} or {endings[-1]}, which says how to write it."
        )
    if path.is_dir() or not path.parent.is_dir():
        raise TastemakerError(
            f"{str(path)!r} cannot be written: its folder is not there, or it is a folder itself."
        )
    if not os.access(path.parent, os.W_OK):
        raise TastemakerError(f"{str(path)!r} cannot be written: the folder may not be written to.")


def write_whole(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Write a file beside `path`, compressed (without a time) where its name ends in .gz, and put it in
    its place when it is whole. `mode` is who may read it, as far as the process allows.

    Raises TastemakerError where the disk refuses; the file that was there before is then kept.
    """
    if path.name.endswith(".gz"):
        data = gzip.compress(data, mtime=0)
    unfinished = path.with_name(f".{path.name}.part")
    try:
        with open(unfinished, "wb", opener=partial(os.open, mode=mode)) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError as error:
        raise TastemakerError(f"{str(path)!r} cannot be written: {error.strerror}.") from error
    finally:
        with suppress(OSError):
            unfinished.unlink()
