"""Fitting the blend of the arms: how much each feature counts for what people suggested next.

A conditional (multinomial) logit over the items of the catalogue, McFadden 1974: the probability that
an item is suggested is the softmax of a weighted sum of its features. Few weights, a convex loss,
Newton's method: the same samples give the same weights. The counts of conversations that are among a
sample's features are of other folds than its own (`finetune/folds.py`). Trees over the best of the
blend (`finetune/trees.py`) are fitted last.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from finetune.asked import Listener
from finetune.folds import conversations_of, fold_of, without_each_fold
from finetune.moments import Met, fitted_moments
from finetune.samples import Sample
from finetune.trees import Shown, fitted_trees, not_learned_from
from retrieval.arm_blend import ArmBlend
from retrieval.asked_before import AskedBefore, remember
from retrieval.boosted import DEPTH, columns
from retrieval.encoder import Progress
from retrieval.errors import TastemakerError
from retrieval.features import FEATURES, features
from retrieval.find import Retriever
from retrieval.learned import Learned
from retrieval.talked import count
from retrieval.vectors import highest

NEGATIVES = 1_500  # items that each sample's labels are compared with, drawn at random
RIDGE = 3.0  # penalty on squared weights of standardised features, over the sum of losses
STEPS = 30
SMALL = 1e-6  # of a step, where Newton's method ends
SEED = 0
AT_ONCE = 64  # talks that are encoded together


@dataclass(frozen=True)
class Choices:
    """What was chosen from what: features, shape `(samples, 1 + NEGATIVES, features)`, the label first,
    and the logarithm of how many items each row stands for, shape `(1 + NEGATIVES,)`."""

    features: NDArray[np.float32]
    stands_for: NDArray[np.float64]


def choices(
    samples: Sequence[Sample],
    retriever: Retriever,
    listener: Listener,
    known: Sequence[Learned],
    progress: Progress | None = None,
) -> Choices:
    """One choice for each label that was not named before; `known` is what was learned without each
    fold. Raises TastemakerError if there is no label."""
    rng = np.random.default_rng(SEED)
    row = retriever.columns.row
    n = len(row)
    drawn = min(NEGATIVES, n - 1)
    found: list[NDArray[np.float32]] = []
    for done, sample in enumerate(samples, 1):
        labels = [row[x] for x in sample.labels if x in row and x not in sample.mentioned]
        if labels:
            query = listener.query(sample)
            table = features(query, retriever, known[fold_of(sample.group)])
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


def taught(
    samples: Sequence[Sample],
    retriever: Retriever,
    listener: Listener,
    name: str,
    progress: Progress | None = None,
    *,
    grow: bool = True,
) -> Learned:
    """All that is learned from samples of a catalogue: counts, past decisions, weights and, where they are
    to be grown, trees. Deterministic."""
    ids = retriever.columns.ids
    asked = remembered(samples, retriever, progress)
    known = without_each_fold(ids, samples, asked)
    blend = fitted_blend(samples, retriever, listener, known, name, progress)
    trees = moments = None
    if grow:
        lists = shown_rows(samples, retriever, listener, blend, known, progress)
        trees = fitted_trees([one for _, _, one in lists], progress)
        if any(sample.moment for sample in samples):
            seen = [one for _, _, one in lists]
            if trees is not None:
                seen = not_learned_from(seen, len(trees.column), progress)
            met = [
                Met(sample, rows, one.logits, one.chosen)
                for (sample, rows, _), one in zip(lists, seen, strict=True)
            ]
            moments = fitted_moments(met, retriever.catalogue)
    return Learned(count(ids, conversations_of(samples)), asked, blend, trees, moments)


def remembered(
    samples: Sequence[Sample], retriever: Retriever, progress: Progress | None = None
) -> AskedBefore:
    """What was said, and what was suggested then, a decision for each sample."""
    vectors = []
    for start in range(0, len(samples), AT_ONCE):
        talks = [sample.talk() for sample in samples[start : start + AT_ONCE]]
        vectors.append(retriever.encoder.encode(talks))
        if progress:
            progress("remembering what was said", start + len(talks), len(samples))
    fresh = [[x for x in s.labels if x not in s.mentioned] for s in samples]
    return remember(retriever.columns.ids, np.concatenate(vectors), fresh, retriever.encoder.name)


def fitted_blend(
    samples: Sequence[Sample],
    retriever: Retriever,
    listener: Listener,
    known: Sequence[Learned],
    name: str,
    progress: Progress | None = None,
) -> ArmBlend:
    """The weights for a catalogue with its encoder."""
    made = choices(samples, retriever, listener, known, progress)
    return ArmBlend(
        weights=fit(made, progress=progress),
        encoder=retriever.encoder.name,
        fitted_on=name,
        found=f"{len(made.features)} suggestions in {len({s.group for s in samples})} conversations",
    )


def shown_rows(
    samples: Sequence[Sample],
    retriever: Retriever,
    listener: Listener,
    blend: ArmBlend,
    known: Sequence[Learned],
    progress: Progress | None = None,
) -> list[tuple[Sample, NDArray[np.int64], Shown]]:
    """For each sample that suggests something: the rows of the best of the blend, and what trees read of
    them. `known` is what was learned without each fold."""
    row = retriever.columns.row
    found = []
    for done, sample in enumerate(samples, 1):
        labels = [row[x] for x in sample.labels if x in row and x not in sample.mentioned]
        if labels:
            query, fold = listener.query(sample), fold_of(sample.group)
            table = features(query, retriever, known[fold])
            logits = blend.logits(table)
            logits[[row[id] for id in sample.mentioned if id in row]] = -np.inf
            best = highest(logits, DEPTH)
            best = best[np.isfinite(logits[best])]
            read = columns(table[best], logits[best], best, query, retriever)
            one = Shown(read, logits[best], np.isin(best, labels), fold)
            found.append((sample, best.astype(np.int64), one))
        if progress:
            progress("ranking", done, len(samples))
    return found
