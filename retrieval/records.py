"""What is read out of a file before anything is made of it: numbered records."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

LONGEST_RECORD = 1_000_000  # characters


@dataclass(frozen=True)
class Record:
    """One record as it was read, with where it stands: a line of the file (its first, where a
    record spans several), or a row of a file without lines. `problem` says why it cannot be used."""

    line: int
    fields: Mapping[str, Any] = field(default_factory=dict)
    problem: str = ""
    raw: str = ""


@dataclass(frozen=True)
class Source:
    """A file read: what it was found to be, its records, and what its owner should know of it."""

    kind: str
    unit: str
    records: list[Record]
    notes: tuple[str, ...] = ()
