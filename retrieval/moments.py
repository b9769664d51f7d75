"""What people take in which moment: on a phone, in the evening, on the page of some category.

A site may say in what moment a visitor is, in names and words of its own ("device": "phone"). Learned is by
how many nats each word of an item is likelier to be among what was taken then than at any time, shrunk
towards none; `finetune arms` learns it where samples tell of moments (`finetune/moments.py`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from retrieval.catalogue import Catalogue
from retrieval.errors import ModelUnavailable
from retrieval.item import Item, Schema
from retrieval.text import fold
from retrieval.whole_file import write_whole

FILE = "moments.json"
PARTS = ("low", "middle", "high")  # thirds of a number
MOST_NATS = 5.0


class MomentsFile(BaseModel):
    """As it is stored, for people to read: `nats` by moment and by word, `cuts` between the thirds of each
    number, and how much all of it counts."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    format: int = Field(1, ge=1, le=1)
    weight: float = Field(ge=0, le=10)
    cuts: dict[str, tuple[float, float]]
    nats: dict[str, dict[str, float]]
    found: str = ""


@dataclass(frozen=True)
class Moments:
    """What was learned, and what it says of the items of a catalogue, worked out when first asked for."""

    file: MomentsFile
    _of: dict[tuple[str, str], NDArray[np.float32]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def nats(
        self, moment: Mapping[str, str], catalogue: Catalogue, rows: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """What is to be added to the logits of some rows, shape `(rows,)`; 0 in moments nothing is known of."""
        found = np.zeros(len(rows))
        for name in map(called, moment.items()):
            if name in self.file.nats:
                found += self._nats(name, catalogue)[rows]
        return self.file.weight * found

    def _nats(self, name: str, catalogue: Catalogue) -> NDArray[np.float32]:
        key = (catalogue.hash, name)
        if key not in self._of:
            known, cuts = self.file.nats[name], self.file.cuts
            words = (words_of(i, catalogue.schema, cuts) for i in catalogue.items.values())
            self._of[key] = np.array([mean_nats(known, w) for w in words], dtype=np.float32)
        return self._of[key]


def called(pair: tuple[str, str]) -> str:
    """A moment's name and word as one: "device=phone"."""
    name, word = pair
    return f"{fold(name).strip()}={fold(word).strip()}"


def words_of(item: Item, schema: Schema, cuts: Mapping[str, tuple[float, float]]) -> frozenset[str]:
    """The words by which items are told apart here: "genres=comedy", "runtime is low"."""
    return frozenset(_words(item, schema, cuts))


def _words(item: Item, schema: Schema, cuts: Mapping[str, tuple[float, float]]) -> Iterator[str]:
    for facet in schema.named("facet"):
        yield from (f"{facet}={fold(value)}" for value in item.values(facet))
    for name, (low, high) in cuts.items():
        if (number := item.number(name)) is not None:
            yield f"{name} is {PARTS[(number > low) + (number > high)]}"


def mean_nats(known: Mapping[str, float], words: Sequence[str] | frozenset[str]) -> float:
    """What the words of an item say together: their sum over the root of how many there are, so that an
    item with many words is not louder for it."""
    total = sum(known.get(word, 0.0) for word in words)
    return float(total / max(len(words), 1) ** 0.5)


def save_moments(path: Path, moments: Moments) -> None:
    """Write it: the old file or the new one is there, never a part."""
    write_whole(path, f"{moments.file.model_dump_json(indent=1)}\n".encode())


def load_moments(path: Path) -> Moments | None:
    """What is stored at `path`; None where nothing is. Raises ModelUnavailable for a file that is none."""
    if not path.is_file():
        return None
    try:
        file = MomentsFile.model_validate_json(path.read_text(encoding="utf-8"))
        numbers = [n for words in file.nats.values() for n in words.values()]
        if not np.isfinite(numbers).all() or np.abs([0.0, *numbers]).max() > MOST_NATS:
            raise ValueError("a number in it is none, or too large")
    except (OSError, ValueError, ValidationError) as error:
        raise ModelUnavailable(
            f"{str(path)!r} does not say what is taken when ({error}). Make it anew: "
            "`tastemaker finetune arms SAMPLES --catalogue NAME`."
        ) from error
    return Moments(file)
