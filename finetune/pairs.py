"""What the encoder learns from: words of a visitor, the item suggested to them, and items that were not.

Hard negatives come from our own retriever: items that it brings for the same query and that nobody
named there. Dialogues kept apart for early stopping are drawn by their names, so that the same file
always gives the same split.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from finetune.samples import Sample
from retrieval.encoder import Progress
from retrieval.errors import TastemakerError
from retrieval.find import Query, Retriever
from retrieval.item import item_text

HELD_SHARE = 0.1  # of dialogues, for early stopping
EASIEST, HARDEST = 60, 5  # ranks of our own retriever between which hard negatives are drawn


@dataclass(frozen=True)
class Pair:
    """What was said, the row of the item suggested next, rows of items brought up in vain, and rows of
    everything that was named or suggested in that dialogue, which is no negative."""

    said: str
    item: int
    hard: tuple[int, ...]
    known: frozenset[int]


@dataclass(frozen=True)
class Lessons:
    """Pairs to learn from, pairs kept apart, and the texts of all items by row."""

    learned: tuple[Pair, ...]
    held: tuple[Pair, ...]
    texts: tuple[str, ...]


def is_held(group: str) -> bool:
    """Whether a dialogue is kept apart."""
    return int(hashlib.sha256(group.encode()).hexdigest()[:8], 16) / 2**32 < HELD_SHARE


def lessons_of(
    samples: Sequence[Sample],
    retriever: Retriever,
    hard: int,
    seed: int,
    progress: Progress | None = None,
) -> Lessons:
    """Pairs for every label that was not named before. Raises TastemakerError where there are too few
    to learn from, or none to stop early by."""
    row = retriever.columns.row
    known: dict[str, set[int]] = {}
    for sample in samples:
        ids = (*sample.mentioned, *sample.labels)
        known.setdefault(sample.group, set()).update(row[id] for id in ids if id in row)
    rng = np.random.default_rng(seed)
    learned: list[Pair] = []
    held: list[Pair] = []
    for done, sample in enumerate(samples, 1):
        labels = [row[x] for x in sample.labels if x in row and x not in sample.mentioned]
        said, kept_apart = sample.text().strip(), is_held(sample.group)
        if labels and said:
            never = known[sample.group]
            brought = _brought(sample, retriever, never) if hard and not kept_apart else []
            places = rng.permutation(len(brought))[:hard]
            near = tuple(brought[n] for n in places)
            pairs = [Pair(said, label, near, frozenset(never)) for label in labels]
            (held if kept_apart else learned).extend(pairs)
        if progress:
            progress("finding what is near and wrong", done, len(samples))
    if len(learned) < 2 or not held:
        raise TastemakerError(
            f"There is too little to learn from: {len(learned)} suggestions, and {len(held)} in dialogues "
            "kept apart to stop by. A file of some hundred dialogues will do."
        )
    items = retriever.catalogue.items.values()
    texts = tuple(item_text(item, retriever.catalogue.schema) for item in items)
    return Lessons(tuple(learned), tuple(held), texts)


def _brought(sample: Sample, retriever: Retriever, never: set[int]) -> list[int]:
    query = Query(text=sample.text(), seeds=dict.fromkeys(sample.mentioned, 1.0))
    found = (retriever.columns.row[c.item.id] for c in retriever.find(query))
    return [row for row in found if row not in never][HARDEST:EASIEST]
