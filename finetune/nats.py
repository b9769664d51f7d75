"""What a scorer's nats are worth on decisions that were kept apart: losses, recalls, the weight to give them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from finetune.decisions import Decision
from finetune.metrics import Interval, bootstrap, negative_log_likelihood
from finetune.training import Row

CUTS = (1, 10)
WEIGHTS_TRIED = tuple(n / 10 for n in range(21))


def with_nats(decision: Decision, nats: NDArray[np.float64], weight: float) -> NDArray[np.float64]:
    """The logits of a decision when the scorer's nats, less their mean, are added to the first."""
    logits = decision.logits.copy()
    logits[: len(nats)] += weight * (nats - nats.mean())
    return logits


def losses(
    held: Sequence[Decision], read: Sequence[NDArray[np.float64]], weight: float
) -> NDArray[np.float64]:
    """Mean negative log likelihood of what was chosen in each decision."""
    found = [
        negative_log_likelihood(with_nats(decision, nats, weight), decision.chosen)
        for decision, nats in zip(held, read, strict=True)
    ]
    return np.array(found)


def measured(
    epoch: int,
    loss: float | None,
    held: Sequence[Decision],
    read: Sequence[NDArray[np.float64]],
) -> Row:
    """A row of the run's history."""
    ranks = []
    for decision, nats in zip(held, read, strict=True):
        logits = with_nats(decision, nats, 1.0)
        ranks += [int((logits > logits[p]).sum()) + 1 for p in np.flatnonzero(decision.chosen)]
    found = {f"recall@{cut}": float(np.mean(np.array(ranks) <= cut)) for cut in CUTS}
    row = {"epoch": float(epoch)} | ({} if loss is None else {"loss": loss})
    row |= {"held loss": float(losses(held, read, 1.0).mean())} | found
    return {k: round(v, 4) for k, v in row.items()}


def weighed(
    held: Sequence[Decision], read: Sequence[NDArray[np.float64]]
) -> tuple[float, Interval]:
    """The weight with the lowest loss on dialogues kept apart, and what it gains over none with an
    interval that allows for the weights tried; 0 where that does not lie above zero."""
    table = {weight: losses(held, read, weight) for weight in WEIGHTS_TRIED}
    best = min(table, key=lambda weight: (float(table[weight].mean()), weight))
    groups = [decision.dialogue for decision in held]
    gained = bootstrap(table[0.0] - table[best], groups, comparisons=len(WEIGHTS_TRIED) - 1)
    return (best if gained.low > 0 else 0.0), gained
