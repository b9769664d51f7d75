"""How much the scorer should count: the weight in the blend that is best on dev samples.

Every sample is scored once; the weights of a grid are then compared on those scores. A weight above
zero is kept only if it is better than none with the interval of the difference above zero, an interval
that allows for the number of weights tried.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean, pstdev

import numpy as np
from numpy.typing import NDArray

from finetune.evaluate import Ours
from finetune.metrics import CUTS, Interval, bootstrap, gains
from finetune.samples import Sample
from retrieval.encoder import Progress
from retrieval.errors import TastemakerError
from retrieval.prompt import card
from retrieval.rank import Blend, rank

GRID = (0.0, 0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2, 0.4, 1.0)
CHOSEN_BY = "mrr@10"


@dataclass(frozen=True)
class Fitted:
    """The blend, and the figures of every weight that was tried."""

    blend: Blend
    rows: dict[float, dict[str, float]]
    difference: Interval


def fit_blend(
    samples: Sequence[Sample], measured: Ours, where: str, progress: Progress | None = None
) -> Fitted:
    """Fit the scorer's weight on `new` labels. Raises TastemakerError without a scorer."""
    if measured.scorer is None:
        raise TastemakerError("There is no language model to fit a weight for.")
    ranks: dict[float, list[float]] = {weight: [] for weight in GRID}
    groups: list[str] = []
    for done, sample in enumerate(samples, 1):
        labels = [label for label in sample.labels if label not in sample.mentioned]
        if labels:
            orders = _orders(sample, measured)
            groups += [sample.group] * len(labels)
            for weight, order in orders.items():
                place = {id: n for n, id in enumerate(order, 1)}
                ranks[weight] += [float(place.get(label, np.inf)) for label in labels]
        if progress:
            progress("scoring", done, len(samples))
    return _choose(ranks, groups, measured, where)


def _orders(sample: Sample, measured: Ours) -> dict[float, list[str]]:
    """The order of the candidates under every weight; one pass of the scorer."""
    query = measured.query(sample)
    prompt = sample.prompt(measured.retriever.catalogue.items)
    found = rank(measured.retriever.find(query), query, prompt, None, 0.0, 0, measured.rank)
    known = set(sample.mentioned)
    scored = [r for r in found if r.candidate.item.id not in known]
    head, tail = scored[: measured.depth], scored[measured.depth :]
    if not head or measured.scorer is None:
        return {weight: [] for weight in GRID}
    raw = measured.scorer.score(prompt, [card(r.candidate.item) for r in head])
    mean, spread = fmean(raw), pstdev(raw) or 1.0
    orders = {}
    for weight in GRID:
        pairs = [
            (r.score + weight * (s - mean) / spread, r) for r, s in zip(head, raw, strict=True)
        ]
        first = [r for _, r in sorted(pairs, key=lambda pair: -pair[0])]
        orders[weight] = [r.candidate.item.id for r in (*first, *tail)]
    return orders


def _choose(
    ranks: dict[float, list[float]], groups: Sequence[str], measured: Ours, where: str
) -> Fitted:
    found = {weight: gains(np.asarray(values)) for weight, values in ranks.items()}
    best = max(GRID, key=lambda weight: (float(found[weight][CHOSEN_BY].mean()), -weight))
    gained: NDArray[np.float64] = found[best][CHOSEN_BY] - found[0.0][CHOSEN_BY]
    difference = bootstrap(gained, groups, comparisons=len(GRID) - 1)
    chosen = best if difference.low > 0 else 0.0
    rows = {
        weight: {name: round(float(values.mean()), 4) for name, values in measures.items()}
        for weight, measures in found.items()
    }
    name = measured.scorer.name if measured.scorer else "none"
    words = (
        f"{CHOSEN_BY} on new labels: {rows[0.0][CHOSEN_BY]} without, best {rows[best][CHOSEN_BY]} at weight {best}; "
        f"difference {difference.value:+} [{difference.low:+}, {difference.high:+}] over {len(groups)} labels"
    )
    blend = Blend(scorer=name, weight=chosen, depth=measured.depth, measured_on=where, found=words)
    return Fitted(blend, rows, difference)


def write_blend(fitted: Fitted, path: Path) -> None:
    """Store the blend and, beside it, every weight's figures."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(fitted.blend.model_dump(), indent=1) + "\n", encoding="utf-8")
    rows = {str(weight): row for weight, row in fitted.rows.items()}
    figures = {"cuts": CUTS, "rows": rows, "difference": asdict(fitted.difference)}
    path.with_name("blend-figures.json").write_text(json.dumps(figures, indent=1) + "\n")
