"""Files of JSON Lines that measuring and training read: their lines, and rows of a given form."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from retrieval.errors import TastemakerError

Row = TypeVar("Row", bound=BaseModel)


def numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a UTF-8 file, gzipped or not, that are not blank, with their numbers (from 1).

    Raises OSError, EOFError and UnicodeDecodeError as it comes to them.
    """
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield number, line


def first_problem(error: ValidationError) -> tuple[str, str]:
    """Where the first fault of a row is ("turns.0.role"; empty for the row itself), and what it is."""
    problem = error.errors()[0]
    return ".".join(map(str, problem["loc"])), problem["msg"]


def read_rows(path: Path, form: type[Row], called: str) -> Iterator[Row]:
    """The rows of a file. Raises TastemakerError naming the line that is no such row, which is
    `called` "dialogue" or the like."""
    for number, line in numbered_lines(path):
        try:
            yield form.model_validate_json(line)
        except ValidationError as error:
            where, problem = first_problem(error)
            raise TastemakerError(
                f"{path}, line {number} is no {called}: {where}: {problem}"
            ) from None
