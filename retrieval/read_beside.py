"""A large file read by a process of its own, so that models load here meanwhile on another core."""

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from retrieval.encoder import Progress
from retrieval.errors import CatalogueError
from retrieval.importing import Imported, read_file
from retrieval.item import Role

LARGE = 1_000_000  # bytes on disk; what is smaller is read in no time

Reading = Callable[[Progress | None], Imported]
"""Waits until a file is read; gives and raises what `importing.read_file` does."""


def begin_reading(
    path: Path, given: Mapping[str, Role] | None = None, encoding: str | None = None
) -> Reading:
    """Begin to read a file. To be called before other threads run, which do not survive a fork: where
    there are some, and where the system has no fork, the file is read once it is waited for."""
    alone = threading.active_count() == 1 and sys.platform == "linux"
    if not alone or not path.is_file() or path.stat().st_size < LARGE:
        return lambda progress: read_file(path, given, encoding, progress)
    here, there = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(
        target=_read, args=(there, path, dict(given or {}), encoding), daemon=True
    )
    child.start()
    there.close()
    return partial(_heard, here, child, path.name)


def _heard(here: Connection, child: Any, name: str, progress: Progress | None) -> Imported:
    try:
        while not isinstance(heard := here.recv(), Imported):
            if isinstance(heard, Exception):
                raise heard
            if progress:
                progress(*heard)
    except EOFError:
        child.join()
        raise CatalogueError(
            f"{name} could not be read: the process that read it ended ({child.exitcode}), as it does "
            "when memory runs out. Nothing was changed."
        ) from None
    finally:
        child.kill()
        child.join()
        here.close()
    return heard


def _read(there: Connection, path: Path, given: dict[str, Role], encoding: str | None) -> None:
    """What the other process does."""
    # Who waits for this one hears of Ctrl-C, and ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()  # rows hold no cycles, and to look for some takes a quarter of the time
    try:
        there.send(read_file(path, given, encoding, lambda *now: there.send(now)))
    except BrokenPipeError:  # nobody waits any more
        pass
    except Exception as error:
        there.send(error)
    there.close()
    os._exit(0)  # nothing of the process that this one is a copy of is to be tidied up here
