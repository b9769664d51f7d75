"""Fitting the blend of the arms: how much each feature counts for what people suggested next.

A conditional (multinomial) logit over the items of the catalogue, McFadden 1974: the probability that
an item is suggested is the softmax of a weighted sum of its features. Few weights, a convex loss,
Newton's method: the same samples give the same weights. The conversation that a sample is of is left
out of the counts of conversations that are among its features.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from finetune.asked import Listener
from finetune.samples import Sample
from retrieval.arm_blend import ArmBlend
from retrieval.encoder import Progress
from retrieval.errors import TastemakerError
from retrieval.features import FEATURES, features
from retrieval.find import Retriever
from retrieval.talked import Conversations

NEGATIVES = 1_500  # items that each sample's labels are compared with, drawn at random
RIDGE = 3.0  # penalty on squared weights of standardised features, over the sum of losses
STEPS = 30
SMALL = 1e-6  # of a step, where Newton's method ends
SEED = 0


@dataclass(frozen=True)
class Choices:
    """What was chosen from what: features, shape `(samples, 1 + NEGATIVES, features)`, the label first,
    and the logarithm of how many items each row stands for, shape `(1 + NEGATIVES,)`."""

    features: NDArray[np.float32]
    stands_for: NDArray[np.float64]


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


def choices(
    samples: Sequence[Sample],
    retriever: Retriever,
    listener: Listener,
    progress: Progress | None = None,
) -> Choices:
    """One choice for each label that was not named before. Raises TastemakerError if there is none."""
    rng = np.random.default_rng(SEED)
    row = retriever.columns.row
    talks: dict[str, set[int]] = {}
    for sample in samples:
        ids = (*sample.mentioned, *sample.labels)
        talks.setdefault(sample.group, set()).update(row[id] for id in ids if id in row)
    n = len(row)
    drawn = min(NEGATIVES, n - 1)
    found: list[NDArray[np.float32]] = []
    for done, sample in enumerate(samples, 1):
        labels = [row[x] for x in sample.labels if x in row and x not in sample.mentioned]
        if labels:
            query = listener.query(sample)
            table = features(query, retriever, sorted(talks[sample.group]))
            out = {*labels, *(row[id] for id in sample.mentioned if id in row)}
            free = np.delete(np.arange(n), sorted(out))
            others = rng.choice(free, drawn, replace=len(free) < drawn)
            found += [table[[label, *others]] for label in labels]
        if progress:
            progress("reading conversations", done, len(samples))
    if not found:
        raise TastemakerError("None of the samples suggests an item of the catalogue.")
    weight = np.log(max(n - 1, 1) / max(drawn, 1))
    return Choices(np.stack(found), np.array([0.0, *[weight] * drawn]))


def fit(made: Choices, ridge: float = RIDGE, progress: Progress | None = None) -> dict[str, float]:
    """The weight of each feature. Features that never differ get none."""
    flat = made.features.reshape(-1, made.features.shape[2])
    scale = flat.std(axis=0, dtype=np.float64)
    used = np.flatnonzero(scale > 0)
    table = made.features[:, :, used] / scale[used].astype(np.float32)
    weights = np.zeros(len(used))
    loss, gradient, hessian = _likelihood(table, made.stands_for, weights, ridge)
    for step in range(STEPS):
        change, length = np.linalg.solve(hessian, gradient), 1.0
        while True:
            tried = weights - length * change
            after = _likelihood(table, made.stands_for, tried, ridge)
            if after[0] <= loss or length < SMALL:
                break
            length /= 2
        weights, (loss, gradient, hessian) = tried, after
        if progress:
            progress("fitting", step + 1, STEPS)
        if np.abs(length * change).max() < SMALL:
            break
    names = list(FEATURES)
    return {names[n]: round(float(w / scale[n]), 5) for n, w in zip(used, weights, strict=True)}


def _likelihood(
    table: NDArray[np.float32],
    stands_for: NDArray[np.float64],
    weights: NDArray[np.float64],
    ridge: float,
) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    """The penalised negative log likelihood with its gradient and its Hessian."""
    loss = 0.5 * ridge * float(weights @ weights)
    gradient = ridge * weights
    hessian = ridge * np.eye(len(weights))
    for part in table:
        rows = part.astype(np.float64)
        logits = rows @ weights + stands_for
        share = np.exp(logits - logits.max())
        loss += float(np.log(share.sum()) + logits.max() - logits[0])
        share /= share.sum()
        mean = share @ rows
        gradient += mean - rows[0]
        hessian += (rows * share[:, None]).T @ rows - np.outer(mean, mean)
    return loss, gradient, hessian


def fitted_blend(
    samples: Sequence[Sample],
    retriever: Retriever,
    listener: Listener,
    name: str,
    progress: Progress | None = None,
) -> ArmBlend:
    """The blend for a catalogue with its encoder, fitted on samples. Deterministic."""
    made = choices(samples, retriever, listener, progress)
    weights = fit(made, progress=progress)
    return ArmBlend(
        weights=weights,
        encoder=retriever.encoder.name,
        fitted_on=name,
        found=f"{len(made.features)} suggestions in {len({s.group for s in samples})} conversations",
    )
