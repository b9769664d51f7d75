"""Fitting trees that correct the blend of the arms. The home of xgboost.

Newton boosting of the listwise likelihood that the blend is fitted with (the softmax over a list's
candidates, here the best of the blend), starting from the blend's own logits. The number of trees is
the one that does best on dialogues that were not learned from, in folds; where none does better than
the blend, there are none. The counts of conversations among the features must be of dialogues other
than the list's own, or the trees would learn to see what was left out.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from finetune.metrics import negative_log_likelihood
from retrieval.boosted import COLUMNS, Trees
from retrieval.encoder import Progress

ROUNDS = 300
FITS = 5  # parts that the dialogues are put in; folds go together
LEAST = 1_000
"""Lists. From fewer, of our own log, trees learned what had been shown rather than what was liked."""
EVERY = 25  # trees after which the folds are compared
SETTINGS = {
    "eta": 0.05,
    "max_depth": 0,
    "max_leaves": 16,
    "grow_policy": "lossguide",
    "tree_method": "hist",
    "max_bin": 64,
    "min_child_weight": 5,
    "reg_lambda": 10,
    "subsample": 0.7,
    "colsample_bytree": 0.6,
    "nthread": 1,  # the same samples give the same bytes
    "seed": 0,
    "base_score": 0.0,
    "disable_default_eval_metric": 1,
}
LEAST_CURVATURE = 1e-4


@dataclass(frozen=True)
class Shown:
    """Candidates of one decision, best first by the blend: what trees read of them, shape `(candidates,
    len(COLUMNS))`; the blend's logits; which were chosen; and the fold of the dialogue."""

    table: NDArray[np.float32]
    logits: NDArray[np.float64]
    chosen: NDArray[np.bool_]
    fold: int


def fitted_trees(
    shown: Sequence[Shown], progress: Progress | None = None, least: int = LEAST
) -> Trees | None:
    """Trees for lists; those in which nothing was chosen are left out. None for fewer than `least` of them, and where
    no number of trees does better, on average over lists of folds not learned from, than the blend
    alone. Deterministic."""
    lists = [one for one in shown if one.chosen.any()]
    if len(lists) < least:
        return None
    losses: dict[int, list[float]] = {rounds: [] for rounds in range(0, ROUNDS + 1, EVERY)}
    for learned, apart in _each_fold(lists, ROUNDS, progress):
        for one in apart:
            for rounds, seen in losses.items():
                seen.append(negative_log_likelihood(_predicted(learned, one, rounds), one.chosen))
    if not losses[0]:
        return None
    means = {rounds: float(np.mean(seen)) for rounds, seen in losses.items()}
    best = min(means, key=lambda rounds: (means[rounds], rounds))
    if best == 0:
        return None
    found = f"{best} trees; loss of a list {means[0]:.3f} before, {means[best]:.3f} after, on dialogues not learned from"
    return replace(_arrays(_boosted(lists, best)), found=found)


def not_learned_from(
    shown: Sequence[Shown], trees: int, progress: Progress | None = None
) -> list[Shown]:
    """The same lists with the logits that so many trees give them which were fitted on other folds."""
    lists = [one for one in shown if one.chosen.any()]
    found: dict[int, Shown] = {}
    for learned, apart in _each_fold(lists, trees, progress):
        found |= {id(one): replace(one, logits=_predicted(learned, one, trees)) for one in apart}
    return [found.get(id(one), one) for one in shown]


def _each_fold(
    lists: Sequence[Shown], rounds: int, progress: Progress | None
) -> Iterator[tuple[Any, list[Shown]]]:
    """Trees that were fitted without a part of the dialogues, and the lists of that part."""
    parts = sorted({one.fold % FITS for one in lists})
    for done, part in enumerate(parts if len(parts) > 1 else (), 1):
        learned = _boosted([x for x in lists if x.fold % FITS != part], rounds)
        yield learned, [x for x in lists if x.fold % FITS == part]
        if progress:
            progress("growing trees", done, len(parts))


def _boosted(lists: Sequence[Shown], rounds: int) -> Any:
    import xgboost  # noqa: PLC0415

    sizes = np.array([len(one.logits) for one in lists])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    of = np.repeat(np.arange(len(lists)), sizes)
    chosen = np.concatenate([one.chosen for one in lists]).astype(np.float64)
    many = np.add.reduceat(chosen, starts)[of]

    def likelihood(logits: NDArray[np.float32], _: Any) -> tuple[Any, Any]:
        odds = np.exp(logits - np.maximum.reduceat(logits, starts)[of])
        share = odds / np.add.reduceat(odds, starts)[of]
        gradient = many * share - chosen
        return gradient, np.maximum(many * share * (1 - share), LEAST_CURVATURE)

    data = xgboost.DMatrix(
        np.concatenate([one.table for one in lists]),
        base_margin=np.concatenate([one.logits for one in lists]),
        nthread=1,
    )
    return xgboost.train(SETTINGS, data, rounds, obj=likelihood)


def _predicted(learned: Any, one: Shown, rounds: int) -> NDArray[np.float64]:
    import xgboost  # noqa: PLC0415

    if rounds == 0:
        return one.logits
    data = xgboost.DMatrix(one.table, base_margin=one.logits, nthread=1)
    found: NDArray[np.float64] = learned.predict(
        data, output_margin=True, iteration_range=(0, rounds)
    ).astype(np.float64)
    return found


def _arrays(learned: Any) -> Trees:
    """The library's trees as arrays."""
    model = json.loads(learned.save_raw("json"))["learner"]["gradient_booster"]["model"]
    made = [_nodes(tree) for tree in model["trees"]]
    widest = max(len(tree["left"]) for tree in made)

    def stacked(name: str, kind: Any) -> NDArray[Any]:
        table = np.zeros((len(made), widest), dtype=kind)
        for row, tree in enumerate(made):
            table[row, : len(tree[name])] = tree[name]
        return table

    return Trees(
        stacked("column", np.int16),
        stacked("threshold", np.float32),
        stacked("left", np.int16),
        stacked("right", np.int16),
        stacked("missing_left", np.bool_),
        stacked("value", np.float32),
        max(tree["levels"] for tree in made),
    )


def _nodes(tree: dict[str, Any]) -> dict[str, Any]:
    """One tree, leaves pointing to themselves; xgboost keeps a leaf's value where a threshold would be."""
    left, right = np.array(tree["left_children"]), np.array(tree["right_children"])
    leaf = left < 0
    here = np.arange(len(left))
    numbers = np.array(tree["split_conditions"], dtype=np.float32)
    levels, level = 0, {0}
    while level := {child for n in level if not leaf[n] for child in (int(left[n]), int(right[n]))}:
        levels += 1
    return {
        "column": np.where(leaf, 0, np.array(tree["split_indices"]) % len(COLUMNS)),
        "threshold": np.where(leaf, 0, numbers),
        "left": np.where(leaf, here, left),
        "right": np.where(leaf, here, right),
        "missing_left": np.array(tree["default_left"], dtype=bool),
        "value": np.where(leaf, numbers, 0),
        "levels": max(levels, 1),
    }
