"""Measuring recommendation on samples: the rank of each label among all items of the catalogue.

Twice: `all` counts labels that were already named; `new` drops them and takes named items out of
the ranking, which is the headline. Floors stand in the same table, from the same run.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from finetune.metrics import summarise
from finetune.samples import Sample
from retrieval.encoder import Progress
from retrieval.find import STOP_WORDS, Query, Retriever
from retrieval.rank import rank
from retrieval.scorer import Scorer
from retrieval.settings import RankSettings
from retrieval.text import tokens

Ranking = Callable[[Sample], Iterable[str]]


@dataclass(frozen=True)
class Ours:
    """The recommender under measurement: arms, and a scorer with its weight."""

    retriever: Retriever
    rank: RankSettings
    scorer: Scorer | None = None
    weight: float = 0.0
    depth: int = 32

    def query(self, sample: Sample) -> Query:
        """The query a sample stands for; named items are seeds."""
        return Query(text=sample.text(), seeds=dict.fromkeys(sample.mentioned, 1.0))

    def fusion(self, sample: Sample) -> list[str]:
        """The order without the scorer; named items come last, for they are known."""
        return [c.item.id for c in self.retriever.find(self.query(sample))]

    def ours(self, sample: Sample) -> list[str]:
        """The order of a live turn, up to the choice of what to show."""
        query = self.query(sample)
        found = self.retriever.find(query)
        prompt = sample.prompt(self.retriever.catalogue.items)
        ranked = rank(found, query, prompt, self.scorer, self.weight, self.depth, self.rank)
        return [r.candidate.item.id for r in ranked]

    def popularity(self, _: Sample) -> list[str]:
        """Nothing but the counts of the catalogue."""
        return []

    def repeat(self, sample: Sample) -> list[str]:
        """An echo: what was named, the latest first."""
        return list(dict.fromkeys(reversed(sample.mentioned)))

    def bm25(self, sample: Sample) -> list[str]:
        """Full text search alone."""
        words = [t.folded for t in tokens(sample.text()) if t.folded not in STOP_WORDS]
        return [id for id, _ in self.retriever.catalogue.search(words, 1000)]


def evaluate(
    samples: Sequence[Sample], measured: Ours, progress: Progress | None = None
) -> dict[str, Any]:
    """Measure `ours` and the floors. The same samples and models give the same figures."""
    rankings: dict[str, Ranking] = {
        "ours": measured.ours,
        "popularity": measured.popularity,
        "repeat": measured.repeat,
        "bm25": measured.bm25,
        "fusion": measured.fusion,
    }
    places = {name: _Places() for name in rankings}
    retriever = measured.retriever
    behind = sorted(retriever.columns.ids, key=_popularity(retriever))
    for done, sample in enumerate(samples, 1):
        for name, ranking in rankings.items():
            order = list(dict.fromkeys((*ranking(sample), *behind)))
            places[name].add(sample, order)
        if progress:
            progress("evaluating", done, len(samples))
    some = places["ours"]
    return {
        "samples": len(samples),
        "labels": {"all": len(some.all), "new": len(some.new)},
        "rows": {name: place.table() for name, place in places.items()},
    }


def _popularity(retriever: Retriever) -> Callable[[str], tuple[float, int]]:
    return lambda id: (
        -float(retriever.popularity[retriever.columns.row[id]]),
        retriever.columns.row[id],
    )


class _Places:
    """Ranks of labels, and the dialogues they are of."""

    def __init__(self) -> None:
        self.all: list[float] = []
        self.new: list[float] = []
        self._groups: dict[str, list[str]] = {"all": [], "new": []}

    def add(self, sample: Sample, order: Sequence[str]) -> None:
        place = {id: n for n, id in enumerate(order, 1)}
        known = set(sample.mentioned)
        fresh = {id: n for n, id in enumerate((i for i in order if i not in known), 1)}
        for label in sample.labels:
            self.all.append(place.get(label, float("inf")))
            self._groups["all"].append(sample.group)
            if label not in known:
                self.new.append(fresh.get(label, float("inf")))
                self._groups["new"].append(sample.group)

    def table(self) -> dict[str, Any]:
        return {
            name: {k: asdict(v) for k, v in summarise(ranks, self._groups[name]).items()}
            for name, ranks in (("all", self.all), ("new", self.new))
        }
