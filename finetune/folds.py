"""Dialogues in folds, and what is talked of together in all folds but one.

What is learned from counts must not have been counted of the dialogue that it is learned on. To take
that dialogue alone out of the counts is not enough: what is left out shows (a film named once less than
it is popular), and trees find it.
"""

import zlib
from collections.abc import Sequence

import numpy as np

from finetune.samples import Sample
from retrieval.asked_before import AskedBefore, without
from retrieval.learned import Learned
from retrieval.talked import Conversations, count

FOLDS = 10


def fold_of(dialogue: str) -> int:
    """The fold of a dialogue, the same wherever it stands."""
    return zlib.crc32(dialogue.encode()) % FOLDS


def conversations_of(samples: Sequence[Sample]) -> Conversations:
    """What was named, and what was suggested by people, in each dialogue."""
    named: dict[str, dict[str, None]] = {}
    suggested: dict[str, dict[str, None]] = {}
    for sample in samples:
        fresh = [label for label in sample.labels if label not in sample.mentioned]
        named.setdefault(sample.group, {}).update(
            dict.fromkeys((*sample.mentioned, *sample.labels))
        )
        suggested.setdefault(sample.group, {}).update(dict.fromkeys(fresh))
    return Conversations(
        tuple(tuple(v) for v in named.values()), tuple(tuple(v) for v in suggested.values())
    )


def without_each_fold(
    ids: Sequence[str], samples: Sequence[Sample], asked: AskedBefore
) -> tuple[Learned, ...]:
    """For each fold, what is known of the dialogues of all others. `asked` has a decision a sample."""
    folds = np.array([fold_of(sample.group) for sample in samples])
    return tuple(
        Learned(
            count(
                ids, conversations_of([s for s, f in zip(samples, folds, strict=True) if f != n])
            ),
            without(asked, folds == n),
        )
        for n in range(FOLDS)
    )
