"""Trees on top of the blend: what they can learn, when there are none, and that arrays are the library's."""

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xgboost

from finetune import trees as fitting
from finetune.trees import Shown, fitted_trees
from retrieval.boosted import COLUMNS, Trees, load_trees, save_trees
from retrieval.errors import ModelUnavailable

YEAR, NAMED = COLUMNS.index("year"), COLUMNS.index("named")


def lists(many: int, learnable: bool) -> list[Shown]:
    """Twelve candidates each; who named nothing takes the newest, who named something the oldest."""
    rng = np.random.default_rng(1)
    made = []
    for n in range(many):
        table = rng.normal(size=(12, len(COLUMNS))).astype(np.float32)
        table[:, NAMED] = n % 2
        table[rng.random(12) < 0.2, YEAR] = np.nan
        wanted = (
            np.nanargmax(table[:, YEAR] * (1 if n % 2 else -1)) if learnable else rng.integers(12)
        )
        made.append(Shown(table, np.zeros(12), np.arange(12) == wanted, n % 5))
    return made


def recall(trees: Trees, shown: list[Shown]) -> float:
    right = [x.chosen[int(trees.corrections(x.table).argmax())] for x in shown]
    return float(np.mean(right))


def test_what_no_sum_of_weights_can_say_is_learned() -> None:
    made = fitted_trees(lists(400, learnable=True), least=2)
    assert made is not None
    assert recall(made, lists(400, learnable=True)) > 0.6  # by chance .08
    assert "on dialogues not learned from" in made.found


def test_where_there_is_nothing_to_learn_there_are_no_trees() -> None:
    assert fitted_trees(lists(300, learnable=False), least=2) is None
    assert fitted_trees([], least=0) is None
    assert fitted_trees(lists(1, learnable=True), least=0) is None
    assert fitted_trees(lists(400, learnable=True)) is None  # too few


def test_the_arrays_say_what_the_library_says() -> None:
    shown = lists(100, learnable=True)
    learned = fitting._boosted(shown, 30)
    arrays = fitting._arrays(learned)
    for one in shown[:20]:
        theirs = learned.predict(
            xgboost.DMatrix(one.table, base_margin=np.zeros(12)), output_margin=True
        )
        assert np.allclose(arrays.corrections(one.table), theirs, atol=1e-5)


def stored(path: Path) -> Trees:
    made = fitted_trees(lists(200, learnable=True), least=2)
    assert made is not None
    save_trees(path, made)
    return made


def test_trees_are_read_as_they_were_written_and_the_same_lists_give_the_same_bytes(
    tmp_path: Path,
) -> None:
    made = stored(tmp_path / "one.npz")
    again = stored(tmp_path / "two.npz")
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    found = load_trees(tmp_path / "one.npz")
    assert found is not None
    table = lists(3, learnable=True)[2].table
    assert (found.corrections(table) == made.corrections(table)).all()
    assert again.found == found.found
    assert load_trees(tmp_path / "none.npz") is None


@pytest.mark.parametrize(
    ("part", "value"),
    [("left", 30_000), ("column", -1), ("value", np.nan), ("threshold", np.inf), ("levels", 0)],
)
def test_trees_that_cannot_be_are_refused(tmp_path: Path, part: str, value: Any) -> None:
    made = stored(tmp_path / "trees.npz")
    if part == "levels":
        spoilt = replace(made, levels=value)
    else:
        array = getattr(made, part).copy()
        array[0, 0] = value
        spoilt = replace(made, **{part: array})
    save_trees(tmp_path / "trees.npz", spoilt)
    with pytest.raises(ModelUnavailable, match="finetune arms"):
        load_trees(tmp_path / "trees.npz")


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    np.savez(buffer, head=np.frombuffer(b'{"version": 99}', dtype=np.uint8))
    for bad in (b"", b"PK", buffer.getvalue()):
        (tmp_path / "trees.npz").write_bytes(bad)
        with pytest.raises(ModelUnavailable, match="holds no trees"):
            load_trees(tmp_path / "trees.npz")
