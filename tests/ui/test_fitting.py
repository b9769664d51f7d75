"""`finetune arms`: what it leaves, what it is good for, what it says of files that will not do."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.ui.shops import LIGHT, indexed_shop
from ui.main import main

ROWS = [
    {"id": f"p{n}", "title": f"Lamp number {n}", "category": "lamps" if n % 2 else "tables",
     "year": 1990 + n, "popularity": 40 - n}
    for n in range(30)
]  # fmt: skip
SAMPLES = [
    {"id": f"s{n}", "dialogue": f"d{n}", "mentioned": [f"p{n % 30}"], "labels": [f"p{(n + 4) % 30}"],
     "context": [{"role": "user", "text": "I would like tables" if n % 2 == 0 else "lamps please"}]}
    for n in range(90)
]  # fmt: skip
"""Three people suggest the same beside each thing, so that two are left to learn from for the third."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = indexed_shop(tmp_path_factory.mktemp("home"), ROWS)
    (folder / "samples.jsonl").write_text("\n".join(map(json.dumps, SAMPLES)))
    return folder


def run(home: Path, *args: str) -> Any:
    return CliRunner().invoke(main, [*args, "--home", str(home), *LIGHT])


def recall(home: Path, *more: str) -> float:
    file = str(home / "samples.jsonl")
    done = run(home, "evaluate", file, "--catalogue", "shop", "--json", *more)
    assert done.exit_code == 0, done.output
    return float(json.loads(done.stdout)["rows"]["ours"]["new"]["recall@10"]["value"])


def test_weights_and_counts_are_stored_with_the_catalogue_and_serve(home: Path) -> None:
    before = recall(home)
    folder = home / "catalogues" / "shop"
    there = {p.name for p in folder.iterdir()}
    done = run(home, "finetune", "arms", str(home / "samples.jsonl"), "--catalogue", "shop")
    assert done.exit_code == 0, done.output
    assert "wished: how far it meets the wishes" in done.output
    assert {p.name for p in folder.iterdir()} - there == {
        "arms.json",
        "asked.npz",
        "talked.npz",
    }
    assert recall(home) > before
    assert recall(home, "--set", "arms.blend=fusion") == before


def test_counts_for_others_are_by_title(home: Path, tmp_path: Path) -> None:
    file, out = str(home / "samples.jsonl"), tmp_path / "new" / "arms"
    done = run(home, "finetune", "arms", file, "--catalogue", "shop", "--out", str(out))
    assert done.exit_code == 0, done.output
    assert {p.name for p in out.iterdir()} == {
        "arms.json",
        "asked.npz",
        "talked.npz",
    }


def test_what_cannot_be_learned_from_is_told(home: Path) -> None:
    done = run(home, "finetune", "arms", str(home / "none.jsonl"), "--catalogue", "shop")
    assert done.exit_code != 0
    assert "There is no file" in done.output
    file = str(home / "samples.jsonl")
    done = run(home, "finetune", "encoder", file, "--catalogue", "shop")
    assert done.exit_code != 0
    assert "has no weights to train" in done.output
