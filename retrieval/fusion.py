"""Putting several rankings together, and keeping a list from being all of one kind."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray


def reciprocal_rank_fusion(
    rankings: Mapping[str, Sequence[str]], weights: Mapping[str, float], k: int
) -> dict[str, float]:
    """Fused scores, highest first: the sum over arms of weight / (k + rank), ranks from 1.

    Cormack, Clarke & Büttcher 2009. Divided by what an item first in every arm would get, so
    scores lie in (0, 1]. Ties keep the order in which ids were first met.
    """
    best = sum(weights.get(arm, 0.0) for arm, ranking in rankings.items() if ranking) / (k + 1)
    scores: dict[str, float] = {}
    for arm, ranking in rankings.items():
        weight = weights.get(arm, 0.0)
        for rank, id in enumerate(ranking, 1):
            scores[id] = scores.get(id, 0.0) + weight / (k + rank)
    ordered = sorted(scores.items(), key=lambda pair: -pair[1])
    return {id: score / best for id, score in ordered if score > 0}


def maximal_marginal_relevance(
    relevance: Sequence[float], vectors: NDArray[np.float32], n: int, diversity: float
) -> list[int]:
    """Places of `n` items chosen one by one, each relevant and unlike those before it.

    Carbonell & Goldstein 1998, with `diversity` = 1 - lambda in [0, 1]; 0 keeps the given order.
    `vectors` are unit length, shape `(items, dimensions)`.
    """
    chosen: list[int] = []
    alike = np.zeros(len(relevance))  # how like the nearest of those chosen each is, from 0
    scores = (1 - diversity) * np.asarray(relevance, dtype=np.float64)
    while len(chosen) < min(n, len(scores)):
        best = int(np.argmax(scores - diversity * alike))
        chosen.append(best)
        scores[best] = -np.inf
        np.maximum(alike, vectors @ vectors[best], out=alike)
    return chosen
