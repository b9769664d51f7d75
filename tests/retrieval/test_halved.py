"""Vectors in half the bits only save time: what is found is what comparing all exactly finds."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from retrieval.encoder import HashingEncoder, unit
from retrieval.halved import Halved
from retrieval.sentence_encoder import SentenceEncoder
from retrieval.vectors import ExactIndex, highest

FILMS = Path(__file__).parents[2] / "data" / "films.jsonl"
SAID = (
    "something like Alien, but funny",
    "a slow film about grief",
    "heist",
    "一部关于火星的电影",
    "no gore, and under two hours",
)


def twins(
    vectors: NDArray[np.float32], monkeypatch: pytest.MonkeyPatch
) -> tuple[ExactIndex, ExactIndex]:
    """The same vectors in an index that looks at half the bits first, and in one that does not."""
    ids = [f"i{n:05}" for n in range(len(vectors))]
    plain, halved = ExactIndex(), ExactIndex()
    for index in (plain, halved):
        index.put(ids, vectors, ["h"] * len(ids))
    plain.arrange(ids)
    monkeypatch.setattr("retrieval.vectors.HALVED_FROM", 2)
    monkeypatch.setattr("retrieval.vectors.is_half_quicker", lambda: True)
    halved.arrange(ids)
    monkeypatch.setattr("retrieval.vectors.HALVED_FROM", 10**9)
    monkeypatch.setattr("retrieval.vectors.FEW", 20)
    assert plain._half is None
    assert halved._half is not None
    return plain, halved


def masks(n: int) -> list[NDArray[np.bool_] | None]:
    rng = np.random.default_rng(5)
    few = [rng.random(n) < share for share in (0.9, 0.3, 0.02)]
    return [None, *few, np.zeros(n, dtype=np.bool_)]


@pytest.mark.models
def test_films_found_by_what_visitors_say_are_the_same_in_the_same_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = [json.loads(line) for line in FILMS.read_text(encoding="utf-8").splitlines()[::4]]
    encoder = SentenceEncoder()
    films = encoder.encode([f"{r['title']}. {r['description'][:200]}" for r in rows])
    plain, halved = twins(films, monkeypatch)
    asked = np.concatenate([encoder.encode([said]) for said in SAID])
    for mask in masks(len(rows)):
        for queries in (asked, asked[:1]):
            expected = plain.search(queries, 40, mask)
            found = halved.search(queries, 40, mask)
            for ours, theirs in zip(found, expected, strict=True):
                assert [id for id, _ in ours] == [id for id, _ in theirs]
                assert [s for _, s in ours] == pytest.approx([s for _, s in theirs], abs=1e-6)


def test_where_all_vectors_are_nearly_one_nothing_is_missed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(2)
    base = rng.normal(size=(1, 64))
    near = unit((base + 1e-3 * rng.normal(size=(900, 64))).astype(np.float32))
    plain, halved = twins(near, monkeypatch)
    for mask in masks(900):
        [expected] = plain.search(near[:1], 25, mask)
        [found] = halved.search(near[:1], 25, mask)
        assert [s for _, s in found] == pytest.approx([s for _, s in expected], abs=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_no_cosine_is_further_off_than_is_said(seed: int) -> None:
    rng = np.random.default_rng(seed)
    spread = rng.normal(size=(300, 96)) ** (1 + 2 * (seed % 2))  # of odd seeds some are very large
    vectors = unit(spread.astype(np.float32))
    queries = np.concatenate([vectors[:3], unit(rng.normal(size=(2, 96)).astype(np.float32))])
    rough, off = Halved(vectors).similarities(queries)
    away = np.abs(rough - queries.astype(np.float64) @ vectors.T)
    assert rough.shape == (5, 300)
    assert (away <= off[:, None]).all()
    assert off.max() < 0.02


@given(
    st.lists(st.integers(-9, 9), min_size=1, max_size=40),
    st.integers(1, 60),
    st.integers(1, 90),
)
def test_the_highest_are_those_of_a_whole_sort(some: list[int], times: int, n: int) -> None:
    scores = np.array(some * times, dtype=np.float64)
    whole = np.lexsort((np.arange(len(scores)), -scores))
    assert highest(scores, n).tolist() == whole[:n].tolist()


def test_of_very_many_scores_the_highest_are_those_of_a_whole_sort() -> None:
    rng = np.random.default_rng(0)
    for scores in (
        rng.normal(size=50_000),
        rng.integers(0, 40, 50_000).astype(np.float64),
        np.where(rng.random(50_000) < 0.99, -np.inf, rng.random(50_000)),
        np.repeat([1.0, 0.0], [49_990, 10]),
        np.tile([0.0] * 15 + [5.0], 3_200),  # the highest stand where the sample does not look
    ):
        whole = np.lexsort((np.arange(len(scores)), -scores))
        for n in (1, 7, 200):
            assert highest(scores, n).tolist() == whole[:n].tolist()


def test_what_is_put_later_is_found_too(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = HashingEncoder()
    plain, halved = twins(encoder.encode([f"film {n} of war" for n in range(50)]), monkeypatch)
    added = encoder.encode(["a quiet harbour"])
    halved.put(["late"], added, ["h"])
    assert halved.search(added, 1)[0][0][0] == "late"
    assert plain.search(added, 1)[0][0][0] != "late"
