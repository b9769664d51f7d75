"""Samples: one decision of a human recommender a line, with the conversation that led to it."""

import gzip
import json
import zlib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from retrieval.errors import TastemakerError
from retrieval.item import Item
from retrieval.prompt import ScorerPrompt

TURNS = 3  # of the visitor's latest utterances that the arms search with


class SamplesError(TastemakerError):
    """A file of samples cannot be used."""


class Message(BaseModel):
    """One utterance."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    role: Literal["user", "assistant"]
    text: str


class Sample(BaseModel):
    """A conversation so far, the items named in it, and those the recommender named next."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    id: str
    dialogue: str = ""
    context: tuple[Message, ...]
    mentioned: tuple[str, ...]
    labels: tuple[str, ...]

    @property
    def group(self) -> str:
        """What a bootstrap draws by: the dialogue, or the sample where none is named."""
        return self.dialogue or self.id

    def text(self) -> str:
        """What the visitor said last, the words that arms search with."""
        said = [message.text for message in self.context if message.role == "user"]
        return " ".join(said[-TURNS:])

    def prompt(self, catalogue: dict[str, Item]) -> ScorerPrompt:
        """What the scorer reads, in the form in which it reads a live conversation."""
        who = {"user": "Visitor", "assistant": "You"}
        lines = "\n".join(f"{who[message.role]}: {message.text}" for message in self.context)
        named = ", ".join(catalogue[id].label() for id in self.mentioned if id in catalogue)
        return ScorerPrompt.of(lines, named, "")


def read_samples(path: Path) -> list[Sample]:
    """Read a file of samples (JSON Lines, gzipped or not). Raises SamplesError, naming the line."""
    if not path.is_file():
        raise SamplesError(f"There is no file {str(path)!r} to read samples from.")
    samples: list[Sample] = []
    try:
        with (
            gzip.open(path, "rt", encoding="utf-8")
            if path.suffix == ".gz"
            else path.open(encoding="utf-8") as file
        ):
            for number, line in enumerate(file, 1):
                if line.strip():
                    samples.append(_read(path, number, line))
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise SamplesError(f"{path.name} cannot be read as text: {error}.") from error
    if not samples:
        raise SamplesError(f"{path.name} holds no sample.")
    return samples


def _read(path: Path, number: int, line: str) -> Sample:
    try:
        return Sample.model_validate(json.loads(line))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the sample"
        raise SamplesError(f"{path.name}, line {number}, {where}: {first['msg']}.") from error
    except ValueError as error:
        raise SamplesError(f"{path.name}, line {number} is not JSON: {error}.") from error
