"""Counts of what is talked of together: known answers, leaving a conversation out, files."""

from pathlib import Path

import numpy as np
import pytest

from retrieval import talked
from retrieval.errors import InteractionsError
from retrieval.item import Item
from retrieval.talked import PRIOR, RARE, Conversations, Talked, by_id, by_title, count, placed

KEYS = ("a", "b", "c", "d")
TALKS = Conversations((("a", "b"), ("a", "b", "c"), ("c", "stranger")), (("b",), ("c",), ()))


def test_pairs_and_single_items_are_counted_once_a_conversation() -> None:
    made = count(KEYS, TALKS)
    assert made.named.tolist() == [2, 2, 2, 0]
    assert made.suggested.tolist() == [0, 1, 1, 0]
    of_a = slice(made.starts[0], made.starts[1])
    assert made.others[of_a].tolist() == [1, 2]
    assert made.counts[of_a].tolist() == [2, 1]
    assert made.together([0]).tolist() == [0, 1.0, 0.5, 0]


def test_the_lift_is_the_log_of_two_probabilities() -> None:
    lifts, shares = count(KEYS, TALKS).lifts([0])
    chance = (np.array([2, 2, 2, 0]) + RARE) / (6 + 4 * RARE)
    share = (np.array([0, 2, 1, 0]) + PRIOR * chance) / (3 + PRIOR)
    assert np.allclose(shares[0], share)
    assert np.allclose(lifts[0], np.log(share / chance))
    assert shares[0].sum() == pytest.approx(1)


def test_counts_by_title_find_the_items_of_another_catalogue() -> None:
    here = [Item("x1", "Amélie", {"year": 2001}), Item("x2", "The Thing", {"year": 1982})]
    there = [Item("9", "THE THING!", {"year": 1982}), Item("8", "Amelie", {"year": 2001})]
    keys = tuple(by_title(item) for item in here)
    made = count(keys, Conversations(((keys[0], keys[1]),), ((keys[1],),)))
    moved = placed(made, there, by_title)
    assert moved.suggested.tolist() == [1, 0]
    assert moved.together([0]).tolist() == [0, 1]
    other_year = placed(made, [Item("9", "The Thing", {"year": 2011})], by_title)
    assert other_year.named.tolist() == [0]


def test_what_is_stored_is_what_was_counted(tmp_path: Path) -> None:
    made = count(KEYS, TALKS)
    talked.save(tmp_path / talked.FILE, made)
    found = talked.load(tmp_path / talked.FILE)
    assert found is not None
    items = [Item(key, key, {}) for key in KEYS]
    back = placed(found, items, by_id)
    for row in range(3):
        assert np.allclose(back.lifts([row])[0], made.lifts([row])[0])
    assert back.suggested.tolist() == made.suggested.tolist()
    assert [p.name for p in tmp_path.iterdir()] == [talked.FILE]
    assert talked.load(tmp_path / "nothing.npz") is None


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04", b"not a file of numbers"])
def test_a_damaged_file_is_told_with_what_to_do(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / talked.FILE).write_bytes(damage)
    with pytest.raises(InteractionsError, match="finetune arms"):
        talked.load(tmp_path / talked.FILE)


def test_a_catalogue_without_items_has_no_counts() -> None:
    assert isinstance(placed(count(KEYS, TALKS), [], by_id), Talked)
