"""What lists are like: answers by construction, and other people's code."""

import numpy as np
import pytest
from scipy.spatial.distance import pdist
from scipy.stats import entropy as scipy_entropy

from finetune.list_quality import (
    coverage,
    entropy,
    exposures,
    gini,
    intra_list_distance,
    novelty,
    simpson,
)
from retrieval.encoder import unit

EVEN = np.full(8, 3.0)
ONE = np.array([0, 0, 5, 0, 0, 0, 0, 0], dtype=np.float64)


def test_exposure_counts_places_in_lists() -> None:
    assert exposures([[0, 2], [2, 1], []], 4).tolist() == [1, 1, 2, 0]
    assert exposures([], 3).tolist() == [0, 0, 0]


def test_exposure_shared_alike_and_exposure_of_one_item_are_the_ends_of_every_scale() -> None:
    assert (coverage(EVEN), coverage(ONE)) == (1, 1 / 8)
    assert (entropy(EVEN), entropy(ONE)) == (3, 0)
    assert gini(EVEN) == pytest.approx(0)
    assert gini(ONE) == pytest.approx(1)
    assert simpson(EVEN) == pytest.approx(1 / 8)
    assert simpson(ONE) == 1


def test_half_of_the_items_shown_alike() -> None:
    half = np.array([2.0, 2, 2, 2, 0, 0, 0, 0])
    assert (coverage(half), entropy(half), simpson(half)) == (0.5, 2, 0.25)
    # The Lorenz curve runs flat to the middle and then straight up: 1/2, scaled by 8/7.
    assert gini(half) == pytest.approx(0.5 * 8 / 7)


def test_nothing_shown_has_figures_too() -> None:
    none = exposures([], 5)
    assert (coverage(none), entropy(none), gini(none), simpson(none)) == (0, 0, 0, 0)
    assert intra_list_distance([]) is None
    assert novelty([], np.ones(5)) is None


@pytest.mark.parametrize("seed", range(5))
def test_figures_agree_with_independent_implementations(seed: int) -> None:
    dice = np.random.default_rng(seed)
    counts = dice.poisson(dice.gamma(0.4, 6, 40)).astype(np.float64)
    assert entropy(counts) == pytest.approx(scipy_entropy(counts, base=2))
    apart = np.abs(counts[:, None] - counts[None, :]).sum() / (2 * 40 * 39)
    assert gini(counts) == pytest.approx(apart / counts.mean())  # relative mean difference
    p = counts / counts.sum()
    assert simpson(counts) == pytest.approx(sum(x * x for x in p.tolist()))
    lists = [unit(dice.normal(size=(n, 6)).astype(np.float32)) for n in (5, 3, 1, 2)]
    theirs = [pdist(v.astype(np.float64), "cosine").mean() for v in lists if len(v) > 1]
    assert intra_list_distance(lists) == pytest.approx(np.mean(theirs), abs=1e-6)


def test_a_list_of_the_same_thing_has_no_distance_and_one_of_unlike_things_has_one() -> None:
    axes = np.eye(3, dtype=np.float32)
    assert intra_list_distance([axes]) == 1
    assert intra_list_distance([axes[[0, 0, 0]]]) == 0
    assert intra_list_distance([axes, axes[[0, 0, 0]], axes[:1]]) == 0.5
    assert intra_list_distance([np.array([[1, 0], [-1, 0]], dtype=np.float32)]) == 2


def test_novelty_is_bits_of_the_share_of_choices() -> None:
    popularity = np.array([8.0, 4, 2, 2, 0])
    assert novelty([[0]], popularity) == 1
    assert novelty([[1, 2], [3]], popularity) == pytest.approx((2 + 3 + 3) / 3)
    assert novelty([[4]], popularity) == 3, "nobody chose it: as rare as the rarest"
    assert novelty([[0]], np.zeros(5)) is None
