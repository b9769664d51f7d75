"""Places of labels: the quick way against the plain one, and measures against other people's code."""

import random
from dataclasses import asdict
from typing import Any

import ir_measures
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import RR, R, nDCG
from scipy.stats import bootstrap as scipy_bootstrap

from finetune.metrics import CUTS, bootstrap
from finetune.places import NOWHERE, Ledger, places
from finetune.samples import Message, Sample

IDS = [f"i{n}" for n in range(80)]
ROW = {id: n for n, id in enumerate(IDS)}
POPULARITY = np.array([(n * 7) % 11 for n in range(80)], dtype=np.float64)


def plainly(order: list[str], known: set[str], labels: list[str]) -> list[float]:
    """Places as they were found before: whole lists of ids, and a dictionary over each."""
    behind = sorted(IDS, key=lambda id: (-POPULARITY[ROW[id]], ROW[id]))
    whole = [id for id in dict.fromkeys((*order, *behind)) if id not in known]
    place = {id: n for n, id in enumerate(whole, 1)}
    return [place.get(label, NOWHERE) for label in labels]


def sample(n: int, mentioned: list[str], labels: list[str]) -> Sample:
    said = (Message(role="user", text="anything"),)
    return Sample(
        id=f"s{n}",
        dialogue=f"d{n // 3}",
        context=said,
        mentioned=tuple(mentioned),
        labels=tuple(labels),
    )


@given(
    order=st.lists(st.sampled_from(IDS), max_size=60),
    named=st.lists(st.sampled_from([*IDS, "strange"]), max_size=6),
    hidden=st.sets(st.sampled_from(IDS), max_size=6),
    labels=st.lists(st.sampled_from([*IDS, "stranger"]), min_size=1, max_size=5),
)
def test_places_are_those_of_the_plain_way(
    order: list[str], named: list[str], hidden: set[str], labels: list[str]
) -> None:
    ledger = Ledger.of(ROW, POPULARITY)
    ledger.add(sample(0, named, labels), named, {"ours": order}, {"ours": hidden})
    fresh = [label for label in labels if label not in named]
    assert ledger.ranks["ours"]["all"] == plainly(order, hidden, labels)
    assert ledger.ranks["ours"]["new"] == plainly(order, hidden | set(named), fresh)
    assert [label.new for label in ledger.labels] == [label not in named for label in labels]


def test_every_row_has_a_place_and_what_is_gone_leaves_no_gap() -> None:
    behind = np.array([3, 1, 0, 2, 4])
    assert places(np.array([2, 0]), behind).tolist() == [2, 4, 1, 3, 5]
    gone = np.array([True, False, False, True, False])
    assert places(np.array([2, 0]), behind, gone).tolist() == [NOWHERE, 2, 1, NOWHERE, 3]
    assert places(np.array([], dtype=np.intp), behind).tolist() == [3, 2, 4, 1, 5]


def test_what_our_linker_names_is_out_but_the_file_says_which_labels_are_new() -> None:
    ledger = Ledger.of(ROW, POPULARITY)
    gold, own = ["i1"], ["i2", "i3"]
    ledger.add(sample(0, gold, ["i1", "i2", "i5"]), own, {"ours": ["i1", "i2", "i3", "i5"]}, {})
    assert ledger.ranks["ours"] == {"all": [1, 2, 4], "new": [NOWHERE, 2]}


def test_measures_agree_with_an_independent_implementation_on_random_runs() -> None:
    """Every (sample, label) is a query with one right answer, so that means are micro means."""
    dice = random.Random(5)
    ledger = Ledger.of(ROW, POPULARITY)
    right: list[Any] = []
    runs: dict[str, list[Any]] = {"all": [], "new": []}
    for n in range(60):
        named, labels = dice.sample(IDS, 4), [*dice.sample(IDS, 3), "unknown"]
        order = dice.sample(IDS, dice.randrange(1, 80))
        # Often among the first, so that every cut has something to find.
        order = [*dice.sample(labels[:3], dice.randrange(3)), *order]
        ledger.add(sample(n, named, labels), named, {"ours": order}, {})
        behind = sorted(IDS, key=lambda id: (-POPULARITY[ROW[id]], ROW[id]))
        for part, known in (("all", set[str]()), ("new", set(named))):
            whole = [id for id in dict.fromkeys((*order, *behind)) if id not in known]
            for label in labels:
                if label not in known:
                    query = f"{part}/{n}/{label}"
                    right.append(ir_measures.Qrel(query, label, 1))
                    runs[part] += [
                        ir_measures.ScoredDoc(query, id, 100.0 - k) for k, id in enumerate(whole)
                    ]
    theirs = {f"recall@{cut}": R @ cut for cut in CUTS}
    theirs |= {"mrr@10": RR @ 10, "ndcg@10": nDCG @ 10}
    ours = ledger.table("ours")
    for part, run in runs.items():
        qrels = [q for q in right if q.query_id.startswith(part)]
        found = ir_measures.calc_aggregate(theirs.values(), qrels, run)
        for name, measure in theirs.items():
            assert ours[part][name]["value"] == pytest.approx(found[measure], abs=5e-5), name
            assert 0 < ours[part][name]["value"] < 1, "a measure that is always 0 shows nothing"


def test_an_interval_agrees_with_an_independent_bootstrap_over_dialogues() -> None:
    dice = np.random.default_rng(3)
    groups = dice.integers(0, 90, 400)
    values = (dice.random(400) < 0.1 + 0.4 * (groups % 2)).astype(np.float64)
    by = [values[groups == g] for g in np.unique(groups)]
    sums, counts = np.array([v.sum() for v in by]), np.array([len(v) for v in by])
    theirs = scipy_bootstrap(
        (sums, counts),
        lambda s, c, axis: s.sum(axis=axis) / c.sum(axis=axis),
        paired=True,
        method="percentile",
        n_resamples=20_000,
        rng=np.random.default_rng(1),
    ).confidence_interval
    ours = bootstrap(values, [str(g) for g in groups])
    assert ours.value == pytest.approx(values.mean(), abs=1e-4)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.01)


def test_a_difference_is_paired_label_by_label() -> None:
    """One ranking finds in every dialogue one label more than the other, so the difference is certain,
    though neither figure is."""
    ledger = Ledger.of(ROW, POPULARITY)
    dice = random.Random(1)
    for n in range(0, 90, 3):  # a dialogue each
        ids = dice.sample(IDS, 6)
        first, second, rest = ids[0], ids[1], ids[2:]
        lucky = dice.random() < 0.5
        better = [first, second, *rest] if lucky else [first, *rest, second]
        worse = [second, *rest, first] if lucky else [*rest, first, second]
        orders = {"better": better, "worse": worse}
        ledger.add(sample(n, [], [first, second]), [], orders, {})
    ahead = ledger.ahead("better", "worse", ["recall@1", "recall@50"])
    assert ahead["new"]["recall@50"] == {"value": 0, "low": 0, "high": 0}
    found = asdict(bootstrap(np.ones(3), list("abc")))
    assert found == {"value": 1, "low": 1, "high": 1}
    table = {name: ledger.table(name)["new"]["recall@1"] for name in orders}
    assert ahead["new"]["recall@1"]["value"] == pytest.approx(
        table["better"]["value"] - table["worse"]["value"], abs=2e-4
    )
    assert ahead["new"]["recall@1"]["low"] > 0
    back = ledger.ahead("worse", "better", ["recall@1"])["new"]["recall@1"]
    forth = ahead["new"]["recall@1"]
    assert back["value"] == -forth["value"]
