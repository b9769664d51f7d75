"""Samples: one decision of a human recommender a line, with the conversation that led to it."""

import json
import zlib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from finetune.json_lines import first_problem, numbered_lines
from retrieval.errors import TastemakerError
from retrieval.item import Item
from retrieval.prompt import ScorerPrompt

LONGEST_TALK = 900  # characters, about what a sentence encoder reads
TURNS = 3  # of the visitor's latest utterances that the arms search with


class SamplesError(TastemakerError):
    """A file of samples cannot be used."""


class Message(BaseModel):
    """One utterance."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    role: Literal["user", "assistant"]
    text: str


class Judged(BaseModel):
    """An item that was shown, and what came of it. `position` counts from 1; `propensity` is how
    likely that place was looked at (`chatbot/propensity.py`), unset where nothing is known of that;
    `weight` how surely it speaks for or against the item, 0 to 1; `why` what was done or said about it."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    id: str
    position: int
    propensity: float | None = None
    weight: float = 1.0
    why: str


class Sample(BaseModel):
    """A conversation so far, the items named in it, and those the recommender named next.

    What comes from our own log says more: `labels` are then what the visitor took to, each with its
    weight in `positives`, and may be empty where everything was turned down; `source` is "talk", or the
    name of imported dialogues; `visitor` a pseudonym.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)
    id: str
    dialogue: str = ""
    context: tuple[Message, ...]
    mentioned: tuple[str, ...]
    labels: tuple[str, ...]
    positives: tuple[Judged, ...] = ()
    negatives: tuple[Judged, ...] = ()
    source: str = ""
    visitor: str = ""
    time: str = ""
    catalogue: str = ""
    scene: str = ""
    """The catalogue, if the conversation was about several."""
    moment: dict[str, str] = {}
    """When and where it was, in words of the site, if it said so."""

    @property
    def group(self) -> str:
        """What a bootstrap draws by: the dialogue, or the sample where none is named."""
        return self.dialogue or self.id

    @property
    def weights(self) -> dict[str, float]:
        """What each label weighs: 1 where the file does not say."""
        return dict.fromkeys(self.labels, 1.0) | {p.id: p.weight for p in self.positives}

    def text(self) -> str:
        """What the visitor said last, the words that arms search with."""
        said = [message.text for message in self.context if message.role == "user"]
        return " ".join(said[-TURNS:])

    def talk(self) -> str:
        """All that the visitor said, or the end of it where that is long."""
        said = " ".join(message.text for message in self.context if message.role == "user")
        return said[-LONGEST_TALK:]

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
    try:
        samples = [_read(path, number, line) for number, line in numbered_lines(path)]
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise SamplesError(f"{path.name} cannot be read as text: {error}.") from error
    if not samples:
        raise SamplesError(f"{path.name} holds no sample.")
    return samples


def _read(path: Path, number: int, line: str) -> Sample:
    try:
        return Sample.model_validate(json.loads(line))
    except ValidationError as error:
        where, problem = first_problem(error)
        raise SamplesError(
            f"{path.name}, line {number}, {where or 'the sample'}: {problem}."
        ) from error
    except ValueError as error:
        raise SamplesError(f"{path.name}, line {number} is not JSON: {error}.") from error
