"""`finetune simulated` as a command: what it leaves, that it serves, and that it gives way to what people
said."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.ui.shops import LIGHT, indexed_shop
from ui.main import main

KINDS = ("lamps", "tables", "chairs", "rugs")
WORDS = ("amber", "birch", "cedar", "dusk", "ember", "frost", "grove", "hazel", "iris", "jade")
ROWS = [
    {"id": f"p{n}", "title": f"{word} number {n}", "category": KINDS[n % 4], "sold": 60 - n}
    for n, word in enumerate(WORDS * 6)
]
REAL = [
    {"id": f"s{n}", "dialogue": f"d{n}", "mentioned": [f"p{n}"], "labels": [f"p{n + 4}"],
     "context": [{"role": "user", "text": "lamps please"}]}
    for n in range(40)
]  # fmt: skip


def run(home: Path, *args: str) -> Any:
    return CliRunner().invoke(main, [*args, "--home", str(home), *LIGHT])


def fit(home: Path, *more: str) -> Any:
    wanted = ("--catalogue", "shop", "--conversations", "40", *more)
    return run(home, "finetune", "simulated", *wanted)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return indexed_shop(tmp_path, ROWS)


def test_it_leaves_these_files_and_its_weights_serve(home: Path) -> None:
    folder = home / "catalogues" / "shop"
    there = {p.name for p in folder.iterdir()}
    done = fit(home)
    assert done.exit_code == 0, done.output
    assert "wished: how far it meets the wishes" in done.output
    assert {p.name for p in folder.iterdir()} - there == {"arms.json"}
    made = home / "simulated" / "shop"
    assert sorted(p.name for p in made.iterdir()) == ["plan.json", "samples.jsonl.gz"]
    blend = json.loads((folder / "arms.json").read_text())
    assert blend["fitted_on"] == "simulated, 40 conversations, seed 0"
    assert not {name for name in blend["weights"] if "talked" in name}
    file = str(made / "samples.jsonl.gz")
    found = run(home, "evaluate", file, "--catalogue", "shop", "--json")
    rows = json.loads(found.stdout)["rows"]
    assert rows["ours"]["new"]["recall@10"] != rows["fusion"]["new"]["recall@10"]


def test_the_same_command_gives_the_same_weights(home: Path) -> None:
    file = home / "catalogues" / "shop" / "arms.json"
    fit(home)
    first = file.read_bytes()
    assert fit(home).exit_code == 0  # over weights that are simulated too
    assert file.read_bytes() == first
    again = fit(home, "--out", str(home / "elsewhere"))
    assert again.exit_code == 0, again.output
    assert file.read_bytes() == first
    other = fit(home, "--seed", "1")
    assert other.exit_code == 1
    assert "another plan (seed)" in other.output


def test_weights_that_people_taught_are_not_replaced_unless_asked(home: Path) -> None:
    (home / "real.jsonl").write_text("\n".join(map(json.dumps, REAL)))
    done = run(home, "finetune", "arms", str(home / "real.jsonl"), "--catalogue", "shop")
    assert done.exit_code == 0, done.output
    file = home / "catalogues" / "shop" / "arms.json"
    taught = file.read_bytes()
    refused = fit(home)
    assert refused.exit_code == 1
    assert "learned from people's talk (real)" in refused.output
    assert file.read_bytes() == taught
    only = fit(home, "--samples-only")
    assert only.exit_code == 0, only.output
    assert file.read_bytes() == taught
    assert fit(home, "--anyway").exit_code == 0
    assert file.read_bytes() != taught


def test_indexing_says_how_to_make_a_first_fit_where_choices_are_counted_and_nothing_is_learned(
    home: Path,
) -> None:
    said = "tastemaker finetune simulated --catalogue shop"
    again = ("index", str(home / "shop.jsonl"), "--name", "shop")
    assert said in run(home, *again).output
    assert said not in run(home, *again, "--role", "sold=number").output
    assert said in run(home, *again).output
    fit(home)
    assert said not in run(home, *again).output


def test_where_no_choices_are_counted_fusion_stays_unless_asked(home: Path) -> None:
    uncounted = ("--name", "shop", "--role", "sold=number")
    assert run(home, "index", str(home / "shop.jsonl"), *uncounted).exit_code == 0
    refused = fit(home)
    assert refused.exit_code == 1
    assert "plain fusion stays" in refused.output
    file = home / "catalogues" / "shop" / "arms.json"
    assert not file.exists()
    assert fit(home, "--anyway").exit_code == 0
    assert file.exists()


@pytest.mark.parametrize("named", ["a,b", "0,0", "-1,2"])
def test_parts_that_are_none_are_refused(home: Path, named: str) -> None:
    done = fit(home, "--named", named)
    assert done.exit_code == 2
    assert "--named" in done.output
