"""What is measured: the recommender, and the floors that stand beside it in every table.

Each gives ids, best first, as far as it has an order of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from chatbot.parts import Parts
from finetune.asked import Listener
from finetune.samples import Sample
from retrieval.find import Candidate, Query, Retriever
from retrieval.merchandising import arranged
from retrieval.rank import Ranked, rank, select
from retrieval.rules_in_force import NO_RULES, InForce
from retrieval.scorer import Scorer
from retrieval.settings import RankSettings
from retrieval.stop_words import STOP_WORDS
from retrieval.text import tokens

RULED = "ours + owner's rules"
FLOORS = ("popularity", "repeat", "bm25", "cooccurrence", "fusion")
NO_COLIKES = (
    "nothing is fitted of what people of this catalogue like together; "
    "`tastemaker interactions FILE --catalogue {name}` or `tastemaker finetune arms` learns it"
)


@dataclass(frozen=True)
class Answer:
    """What the recommender makes of a sample: candidates in the order of the arms' fusion, and in
    that of a live turn."""

    query: Query
    found: list[Candidate]
    ranked: list[Ranked]


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
    listener: Listener | None = None
    """Understands what was said, so that wishes count; without one the words alone do."""

    def query(self, sample: Sample) -> Query:
        """The query a sample stands for; named items are seeds."""
        if self.listener is not None:
            return self.listener.query(sample)
        return Query(text=sample.text(), seeds=dict.fromkeys(sample.mentioned, 1.0))

    def answer(self, sample: Sample) -> Answer:
        """Find and rank, once for all rows that need it."""
        query = self.query(sample)
        found = self.retriever.find(query)
        prompt = sample.prompt(self.retriever.catalogue.items)
        schema = self.retriever.catalogue.schema
        ranked = rank(found, query, prompt, self.scorer, self.weight, self.depth, self.rank, schema)
        return Answer(query, found, ranked)

    def rankings(self, sample: Sample, answer: Answer) -> dict[str, list[str]]:
        """Every row of the table: `ours`, with the owner's rules where there are some, the floors."""
        rows = {"ours": [r.candidate.item.id for r in answer.ranked]}
        if self.rules.version:
            rows[RULED] = self.ruled(answer)
        rows["popularity"] = []
        rows["repeat"] = list(dict.fromkeys(reversed(sample.mentioned)))
        rows["bm25"] = self.bm25(sample)
        if not self.absent:
            rows["cooccurrence"] = self.cooccurrence(sample)
        rows["fusion"] = self.fused(answer)
        return rows

    @property
    def hidden(self) -> dict[str, frozenset[str]]:
        """What is nowhere in a row: the owner hides it."""
        return {RULED: self.rules.hidden} if self.rules.version else {}

    @property
    def absent(self) -> dict[str, str]:
        """Floors that cannot be measured here, each with the reason."""
        if self.retriever.colikes is not None or self.retriever.learned.talked is not None:
            return {}
        return {"cooccurrence": NO_COLIKES.format(name=self.retriever.catalogue.name)}

    def ruled(self, answer: Answer) -> list[str]:
        """The live order after the owner's rules: hidden items left out, others moved, one pinned."""
        left = [r for r in answer.ranked if r.candidate.item.id not in self.rules.hidden]
        order = arranged(left, self.list_length, answer.query, self.retriever, self.rules)
        return [r.candidate.item.id for r in order]

    def bm25(self, sample: Sample) -> list[str]:
        """Full text search alone: every item that has one of the words."""
        words = [t.folded for t in tokens(sample.text()) if t.folded not in STOP_WORDS]
        catalogue = self.retriever.catalogue
        return [id for id, _ in catalogue.search(words, len(catalogue.items))]

    def cooccurrence(self, sample: Sample) -> list[str]:
        """What is talked of along with the named items, or liked by who likes them; nothing where no
        such people are known."""
        columns, talked = self.retriever.columns, self.retriever.learned.talked
        if talked is not None:
            rows = [columns.row[id] for id in sample.mentioned if id in columns.row]
            scores = talked.together(rows)
        else:
            assert self.retriever.colikes is not None
            scores = self.retriever.colikes.scores(dict.fromkeys(sample.mentioned, 1.0))
        order = np.argsort(-scores, kind="stable")[: int((scores > 0).sum())]
        return [columns.ids[row] for row in order]

    def fused(self, answer: Answer) -> list[str]:
        """Plain reciprocal rank fusion of the arms, without anything learned."""
        if self.retriever.learned.blend is None:
            return [c.item.id for c in answer.found]
        return self.retriever.fused(answer.query)

    def shown(self, sample: Sample, answer: Answer) -> list[str]:
        """The list that a visitor would see: after variety and the owner's rules, without named items."""
        named = frozenset(sample.mentioned)
        hidden = named | self.rules.hidden
        left: Sequence[Ranked] = [r for r in answer.ranked if r.candidate.item.id not in hidden]
        query = replace(answer.query, hidden=hidden)
        diversity = self.rank.diversity
        chosen = select(left, self.list_length, self.retriever, query, diversity, self.rules)
        return [r.candidate.item.id for r in chosen]


def ours_of(parts: Parts) -> Ours:
    """What is measured of a catalogue that is open: the recommender as it serves."""
    return Ours(
        parts.retriever,
        parts.rank,
        parts.scorer,
        parts.scorer_weight,
        parts.scorer_depth,
        parts.rules,
        parts.dialogue.list_length,
        Listener(parts.lexicon),
    )
