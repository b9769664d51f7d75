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
from ui.released import ARMS

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


def walked(trees: Trees, table: Any) -> Any:
    """What corrections are, said plainly: every row walks down every tree."""
    total = np.zeros(len(table))
    for row, values in enumerate(table):
        for n in range(len(trees.column)):
            node = 0
            while trees.left[n, node] != node:
                value, side = values[trees.column[n, node]], trees.missing_left[n, node]
                left = side if np.isnan(value) else value < trees.threshold[n, node]
                node = int((trees.left if left else trees.right)[n, node])
            total[row] += trees.value[n, node]
    return total


def test_all_splits_at_once_say_what_a_walk_says() -> None:
    trees = load_trees(ARMS / "trees.npz")
    assert trees is not None
    some = replace(trees, **{
        name: getattr(trees, name)[::9]
        for name in ("column", "threshold", "left", "right", "missing_left", "value")
    })  # fmt: skip
    rng = np.random.default_rng(5)
    table = rng.normal(size=(30, len(COLUMNS))) * rng.choice([0.1, 1, 30, 2000], (30, len(COLUMNS)))
    table[rng.random(table.shape) < 0.15] = np.nan
    at = some.column[0, 0]
    table[0, at] = some.threshold[0, 0]  # as high as the split is not below it
    table = table.astype(np.float32)
    assert np.allclose(some.corrections(table), walked(some, table), rtol=0, atol=1e-9)
    assert some.corrections(table[:0]).shape == (0,)
    leaf = replace(some, **{
        name: getattr(some, name)[:1, -1:] * 0
        for name in ("column", "threshold", "left", "right", "missing_left")
    }, value=np.full((1, 1), 0.5, dtype=np.float32))  # fmt: skip
    assert leaf.corrections(table[:2]).tolist() == [0.5, 0.5]


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
    [
        ("left", 30_000),
        ("column", -1),
        ("value", np.nan),
        ("threshold", np.inf),
        ("levels", 0),
        ("right", 0),
    ],
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
