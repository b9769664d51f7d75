"""Measures of a ranking, each with a 95 % interval from a bootstrap over dialogues.

The unit is one (sample, label): the rank of the label among all items, from 1. A label that is not
in the catalogue has an infinite rank and counts as a miss.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

CUTS = (1, 5, 10, 20, 50)
RESAMPLES = 1000


@dataclass(frozen=True)
class Interval:
    """A mean with the 2.5 and 97.5 % points of its bootstrap distribution."""

    value: float
    low: float
    high: float


def gains(ranks: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Every measure of every label, each an array of the shape of `ranks`.

    With one label to find, reciprocal rank is 1/rank and NDCG is 1/log2(rank + 1), both 0 beyond 10.
    """
    measures = {f"recall@{k}": (ranks <= k).astype(np.float64) for k in CUTS}
    top = ranks <= 10
    measures["mrr@10"] = np.where(top, 1 / ranks, 0.0)
    measures["ndcg@10"] = np.where(top, 1 / np.log2(ranks + 1), 0.0)
    return measures


def summarise(ranks: Sequence[float], groups: Sequence[str], seed: int = 0) -> dict[str, Interval]:
    """The mean of every measure over labels, with intervals from resampled dialogues."""
    return {
        name: bootstrap(values, groups, seed)
        for name, values in gains(np.asarray(ranks, dtype=np.float64)).items()
    }


def bootstrap(
    values: NDArray[np.float64], groups: Sequence[str], seed: int = 0, comparisons: int = 1
) -> Interval:
    """The mean of `values` with its interval when whole groups are drawn with replacement.

    The best of several is compared with an interval that is wider by their number (Bonferroni).
    """
    if not len(values):
        return Interval(0.0, 0.0, 0.0)
    _, which = np.unique(np.asarray(groups), return_inverse=True)
    sums = np.bincount(which, weights=values)
    counts = np.bincount(which).astype(np.float64)
    drawn = _drawn(len(sums), seed)
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.percentile(means, [2.5 / comparisons, 100 - 2.5 / comparisons])
    return Interval(*(round(float(x), 4) for x in (values.mean(), low, high)))


@lru_cache(maxsize=4)
def _drawn(groups: int, seed: int) -> NDArray[np.int64]:
    """Groups drawn with replacement, shape `(RESAMPLES, groups)`: the same for every measure, which is
    what makes differences paired."""
    rng = np.random.default_rng(seed)
    return rng.integers(0, groups, size=(RESAMPLES, groups))


def negative_log_likelihood(logits: NDArray[np.float64], chosen: NDArray[np.bool_]) -> float:
    """How unlikely, by the softmax of `logits`, what was chosen is: the mean over all that was, in nats."""
    high = logits.max()
    return float(np.log(np.exp(logits - high).sum()) + high - logits[chosen].mean())


def ratio(ours: NDArray[np.float64], theirs: NDArray[np.float64], seed: int = 0) -> Interval | None:
    """The mean of one over the mean of the other, both of the same units in the same order, with its
    interval when pairs are drawn with replacement; draws without any of theirs are left out. None
    where theirs are all 0."""
    if not theirs.sum():
        return None
    drawn = np.random.default_rng(seed).integers(0, len(ours), size=(RESAMPLES, len(ours)))
    below = theirs[drawn].sum(axis=1)
    found = ours[drawn].sum(axis=1)[below > 0] / below[below > 0]
    low, high = np.percentile(found, [2.5, 97.5])
    return Interval(*(round(float(x), 4) for x in (ours.sum() / theirs.sum(), low, high)))
