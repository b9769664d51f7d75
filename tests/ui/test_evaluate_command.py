"""`tastemaker evaluate` from the outside: the same bytes twice, and errors before any work is done."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.ui.shops import LIGHT, indexed_shop
from ui.main import main

ROWS = [
    {"id": f"p{n}", "title": f"Thing {n}", "category": "lamps" if n % 2 else "tables",
     "popularity": 40 - n, "description": f"A plain thing with the word{n} on it."}
    for n in range(24)
]  # fmt: skip
SAMPLES = [
    {"id": f"s{n}", "dialogue": f"d{n % 4}", "context": [{"role": "user", "text": f"a word{n}"}],
     "mentioned": ["p0"], "labels": [f"p{n}"]}
    for n in range(1, 13)
]  # fmt: skip
CONTRACT = {"coverage", "entropy", "gini", "simpson", "intra_list_distance", "novelty"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = indexed_shop(tmp_path_factory.mktemp("home"), ROWS)
    (folder / "samples.jsonl").write_text("\n".join(map(json.dumps, SAMPLES)))
    return folder


def evaluate(home: Path, *args: str, file: str = "samples.jsonl") -> Any:
    return CliRunner().invoke(
        main,
        ["evaluate", str(home / file), "--catalogue", "shop", "--home", str(home), *LIGHT, *args],
    )


def test_run_twice_it_gives_the_same_bytes(home: Path, tmp_path: Path) -> None:
    made = []
    for n in range(2):
        folder = tmp_path / str(n)
        folder.mkdir()
        files = [folder / name for name in ("r.csv.gz", "p.png", "r.jsonl", "p.svg")]
        first = evaluate(
            home, "--json", "--stages", "--ranks", str(files[0]), "--picture", str(files[1])
        )
        second = evaluate(
            home, "--linker", "own", "--ranks", str(files[2]), "--picture", str(files[3])
        )
        assert (first.exit_code, second.exit_code) == (0, 0), first.output + second.output
        made.append([first.stdout, second.stdout, *(path.read_bytes() for path in files)])
    assert made[0] == made[1]


def test_the_json_keeps_its_contract(home: Path) -> None:
    found = json.loads(evaluate(home, "--json").stdout)
    assert found["samples"] == 12
    assert found["labels"] == {"all": 12, "new": 12}
    measures = [f"recall@{cut}" for cut in (1, 5, 10, 20, 50)] + ["mrr@10", "ndcg@10"]
    for row in ("ours", "popularity", "repeat", "bm25", "fusion"):
        for part in ("all", "new"):
            assert list(found["rows"][row][part]) == measures
            for figure in found["rows"][row][part].values():
                assert figure["low"] <= figure["value"] <= figure["high"]
    assert set(found["lists"]) >= CONTRACT
    assert found["rows"]["bm25"]["new"]["recall@1"]["value"] == 1
    assert "stages" not in found


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--ranks", "ranks.txt"), "has to end in .csv"),
        (("--ranks", "nowhere/ranks.csv"), "its folder is not there"),
        (("--picture", "picture.gif"), "has to end in .png or .svg"),
    ],
)
def test_a_file_that_could_not_be_written_is_told_of_first(
    home: Path, args: tuple[str, ...], said: str
) -> None:
    done = evaluate(home, *args, file="not-even-there.jsonl")
    assert done.exit_code == 1
    assert said in done.output
    assert "Traceback" not in done.output


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("empty.jsonl", b"\n", "holds no sample"),
        ("text.jsonl", b"not json", "line 1 is not JSON"),
        ("plain.jsonl.gz", b"not gzip", "cannot be read as text"),
        ("broken.jsonl.gz", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03spoilt!", "cannot be read"),
        ("other.jsonl", json.dumps({**SAMPLES[0], "labels": ["x"]}).encode(), "another catalogue"),
        ("unlabelled.jsonl", json.dumps({**SAMPLES[0], "labels": []}).encode(), "has a label"),
    ],
)
def test_a_file_that_cannot_be_measured_on_is_said_in_a_sentence(
    home: Path, name: str, data: bytes, said: str
) -> None:
    (home / name).write_bytes(data)
    done = evaluate(home, file=name)
    assert done.exit_code == 1
    assert said in done.output
    assert "Traceback" not in done.output
