"""What counts as liking."""

import numpy as np
import pytest

from finetune.colikes import keep
from retrieval.interactions import Interaction
from retrieval.likes import likes_of
from retrieval.signals import EVENTS

ROWS = {"a": 0, "b": 1, "c": 2, "d": 3}


def strengths(*events: tuple[str, str, str, float]) -> dict[tuple[int, int], float]:
    """(user, row) -> strength of (user, item, what, value), each an hour after the one before."""
    rows = [Interaction(u, i, w, v, 3_600_000 * n) for n, (u, i, w, v) in enumerate(events, 1)]
    found = likes_of(keep(rows), ROWS)
    pairs = zip(found.user.tolist(), found.row.tolist(), strict=True)
    return dict(zip(pairs, found.strength.tolist(), strict=True))


def event(user: str, item: str, name: str) -> tuple[str, str, str, float]:
    return (user, item, name, EVENTS[name])


def test_a_rating_is_a_like_if_it_is_not_below_the_users_own_mean() -> None:
    harsh = [("0", "a", "rating", 1.0), ("0", "b", "rating", 3.0), ("0", "c", "rating", 2.0)]
    mild = [("1", "a", "rating", 5.0), ("1", "b", "rating", 3.0), ("1", "c", "rating", 4.0)]
    assert strengths(*harsh, *mild) == {(0, 1): 1.0, (1, 0): 1.0, (1, 2): 1.0}


def test_who_gives_the_same_to_everything_is_judged_by_all_the_others() -> None:
    of_all = [(str(u), i, "rating", v) for u in range(2, 9) for i, v in (("a", 5.0), ("b", 2.0))]
    found = strengths(("0", "a", "rating", 5.0), ("0", "b", "rating", 5.0),
                      ("1", "a", "rating", 3.0), ("1", "b", "rating", 3.0), *of_all)  # fmt: skip
    assert {(0, 0), (0, 1)} <= set(found)
    assert not {(1, 0), (1, 1)} & set(found)


def test_a_file_of_ones_is_all_likes_and_the_latest_rating_counts() -> None:
    assert strengths(("0", "a", "rating", 1.0), ("1", "b", "rating", 1.0)) == {(0, 0): 1.0, (1, 1): 1.0}  # fmt: skip
    changed = strengths(("0", "a", "rating", 5.0), ("0", "b", "rating", 5.0), ("0", "a", "rating", 0.5))  # fmt: skip
    assert set(changed) == {(0, 1)}


def test_signs_add_up_to_surety_and_what_speaks_against_is_taken_off() -> None:
    views = strengths(event("0", "a", "view"), event("0", "a", "view"), event("0", "a", "click"))
    assert views == {(0, 0): pytest.approx(1 - 0.8 * 0.8 * 0.7)}
    assert strengths(event("0", "a", "purchase"), event("0", "a", "return")) == {}
    mixed = strengths(event("0", "a", "purchase"), event("0", "a", "removefromcart"))
    assert mixed == {(0, 0): pytest.approx(0.7)}
    assert strengths(("0", "a", "count", 3.0), ("0", "b", "count", 0.0)) == {(0, 0): pytest.approx(0.875)}  # fmt: skip
    assert strengths(("0", "a", "given", 1.0)) == {(0, 0): pytest.approx(1.0)}


def test_what_may_be_said_is_true_of_every_one() -> None:
    def meant(*names: str) -> str:
        rows = [Interaction("0", "a", name, EVENTS.get(name, 1.0), 0) for name in names]
        return likes_of(keep(rows), ROWS).meant

    assert meant("rating") == meant("like", "dislike") == meant("given", "love") == "colike"
    assert meant("purchase") == meant("buy", "return") == "cobuy"
    assert meant("view") == meant("purchase", "view") == meant("like", "click") == "coview"


def test_items_that_the_catalogue_lacks_count_for_the_mean_alone() -> None:
    found = strengths(("0", "a", "rating", 3.0), *[("0", f"x{n}", "rating", 5.0) for n in range(9)])
    assert found == {}
    assert likes_of(keep([]), ROWS).users == 0
    assert np.array_equal(likes_of(keep([]), ROWS).row, np.zeros(0))
