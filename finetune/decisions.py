"""What the scorer learns from: a conversation as it is read, the best that the arms bring, what was taken.

The logits beside the candidates are those that arms and trees would have given had they not learned from
the conversation's fold, or the scorer would be trained to add to more than there is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from finetune.arms import remembered, shown_rows
from finetune.asked import Listener
from finetune.folds import without_each_fold
from finetune.pairs import is_held
from finetune.samples import Sample
from finetune.trees import not_learned_from
from retrieval.encoder import Progress
from retrieval.errors import TastemakerError
from retrieval.find import Retriever
from retrieval.prompt import card_of


@dataclass(frozen=True)
class Decision:
    """What the scorer reads of a conversation (`said`); rows of the candidates, best first, with the logits
    that they have without it; which were chosen; and which were turned down."""

    said: str
    dialogue: str
    rows: NDArray[np.int64]
    logits: NDArray[np.float64]
    chosen: NDArray[np.bool_]
    refused: NDArray[np.bool_]


@dataclass(frozen=True)
class Decisions:
    """Decisions to learn from, decisions kept apart, and the cards of all items by row."""

    learned: tuple[Decision, ...]
    held: tuple[Decision, ...]
    cards: tuple[str, ...]


def decisions_of(
    samples: Sequence[Sample],
    retriever: Retriever,
    listener: Listener,
    progress: Progress | None = None,
) -> Decisions:
    """A decision for each sample of which something chosen is among the best. Raises TastemakerError where
    nothing was learned yet to start from, or where there is too little to learn from."""
    learned = retriever.learned
    if learned.blend is None:
        raise TastemakerError(
            "The scorer adds to the learned blend of the arms, and there is none for this catalogue: "
            "`tastemaker finetune arms SAMPLES --catalogue NAME` first."
        )
    asked = remembered(samples, retriever, progress)
    known = without_each_fold(retriever.columns.ids, samples, asked)
    lists = shown_rows(samples, retriever, listener, learned.blend, known, progress)
    seen = [one for _, _, one in lists]
    if learned.trees is not None:
        seen = not_learned_from(seen, len(learned.trees.column), progress)
    items = retriever.catalogue.items
    found: dict[bool, list[Decision]] = {True: [], False: []}
    for (sample, rows, _), one in zip(lists, seen, strict=True):
        if one.chosen.any():
            order = np.argsort(-one.logits, kind="stable")
            refused = {retriever.columns.row.get(judged.id, -1) for judged in sample.negatives}
            decision = Decision(
                sample.prompt(items).prefix,
                sample.group,
                rows[order],
                one.logits[order],
                one.chosen[order],
                np.isin(rows[order], list(refused)),
            )
            found[is_held(sample.group)].append(decision)
    if len(found[False]) < 2 or not found[True]:
        raise TastemakerError(
            f"There is too little to learn from: {len(found[False])} decisions, and {len(found[True])} in "
            "dialogues kept apart to stop by. A file of some hundred dialogues will do."
        )
    schema = retriever.catalogue.schema
    cards = tuple(card_of(item, schema) for item in items.values())
    return Decisions(tuple(found[False]), tuple(found[True]), cards)
