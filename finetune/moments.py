"""Learning what is taken in which moment, from samples whose site said in what moment they were made.

For each moment ("device=phone") and each word of an item ("genres=comedy"): the log of how much likelier the
word is among what was taken then than among all that was taken, with a Dirichlet prior. How much that
counts is fitted on lists of dialogues that were not counted; where it does not help for sure, it is left out.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from finetune.folds import fold_of
from finetune.metrics import Interval, bootstrap, negative_log_likelihood
from finetune.samples import Sample
from retrieval.catalogue import Catalogue
from retrieval.moments import MOST_NATS, Moments, MomentsFile, called, words_of

PRIOR = 10.0  # takings as at any time that are added to those of a moment
LEAST_TIMES, LEAST_TAKEN = 20, 5  # lists of a moment, and times a word was taken at all
LEAST_NATS = 0.05  # what says less is not kept
WEIGHTS = (0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5)


@dataclass(frozen=True)
class Met:
    """A list in its moment: the rows of its candidates, their logits without it, and which were taken."""

    sample: Sample
    rows: NDArray[np.int64]
    logits: NDArray[np.float64]
    chosen: NDArray[np.bool_]


def fitted_moments(lists: Sequence[Met], catalogue: Catalogue) -> Moments | None:
    """What is taken when; None where too few lists tell of a moment, or where knowing it does not make
    what was taken likelier, with the interval over dialogues above zero."""
    told = [one for one in lists if one.sample.moment and one.chosen.any()]
    if len(told) < LEAST_TIMES:
        return None
    cuts = _cuts(catalogue)
    words = [words_of(item, catalogue.schema, cuts) for item in catalogue.items.values()]
    parts = {fold_of(one.sample.group) for one in told}
    apart = {
        part: Moments(_counted([x for x in told if fold_of(x.sample.group) != part], words, cuts))
        for part in parts
    }
    losses = {weight: np.empty(len(told)) for weight in (0.0, *WEIGHTS)}
    for n, one in enumerate(told):
        nats = apart[fold_of(one.sample.group)].nats(one.sample.moment, catalogue, one.rows)
        for weight, seen in losses.items():
            seen[n] = negative_log_likelihood(one.logits + weight * nats, one.chosen)
    best = min(losses, key=lambda weight: (float(losses[weight].mean()), weight))
    groups = [one.sample.group for one in told]
    gained = bootstrap(losses[0.0] - losses[best], groups, comparisons=len(WEIGHTS))
    if best == 0 or gained.low <= 0:
        return None
    return Moments(
        _counted(told, words, cuts).model_copy(
            update={"weight": best, "found": _found(len(told), gained, len(parts))}
        )
    )


def _found(many: int, gained: Interval, parts: int) -> str:
    return (
        f"{many} lists in a moment; the loss of one not learned from is lower by {gained.value} "
        f"[{gained.low}, {gained.high}] in {parts} parts"
    )


def _cuts(catalogue: Catalogue) -> dict[str, tuple[float, float]]:
    """Where the thirds of each number of the catalogue part."""
    found = {}
    for name in catalogue.schema.named("number", "price"):
        known = [n for i in catalogue.items.values() if (n := i.number(name)) is not None]
        if known:
            low, high = np.quantile(known, [1 / 3, 2 / 3])
            found[name] = (float(low), float(high))
    return found


def _counted(
    told: Iterable[Met], words: Sequence[frozenset[str]], cuts: Mapping[str, tuple[float, float]]
) -> MomentsFile:
    whole: Counter[str] = Counter()
    taken: dict[str, Counter[str]] = {}
    times: Counter[str] = Counter()
    all_times = 0
    for one in told:
        for row in one.rows[one.chosen]:
            whole.update(words[row])
            all_times += 1
            for name in map(called, one.sample.moment.items()):
                taken.setdefault(name, Counter()).update(words[row])
                times[name] += 1
    nats = {}
    for name, counted in sorted(taken.items()):
        if times[name] < LEAST_TIMES:
            continue
        found = {}
        for word, count in sorted(whole.items()):
            share = count / all_times
            then = (counted[word] + PRIOR * share) / (times[name] + PRIOR)
            said = max(-MOST_NATS, min(MOST_NATS, math.log(then / share)))
            if count >= LEAST_TAKEN and abs(said) >= LEAST_NATS:
                found[word] = round(said, 3)
        nats[name] = found
    return MomentsFile(weight=1.0, cuts=dict(cuts), nats=nats)
