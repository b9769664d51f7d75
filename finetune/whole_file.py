"""Writing a file whole or not at all."""

import gzip
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO

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


def write_whole(path: Path, write: Callable[[IO[bytes]], None]) -> None:
    """Let `write` fill a file beside `path`, and put it in its place when it is whole.

    Raises TastemakerError where the disk refuses; the file that was there before is then kept.
    """
    unfinished = path.with_name(f".{path.name}.part")
    try:
        with unfinished.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError as error:
        raise TastemakerError(f"{str(path)!r} cannot be written: {error.strerror}.") from error
    finally:
        unfinished.unlink(missing_ok=True)


def write_text(path: Path, write: Callable[[IO[str]], None]) -> None:
    """The same for text in UTF-8; compressed, without name and time, where the name ends in .gz."""

    def fill(file: IO[bytes]) -> None:
        if not path.name.endswith(".gz"):
            with io.TextIOWrapper(file, encoding="utf-8", newline="") as text:
                write(text)
                text.flush()
                text.detach()
            return
        with gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
            text = io.TextIOWrapper(packed, encoding="utf-8", newline="")
            write(text)
            text.flush()
            text.detach()

    write_whole(path, fill)
