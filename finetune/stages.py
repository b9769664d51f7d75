"""What each arm finds alone, and what each stage adds to the one before.

Stages in the order of a turn: plain reciprocal rank fusion of the arms, the blend of what was found
as it serves without a language model, the language model's score, the owner's rules. Counted on new
labels. An arm alone is compared with popularity, which goes on behind it; fusion with the arm that
is best alone (the best of several on the same samples: a hard comparison).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from finetune.metrics import CUTS
from finetune.places import Ledger
from finetune.rankings import Answer, Ours
from finetune.samples import Sample
from retrieval.rank import rank

ARMS = ("dense", "lexical", "seeds", "alike", "colike", "wishes", "popularity")
FUSION, BLEND, SCORER, RULES = "fusion", "+ blend", "+ scorer", "+ rules"
MEASURES = tuple(f"recall@{cut}" for cut in CUTS)
BEST_BY = "recall@10"


def stage_orders(sample: Sample, answer: Answer, measured: Ours) -> dict[str, list[str]]:
    """The order after each stage, as ids, best first; an arm that brings nothing brings an empty one."""
    retriever, query = measured.retriever, answer.query
    everything = np.ones(len(retriever.columns.ids), dtype=np.bool_)
    arms = retriever.rankings(query, everything, retriever.met(query.wishes, query.seeds))
    orders = {f"{arm} alone": list(arms.get(arm, [])) for arm in ARMS}
    orders[FUSION] = measured.fused(answer)
    prompt = sample.prompt(retriever.catalogue.items)
    blended = rank(answer.found, query, prompt, None, 0.0, 0, measured.rank)
    orders[BLEND] = [r.candidate.item.id for r in blended]
    if measured.scorer is not None and measured.weight:
        orders[SCORER] = [r.candidate.item.id for r in answer.ranked]
    if measured.rules.version:
        orders[RULES] = measured.ruled(answer)
    return orders


def stage_table(ledger: Ledger, brought: Sequence[str]) -> list[dict[str, Any]]:
    """A row for each stage: its recall on new labels, what it is compared with, and the difference.

    `brought` are the arms that found anything; the others are left out.
    """
    alone = [f"{arm} alone" for arm in ARMS if arm in brought]
    stages = [name for name in (FUSION, BLEND, SCORER, RULES) if name in ledger.ranks]
    recall = {name: ledger.table(name)["new"] for name in (*alone, *stages)}
    others = [name for name in alone if name != "popularity alone"]
    best = max(others, key=lambda name: recall[name][BEST_BY]["value"], default="popularity alone")
    before = dict.fromkeys(others, "popularity alone")
    before |= dict(zip(stages, [best, *stages], strict=False))
    rows = []
    for name in (*alone, *stages):
        row: dict[str, Any] = {"stage": name, "new": {m: recall[name][m] for m in MEASURES}}
        if name in before and before[name] in ledger.ranks:
            row["over"] = before[name]
            row["difference"] = ledger.ahead(name, before[name], MEASURES)["new"]
        rows.append(row)
    return rows


def stages_absent(measured: Ours, brought: Sequence[str]) -> dict[str, str]:
    """Arms and stages that have no row, each with the reason."""
    why = {f"{arm} alone": f"the arm {arm} found nothing for any sample" for arm in ARMS}
    found = {
        name: said
        for arm, (name, said) in zip(ARMS, why.items(), strict=True)
        if arm not in brought
    }
    if "wishes" not in brought:
        found["wishes alone"] += (
            "; a sample is words and named items, and wishes are read from neither"
        )
    if measured.scorer is None:
        found[SCORER] = "there is no language model"
    elif not measured.weight:
        found[SCORER] = "the language model's weight is 0, so it is not consulted"
    if not measured.rules.version:
        found[RULES] = "the catalogue has no rules.toml"
    return found
