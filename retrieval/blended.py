"""The best of a catalogue by the learned blend, corrected by its trees and by what is taken when."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retrieval.arm_blend import ArmBlend
from retrieval.boosted import DEPTH, Trees, columns
from retrieval.features import features_by_name, table_of
from retrieval.query import Query
from retrieval.vectors import highest

if TYPE_CHECKING:
    from retrieval.find import Retriever

DEPTHS = 7
"""How many times the depth of one arm is brought."""


def blended(
    query: Query, mask: NDArray[np.bool_], blend: ArmBlend, retriever: "Retriever"
) -> tuple[dict[str, float], float]:
    """The best of all that the mask allows, seeds left out; scores from 1 down to 0 for the last that is
    brought, and what a nat is on that scale."""
    row, ids = retriever.columns.row, retriever.columns.ids
    allowed = mask.copy()
    allowed[[row[id] for id in query.seeds if id in row]] = False
    rows = np.flatnonzero(allowed)
    features = features_by_name(query, retriever)
    logits = blend.logits_of(features, rows)
    best = highest(logits, DEPTHS * retriever.settings.depth)
    if not len(best):
        return {}, 0.0
    found, rows = logits[best], rows[best]
    if retriever.learned.trees is not None:
        found, rows = _corrected(found, rows, features, query, retriever.learned.trees, retriever)
    moments = retriever.learned.moments
    if moments is not None and query.moment:
        found = found + moments.nats(query.moment, retriever.catalogue, rows)
        order = np.argsort(-found, kind="stable")
        found, rows = found[order], rows[order]
    nat = 1 / max(float(found[0] - found[-1]), 1e-9)
    scores = (found - found[-1]) * nat
    return {ids[i]: float(s) for i, s in zip(rows, scores, strict=True)}, nat


def _corrected(
    logits: NDArray[np.float64],
    rows: NDArray[np.int64],
    features: Mapping[str, NDArray[np.float64]],
    query: Query,
    trees: Trees,
    retriever: "Retriever",
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Logits and rows after the trees put the first of them into another order; those behind them stay
    behind."""
    head = rows[:DEPTH]
    read = columns(table_of(features, head), logits[:DEPTH], head, query, retriever)
    again = logits[:DEPTH] + trees.corrections(read)
    order = np.argsort(-again, kind="stable")
    behind = np.minimum(logits[DEPTH:], again[order[-1]])
    return np.concatenate([again[order], behind]), np.concatenate([head[order], rows[DEPTH:]])
