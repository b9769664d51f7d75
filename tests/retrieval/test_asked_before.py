"""Past conversations as neighbours: known answers, files, other catalogues."""

from pathlib import Path

import numpy as np
import pytest

from retrieval.asked_before import load_asked, placed, remember, save_asked, without
from retrieval.errors import ModelUnavailable
from retrieval.item import Item
from retrieval.talked import by_title

SPIES, LOVE = np.eye(2, 8, dtype=np.float32)
MADE = remember(("a", "b", "c"), np.stack([SPIES, LOVE]), [["a", "b"], ["b", "stranger"]], "e/f32")


def test_an_item_suggested_to_people_who_talked_alike_comes_first() -> None:
    assert MADE.alike(SPIES)[0] == pytest.approx(np.log(1 + 1e-4) - np.log(1e-4))
    assert MADE.typical(SPIES).argmax() == 0
    assert MADE.alike(SPIES)[0] > MADE.alike(LOVE)[0]
    assert MADE.alike(SPIES)[2] == 0  # never suggested
    assert MADE.typical(SPIES)[2] == 0


def test_decisions_left_out_are_as_if_they_had_never_been() -> None:
    left = without(MADE, np.array([True, False]))
    never = remember(("a", "b", "c"), LOVE[None], [["b"]], "e/f32")
    for said in (SPIES, LOVE):
        assert np.allclose(left.alike(said), never.alike(said))
        assert np.allclose(left.typical(said), never.typical(said))
    nothing = without(MADE, np.array([True, True]))
    assert not nothing.alike(SPIES).any()


def test_it_is_read_as_it_was_written_and_moves_to_another_catalogue(tmp_path: Path) -> None:
    items = [Item("1", "Skyfall", {"year": 2012}), Item("2", "Heat", {"year": 1995})]
    keys = [by_title(item) for item in items]
    made = remember(keys, np.stack([SPIES, LOVE]), [[keys[0]], [keys[1]]], "e/f32")
    save_asked(tmp_path / "asked.npz", made)
    found = load_asked(tmp_path / "asked.npz")
    assert found is not None
    there = [Item("x", "HEAT", {"year": 1995}), Item("y", "Other", {"year": 2000})]
    moved = placed(found, there, by_title)
    assert moved.alike(LOVE)[0] == pytest.approx(made.alike(LOVE)[1])
    assert moved.alike(LOVE)[1] == 0
    assert load_asked(tmp_path / "none.npz") is None


@pytest.mark.parametrize("cut", [0, 10, 200])
def test_a_damaged_file_is_an_error_that_says_what_to_do(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "asked.npz"
    save_asked(path, MADE)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(ModelUnavailable, match="finetune arms"):
        load_asked(path)
