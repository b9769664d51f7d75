"""Consent over HTTP, and the commands that make samples: from a visitor's yes to a file."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from fastapi.testclient import TestClient

from finetune.manifest import read_manifest
from finetune.samples import read_samples
from tests.ui.test_api import V1, say, start
from ui.api import make_api
from ui.main import main
from ui.service import Service
from ui.settings import load

LIGHT = {"encoder.model": "hashing", "scorer.model": "none"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def client(home: Path) -> Iterator[TestClient]:
    settings, _ = load([], {}, {**LIGHT, "serve.catalogues": ("films", "books")})
    service = Service(home, settings, settings.serve.opened)
    yield TestClient(make_api(service))
    service.close()


def agree(client: TestClient, id: str, training: bool) -> dict[str, Any]:
    response = client.put(f"{V1}/sessions/{id}/consent", json={"training": training})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def like_first(client: TestClient, id: str, text: str) -> str:
    item: str = say(client, id, text)["items"][0]["id"]
    client.post(f"{V1}/sessions/{id}/feedback", json={"item": item, "reaction": "like"})
    return item


def run(home: Path, *args: str) -> Result:
    flags = [f"--set={name}={value}" for name, value in LIGHT.items()]
    return CliRunner().invoke(main, [*args, "--home", str(home), *flags])


def test_only_what_a_visitor_agreed_to_becomes_samples(
    client: TestClient, home: Path, tmp_path: Path
) -> None:
    yes, no = start(client), start(client)
    asked = client.get(f"{V1}/sessions/{yes}/consent").json()
    assert asked == {"training": False, "given_by": None}
    like_first(client, yes, "a western")
    out = tmp_path / "s.jsonl.gz"
    done = run(home, "finetune", "samples", "--out", str(out))
    assert done.exit_code == 1
    assert "No sample comes of the log, so nothing was written" in done.output
    assert "tastemaker visitors consent" in done.output
    assert not out.exists()
    assert agree(client, yes, True) == {"training": True, "given_by": "visitor"}
    liked = like_first(client, yes, "start over, a heist film")
    like_first(client, no, "a comedy")
    done = run(home, "finetune", "samples", "--out", str(out), "--catalogue", "films")
    assert done.exit_code == 0, done.output
    assert "Samples: 1, without a positive: 0. Visitors: 1." in done.output
    assert "s.manifest.json beside it" in done.output
    (sample,) = read_samples(out)
    assert sample.labels == (liked,)
    assert [m.text for m in sample.context] == ["start over, a heist film"]
    manifest = read_manifest(out)
    assert list(manifest.visitors) == [sample.visitor]
    assert yes not in out.with_name("s.manifest.json").read_text()
    assert len(manifest.catalogues["films"] or "") == 64
    before = out.read_bytes()
    assert run(home, "finetune", "samples", "--out", str(out), "--catalogue", "films").exit_code == 0  # fmt: skip
    assert out.read_bytes() == before
    assert agree(client, yes, False) == {"training": False, "given_by": None}
    assert run(home, "finetune", "samples", "--out", str(out)).exit_code == 1
    assert out.read_bytes() == before, "what was written stays until it is written anew"


def test_consent_of_a_conversation_over_several_catalogues_is_one(
    client: TestClient, home: Path, tmp_path: Path
) -> None:
    made = client.post(f"{V1}/sessions", json={"catalogue": ["films", "books"]}).json()
    assert agree(client, made["id"], True)["training"]
    told = {"text": "a funny film and a book about war"}
    json_only = {"Accept": "application/json"}
    turn = client.post(f"{V1}/sessions/{made['id']}/messages", json=told, headers=json_only).json()
    for shown in (scene["items"][0] for scene in turn["scenes"]):
        feedback = {"item": shown["id"], "reaction": "save"}
        assert client.post(f"{V1}/sessions/{made['id']}/feedback", json=feedback).status_code == 200
    out = tmp_path / "s.jsonl"
    assert (
        run(home, "finetune", "samples", "--out", str(out), "--visitor-share", "1").exit_code == 0
    )
    films, books = sorted(read_samples(out), key=lambda s: s.scene, reverse=True)
    assert (films.scene, films.catalogue, books.scene) == ("films", "films", "books")
    assert films.visitor == books.visitor
    assert films.dialogue != books.dialogue


def test_consent_of_nobody_is_a_problem_told(client: TestClient) -> None:
    for response in (
        client.get(f"{V1}/sessions/nobody/consent"),
        client.put(f"{V1}/sessions/nobody/consent", json={"training": True}),
    ):
        assert response.status_code == 404
        assert "no conversation 'nobody'" in response.json()["detail"]
    wrong = client.put(f"{V1}/sessions/{start(client)}/consent", json={"trainning": True})
    assert wrong.status_code == 422


def test_the_owner_says_what_stands_and_erases(
    client: TestClient, home: Path, tmp_path: Path
) -> None:
    id = start(client)
    assert "Nothing that is said" in run(home, "visitors", "consent", id).output
    assert "(by owner)" in run(home, "visitors", "consent", id, "--give").output
    like_first(client, id, "a heist film")
    out = tmp_path / "s.jsonl"
    assert run(home, "finetune", "samples", "--out", str(out)).exit_code == 0
    done = run(home, "visitors", "forget", id)
    (visitor,) = read_manifest(out).visitors
    assert f"this visitor is {visitor}" in done.output
    other = start(client)
    assert "samples" not in run(home, "visitors", "forget", other).output
    assert "no conversation" in run(home, "visitors", "consent", other, "--withdraw").output


def test_what_a_setting_assumed_counts_only_while_it_is_set(home: Path, tmp_path: Path) -> None:
    settings, _ = load([], {}, {**LIGHT, "log.consent": "assumed"})
    service = Service(home, settings, "films")
    client = TestClient(make_api(service))
    id = start(client)
    assert client.get(f"{V1}/sessions/{id}/consent").json()["given_by"] == "setting"
    like_first(client, id, "a heist film")
    service.close()
    out = str(tmp_path / "s.jsonl")
    assert run(home, "finetune", "samples", "--out", out).exit_code == 1
    done = run(home, "finetune", "samples", "--out", out, "--set", "log.consent=assumed")
    assert done.exit_code == 0, done.output


def test_dialogues_of_others_are_imported_and_cannot_be_asked_for_over_http(
    client: TestClient, home: Path, tmp_path: Path
) -> None:
    dialogue = {
        "id": "1",
        "turns": [
            {"role": "user", "text": "something with a heist?"},
            {"role": "assistant", "text": "Heat.", "items": ["heat-1995"]},
        ],
    }
    file = tmp_path / "old-shop.jsonl"
    file.write_text(json.dumps(dialogue) + "\n", encoding="utf-8")
    done = run(home, "finetune", "import", str(file), "--catalogue", "films")
    assert "taken into the log as old-shop/ID: 1, their turns: 1." in done.output
    assert "old-shop/ID: 0, their turns: 0. Left alone, because they are there or were erased once: 1." in run(home, "finetune", "import", str(file), "--catalogue", "films").output  # fmt: skip
    for path in ("old-shop/1", "old-shop%2F1"):
        for way in ("", "/profile", "/consent"):
            assert client.get(f"{V1}/sessions/{path}{way}").status_code == 404
    out = tmp_path / "s.jsonl"
    run(home, "finetune", "samples", "--out", str(out))
    (sample,) = read_samples(out)
    assert (sample.id, sample.labels, sample.source) == ("old-shop/1/1", ("heat-1995",), "old-shop")
    wrong = run(home, "finetune", "import", str(file), "--catalogue", "films", "--source", "a/b")
    assert "letters, digits" in wrong.output


def test_the_help_teaches(home: Path) -> None:
    for command, words in (
        (("finetune", "samples"), ("passed over", "manifest", "tastemaker finetune samples --out")),
        (("finetune", "import"), ("feedback", "left alone", "visitors forget")),
        (("visitors", "consent"), ("from then on", "log.consent", "PUT /api/v1")),
    ):
        told = " ".join(CliRunner().invoke(main, [*command, "--help"]).output.split())
        for word in words:
            assert word in told, (command, word)
