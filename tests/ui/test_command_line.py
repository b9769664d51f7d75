"""The command line as a user meets it: real processes, and commands in the process."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.conftest import ROOT
from ui.main import main

LIGHT = ["--set", "encoder.model=hashing", "--set", "scorer.model=none"]
CONTRACT = [
    "turn",
    "utterance",
    "reply",
    "acts",
    "action",
    "question",
    "items",
    "profile",
    "timings_ms",
]
HEIST = "a heist film from the 70s\nnothing with Steve McQueen\nwhy the first one?\n"


def tastemaker(*args: str, home: Path, given: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ui.main", *args, "--home", str(home)]
    return subprocess.run(
        command, input=given, capture_output=True, text=True, cwd=ROOT, timeout=300, check=False
    )


def test_chat_json_follows_the_contract(tmp_path: Path) -> None:
    done = tastemaker("chat", "--json", *LIGHT, home=tmp_path, given=HEIST)
    assert done.returncode == 0, done.stderr
    turns = [json.loads(line) for line in done.stdout.splitlines()]
    assert [list(turn) for turn in turns] == [CONTRACT] * 3
    assert [turn["turn"] for turn in turns] == [1, 2, 3]
    assert [turn["action"] for turn in turns] == ["recommend", "recommend", "explain"]
    for turn in turns[:2]:
        assert turn["items"]
        for shown in turn["items"]:
            assert list(shown) == ["id", "title", "score", "reason", "evidence", "item"]
            assert 1970 <= shown["item"]["year"] <= 1979
            assert all(e["field"] in shown["item"] for e in shown["evidence"])
    assert all("Steve McQueen" not in shown["item"]["cast"] for shown in turns[1]["items"])
    profile = turns[2]["profile"]
    assert list(profile) == ["wants", "avoids", "limits", "liked", "disliked", "seen", "guesses"]
    assert {"facet", "op", "value", "quote", "turn"} == set(profile["limits"][0])
    assert {"facet", "value", "strength", "quote", "turn"} <= set(profile["wants"][0])


def test_help_is_instant_and_teaches(tmp_path: Path) -> None:
    best = 99.0
    for _ in range(3):
        start = time.perf_counter()
        done = tastemaker("serve", "--help", home=tmp_path)
        best = min(best, time.perf_counter() - start)
    assert "HTTP API" in done.stdout
    assert best < 1.5


def test_what_is_wrong_is_said_in_a_sentence(tmp_path: Path) -> None:
    run = CliRunner()
    for args, said in (
        (["chat", "--catalogue", "shop"], "no catalogue named 'shop'"),
        (["chat", "--catalogue", "../x"], "letters, digits"),
        (["index", "nowhere.jsonl", "--name", "x"], "no file 'nowhere.jsonl'"),
        (["chat", "--set", "dialogue.list_lenght=3"], "Did you mean 'dialogue.list_length'?"),
        (["chat", "--set", "dialogue.list_length=many"], "dialogue.list_length cannot be 'many'"),
        (["evaluate", "nowhere.jsonl", "--catalogue", "films"], "no file"),
        (["visitors", "export", "nobody"], "no conversation 'nobody'"),
    ):
        done = run.invoke(main, [*args, "--home", str(tmp_path)])
        assert done.exit_code == 1, args
        assert said in done.output, args
        assert "Traceback" not in done.output


def test_a_catalogue_of_ones_own_can_be_indexed_and_talked_about(tmp_path: Path) -> None:
    rows = [
        {"id": "a", "title": "Oak table", "price": 120, "category": "tables", "tags": ["wood"]},
        {"id": "b", "title": "Steel lamp", "price": 40, "category": "lamps", "tags": ["metal"]},
        {"id": "c", "title": "Paper lamp", "price": 15, "category": "lamps", "tags": ["paper"]},
    ]
    file = tmp_path / "shop.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)))
    run = CliRunner()
    done = run.invoke(
        main, ["index", str(file), "--name", "shop", "--home", str(tmp_path / "h"), *LIGHT]
    )
    assert done.exit_code == 0, done.output
    assert "3 items; 3 added" in done.output
    talk = tastemaker(
        "chat",
        "--json",
        "--catalogue",
        "shop",
        *LIGHT,
        home=tmp_path / "h",
        given="lamps under 30 euros\n",
    )
    (turn,) = map(json.loads, talk.stdout.splitlines())
    assert [shown["id"] for shown in turn["items"]] == ["c"]
    listed = run.invoke(main, ["catalogues", "--home", str(tmp_path / "h")])
    assert "shop\t3" in listed.output


def test_settings_shows_every_setting_with_its_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tastemaker.toml").write_text("[dialogue]\nlist_length = 4\n")
    monkeypatch.setenv("TASTEMAKER_RANK__DIVERSITY", "0.5")
    done = CliRunner().invoke(main, ["settings", "--home", str(tmp_path), "--set", "serve.port=9"])
    assert "list_length = 4" in done.output
    assert "diversity = 0.5  (environment)" in done.output
    assert "port = 9  (command line)" in done.output
    assert "Items in one list." in done.output


def test_the_terminal_shows_cards_and_survives_the_end_of_input(tmp_path: Path) -> None:
    done = tastemaker("chat", *LIGHT, home=tmp_path, given="a heist film from the 70s\n")
    assert done.returncode == 0, done.stderr
    assert "1. " in done.stdout
    assert "No language model" in done.stdout
    assert "Goodbye" in done.stdout
