"""Measuring recommendation on samples: the rank of each label among all items of the catalogue.

Twice: `all` counts labels that were already named; `new` drops them and takes named items out of
the ranking, which is the headline. Floors stand in the same table, from the same run.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from finetune.metrics import bootstrap, gains, summarise
from finetune.samples import Sample
from retrieval.encoder import Progress
from retrieval.find import STOP_WORDS, Query, Retriever
from retrieval.merchandising import arranged
from retrieval.rank import Ranked, rank
from retrieval.rules_in_force import NO_RULES, InForce
from retrieval.scorer import Scorer
from retrieval.settings import RankSettings
from retrieval.text import tokens

Ranking = Callable[[Sample], Iterable[str]]
RULED = "ours + owner's rules"


@dataclass(frozen=True)
class Ours:
    """The recommender under measurement: arms, and a scorer with its weight."""

    retriever: Retriever
    rank: RankSettings
    scorer: Scorer | None = None
    weight: float = 0.0
    depth: int = 32
    rules: InForce = NO_RULES
    """The owner's; measured in a row of their own where there are some."""
    list_length: int = 5

    def query(self, sample: Sample) -> Query:
        """The query a sample stands for; named items are seeds."""
        return Query(text=sample.text(), seeds=dict.fromkeys(sample.mentioned, 1.0))

    def fusion(self, sample: Sample) -> list[str]:
        """The order without the scorer; named items come last, for they are known."""
        return [c.item.id for c in self.retriever.find(self.query(sample))]

    def ours(self, sample: Sample) -> list[str]:
        """The order of a live turn, up to the choice of what to show."""
        return [r.candidate.item.id for r in self.ranked(sample)]

    def ruled(self, sample: Sample, ranked: Sequence[Ranked]) -> list[str]:
        """The same after the owner's rules: hidden items left out, the others moved, one pinned."""
        left = [r for r in ranked if r.candidate.item.id not in self.rules.hidden]
        query = self.query(sample)
        order = arranged(left, self.list_length, query, self.retriever, self.rules)
        return [r.candidate.item.id for r in order]

    def ranked(self, sample: Sample) -> list[Ranked]:
        """The candidates in the order of `ours`, with their scores."""
        query = self.query(sample)
        found = self.retriever.find(query)
        prompt = sample.prompt(self.retriever.catalogue.items)
        return rank(found, query, prompt, self.scorer, self.weight, self.depth, self.rank)

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
    gone: dict[str, frozenset[str]] = {}
    if measured.rules.version:
        ranked = lru_cache(maxsize=1)(measured.ranked)  # the scorer reads a sample once for both
        rankings = {
            "ours": lambda sample: [r.candidate.item.id for r in ranked(sample)],
            RULED: lambda sample: measured.ruled(sample, ranked(sample)),
        } | {name: ranking for name, ranking in rankings.items() if name != "ours"}
        gone = {RULED: measured.rules.hidden}
    places = {name: _Places() for name in rankings}
    retriever = measured.retriever
    behind = sorted(retriever.columns.ids, key=_popularity(retriever))
    for done, sample in enumerate(samples, 1):
        for name, ranking in rankings.items():
            order = dict.fromkeys((*ranking(sample), *behind))
            hidden = gone.get(name, frozenset())
            places[name].add(sample, [id for id in order if id not in hidden])
        if progress:
            progress("evaluating", done, len(samples))
    some = places["ours"]
    effect = {"owner_rules": {"recall@10": places[RULED].against(some)}} if gone else {}
    return {
        "samples": len(samples),
        "labels": {"all": len(some.all), "new": len(some.new)},
        "rows": {name: place.table() for name, place in places.items()},
        **effect,
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

    def against(self, other: "_Places") -> dict[str, Any]:
        """How much higher recall at 10 is than in another ranking of the same samples: the mean
        difference over labels, with its interval from resampled dialogues."""
        found = {}
        for name, ours, theirs in (("all", self.all, other.all), ("new", self.new, other.new)):
            hits = (gains(np.asarray(ranks))["recall@10"] for ranks in (ours, theirs))
            found[name] = asdict(bootstrap(next(hits) - next(hits), self._groups[name]))
        return found

    def table(self) -> dict[str, Any]:
        return {
            name: {k: asdict(v) for k, v in summarise(ranks, self._groups[name]).items()}
            for name, ranks in (("all", self.all), ("new", self.new))
        }
