"""Seekers at the size that counts: `make seekers`. Prints the table that tests/README.md shows."""

from pathlib import Path

import pytest

from finetune.seeking import gain, simulate, summary
from tests.conftest import SHARED
from ui.indexing import index_file
from ui.opening import open_parts
from ui.settings import load
from ui.simulating import table

SEEKERS = 200
RAW = {"products": "products.json", "recipes": "recipes.jsonl.gz"}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["films", *RAW])
def test_by_turn_5_the_full_policy_finds_a_third_more_than_one_list(
    name: str, tmp_path: Path
) -> None:
    settings, _ = load([], {}, {"scorer.model": "none"})
    if name in RAW:
        file = SHARED / "raw" / RAW[name]
        if not file.is_file():
            pytest.skip(f"no {file} here")
        index_file(file, name, {}, tmp_path, settings)
    opened = open_parts(tmp_path, name, settings)
    try:
        talks = simulate(opened.parts, SEEKERS)
    finally:
        opened.close()
    found = {policy: summary(part) for policy, part in talks.items()}
    over = {p: gain(talks["full"], part, 5) for p, part in talks.items() if p != "full"}
    print("\n" + table(name, {"policies": found, "full_over": over}))
    assert (over["one list"] or {"value": 99.0})["value"] >= 1.3
    assert all(row["kept_as_read"] == 1.0 for row in found.values())
    assert all(row["repeat_rate"] == 0.0 for row in found.values())
