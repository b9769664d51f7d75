"""Fusion and variety, with answers known by construction."""

import numpy as np
import pytest

from retrieval.fusion import maximal_marginal_relevance, reciprocal_rank_fusion


def test_an_item_first_in_every_arm_scores_one() -> None:
    fused = reciprocal_rank_fusion({"a": ["x", "y"], "b": ["x"]}, {"a": 1, "b": 2}, 60)
    assert fused["x"] == pytest.approx(1.0)
    assert list(fused) == ["x", "y"]


def test_fused_scores_are_the_published_sum() -> None:
    fused = reciprocal_rank_fusion({"a": ["x", "y"], "b": ["y", "z"]}, {"a": 1, "b": 1}, 60)
    best = 2 / 61
    assert fused == pytest.approx(
        {"y": (1 / 62 + 1 / 61) / best, "x": 1 / 61 / best, "z": 1 / 62 / best}
    )


def test_an_arm_without_weight_brings_nothing() -> None:
    assert reciprocal_rank_fusion({"a": ["x"], "b": ["y"]}, {"a": 1, "b": 0}, 60).keys() == {"x"}


def test_without_diversity_the_order_is_kept() -> None:
    assert maximal_marginal_relevance([3, 2, 1], np.eye(3, dtype=np.float32), 3, 0) == [0, 1, 2]


def test_a_twin_of_what_was_chosen_gives_way() -> None:
    vectors = np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32)
    assert maximal_marginal_relevance([1, 0.99, 0.5], vectors, 2, 0.6) == [0, 2]
