"""Arrays in a file of their own: the old file or the new one is there, never a part."""

import json
import os
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

UNREADABLE = (
    *(OSError, ValueError, KeyError, TypeError, EOFError, MemoryError, OverflowError),
    *(RuntimeError, zipfile.BadZipFile, zlib.error),  # a spoilt header may ask for a password
)
"""What reading a damaged file may raise."""


def as_bytes(value: object) -> NDArray[np.uint8]:
    """A value that JSON can hold, as an array."""
    return np.frombuffer(json.dumps(value).encode(), dtype=np.uint8)


def save_arrays(path: Path, arrays: Mapping[str, NDArray[Any]], compressed: bool = False) -> None:
    """Write an `.npz` file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.part")
    save = np.savez_compressed if compressed else np.savez
    try:
        with unfinished.open("wb") as file:
            save(file, allow_pickle=False, **cast("Any", arrays))
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
