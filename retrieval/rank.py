"""Ranking: fused score, wishes and the language model's score in one order; then variety."""

from collections.abc import Mapping, Sequence
from statistics import fmean, pstdev
from typing import NamedTuple

from retrieval.constraints import permitted
from retrieval.find import Candidate, Query, Retriever
from retrieval.fusion import maximal_marginal_relevance
from retrieval.item import Item, Schema
from retrieval.merchandising import REACH, arranged
from retrieval.prompt import ScorerPrompt, card_of
from retrieval.rules_in_force import NO_RULES, InForce
from retrieval.scorer import Scorer
from retrieval.settings import RankSettings

WISHED = 2.0
"""What meeting every wish adds to a learned score when a list is chosen; those are in [0, 1]."""
NO_SCHEMA = Schema({})
MOST_GUESSED = 0.4
"""What all guesses together may add, as a share of what one stated wish among as many adds."""


class Ranked(NamedTuple):
    """A candidate with its final score and the parts that it is made of."""

    candidate: Candidate
    score: float
    parts: Mapping[str, float]


def rank(
    candidates: Sequence[Candidate],
    query: Query,
    prompt: ScorerPrompt,
    scorer: Scorer | None,
    weight: float,
    depth: int,
    settings: RankSettings,
    schema: Schema = NO_SCHEMA,
) -> list[Ranked]:
    """Candidates in their final order, best first.

    The scorer reads the first `depth` of them. What it says in nats is added to the blend's logits, less
    its mean; other scores are standardised over those read, so that `weight` means the same whatever
    model it is. The rest follow in the order they had.
    """
    stated = max(1, len({w.group for w in query.wishes}))
    scored = [_without_model(c, stated, settings.wish_bonus) for c in candidates]
    scored.sort(key=lambda r: -r.score)
    if scorer is None or weight == 0 or not scored:
        return scored
    head, tail = scored[:depth], scored[depth:]
    raw = scorer.score(prompt, [card_of(r.candidate.item, schema) for r in head])
    mean = fmean(raw)
    unit = head[0].candidate.nat if scorer.in_nats else 1 / (pstdev(raw) or 1.0)
    read = [
        Ranked(
            r.candidate,
            r.score + weight * (value - mean) * unit,
            {**r.parts, "scorer": value},
        )
        for r, value in zip(head, raw, strict=True)
    ]
    return sorted(read, key=lambda r: -r.score) + tail


def _without_model(candidate: Candidate, stated: int, bonus: float) -> Ranked:
    """`stated` is how many wishes were stated, `bonus` what meeting all of them adds."""
    fused, guessed = candidate.fused, candidate.guessed
    met = 0.0 if candidate.blended else bonus * candidate.met
    unwanted = bonus * candidate.unwanted
    parts = {"fused": fused, "wishes": met, "unwanted": -unwanted}
    if guessed:
        parts["guessed"] = guessed = bonus * min(guessed, MOST_GUESSED) / stated
    return Ranked(candidate, fused + met + guessed - unwanted, parts)


def _may_meet(item: Item, query: Query) -> bool:
    return any(item.is_silent(wish.facet) for wish in query.wishes)


def select(
    ranked: Sequence[Ranked],
    n: int,
    retriever: Retriever,
    query: Query,
    diversity: float,
    rules: InForce = NO_RULES,
) -> list[Ranked]:
    """The `n` to show: varied (MMR over item vectors), moved a little by the owner's rules, then every
    constraint and all that is hidden once more, last."""
    # The learned order is that of what people suggest. What was wished for in words comes first here.
    if any(r.candidate.blended for r in ranked):
        ranked = sorted(ranked, key=lambda r: -(r.score + WISHED * r.candidate.met))
    wanted = [r for r in ranked if r.candidate.met > 0] if query.wishes else []
    if wanted and len(wanted) < n:  # a wish excludes nothing: who knows, these may meet it
        wanted += [r for r in ranked if r.candidate.met == 0 and _may_meet(r.candidate.item, query)]
    # What is known to meet no wish at all is shown only if nothing does.
    # With nothing but words to go by, variety is sought among the nearest only.
    reach = REACH if query.wishes or query.seeds or not query.text else 2
    pool = list(wanted or ranked)[: reach * n]
    if not pool:
        return []
    vectors = retriever.index.vectors([r.candidate.item.id for r in pool])
    worth = [r.score + WISHED * r.candidate.met * r.candidate.blended for r in pool]
    low, high = min(worth), max(worth)
    relevance = [(value - low) / ((high - low) or 1.0) for value in worth]
    order = maximal_marginal_relevance(relevance, vectors, len(pool), diversity)
    chosen = arranged([pool[i] for i in order], n, query, retriever, rules)
    hidden = query.hidden | rules.hidden
    return [
        r
        for r in chosen
        if r.candidate.item.id not in hidden and permitted(r.candidate.item, query.constraints)
    ][:n]
