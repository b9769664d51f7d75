"""Erasure is real: after it no byte of any file holds a visitor's words. Retention, temporary talk."""

import gzip
import json
import os
import random
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chatbot import erasure
from chatbot.conversation import Conversation
from chatbot.log import ConversationLog
from chatbot.log_tables import TABLES
from chatbot.logged import read_log
from finetune.manifest import read_manifest
from finetune.samples import read_samples
from retrieval.errors import TastemakerError, UnknownConversation
from tests.conftest import ROOT
from tests.ui.released import opened, run
from tests.ui.tasteful import FLAGS, index, listed
from ui.erasing import Housekeeping
from ui.service import Service

WORDS = ["lamps", "tables", "chairs", "rugs", "clocks", "vases", "mirrors", "stools", "red", "blue", "green", "white", "and", "or", "with"]  # fmt: skip


def canary(n: int) -> str:
    return f"zqcanary{n}x"


def holding(folder: Path, *words: str) -> dict[str, list[str]]:
    """The files, also what is packed in them, that hold one of the words."""
    found: dict[str, list[str]] = {}
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            if data[:2] == b"\x1f\x8b":
                data += gzip.decompress(data)
            if held := [word for word in words if word.encode() in data]:
                found[path.name] = held
    return found


def talk(service: Service, n: int, turns: int = 4, agrees: bool = True) -> str:
    """A visitor whose every utterance holds their word, some of them long."""
    dice = random.Random(n)
    id = service.start().id
    service.consent(id, agrees)
    for _ in range(turns):
        more = " ".join(dice.choice(WORDS) for _ in range(dice.choice((3, 8, 200))))
        for item in listed(service, id, f"I would like {canary(n)} {more}"[:1900]):
            service.react(id, item, "like")
    service.log.visit(f"browser-of-{canary(n)}", id)
    return id


@pytest.fixture
def home(tmp_path: Path) -> Path:
    index(tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def service(home: Path) -> Iterator[Service]:
    found = opened(home)
    yield found
    found.close()


def samples(home: Path, out: Path) -> None:
    done = run(home, "finetune", "samples", "--catalogue", "shop", "--visitor-share", "1", "--item-share", "1", "--out", str(out))  # fmt: skip
    assert done.exit_code == 0, done.output


def test_nothing_is_left_of_a_visitor_in_any_file(
    service: Service, home: Path, tmp_path: Path
) -> None:
    ids = [talk(service, n) for n in range(40)]
    inside, outside = home / "samples" / "mine.jsonl.gz", tmp_path / "elsewhere" / "copy.jsonl"
    for out in (inside, outside):
        samples(home, out)
    (home / "samples" / ".half.jsonl.77.part").write_bytes(outside.read_bytes()[:-40])
    gone, stay = list(range(0, 40, 2)), list(range(1, 40, 2))
    before = read_manifest(inside)
    assert "mine.jsonl.gz" in holding(home, *map(canary, gone))
    for n in gone:
        done = run(home, "visitors", "forget", ids[n], *(["--elsewhere"] if n else []))
        assert done.exit_code == 0, done.output
        assert ("say --elsewhere" in done.output) == (n == 0)
    assert holding(home, *map(canary, gone), *(ids[n] for n in gone)) == {}
    assert holding(tmp_path, *map(canary, gone[1:])) == {}
    assert holding(tmp_path, canary(0)) == {"copy.jsonl": [canary(0)]}
    assert set(holding(tmp_path, *map(canary, stay))) >= {"mine.jsonl.gz", "copy.jsonl", "log.db"}
    after = read_manifest(inside)
    left = read_samples(inside)
    assert after.samples == len(left) == before.samples - after.erased
    assert len(after.visitors) == len(before.visitors) - len(gone)
    assert len(read_samples(outside)) > len(left)
    service.close()
    assert holding(home, *map(canary, gone)) == {}


def test_samples_that_hold_nobody_else_are_deleted(service: Service, home: Path) -> None:
    id = talk(service, 7)
    samples(home, home / "only.jsonl")
    done = run(home, "visitors", "forget", id)
    assert "only.jsonl" in done.output
    assert sorted(path.name for path in home.glob("only*")) == []


@contextmanager
def server(home: Path) -> Iterator[str]:
    """`tastemaker serve` in a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    flags = [f"--set={name}={value}" for name, value in FLAGS.items()]
    command = [sys.executable, "-m", "ui.main", "serve", "--port", str(port), "--catalogue", "shop"]
    process = subprocess.Popen(
        [*command, "--home", str(home), *flags],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        url = f"http://127.0.0.1:{port}"
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{url}/healthz", timeout=1).close()
                break
            except OSError:
                time.sleep(0.2)
        yield url
    finally:
        process.terminate()
        process.wait(30)


def ask(url: str, path: str, body: Any = None, method: str = "POST") -> Any:
    request = urllib.request.Request(
        f"{url}/api/v1/sessions{path}",
        json.dumps(body or {}).encode(),
        {"Content-Type": "application/json", "Accept": "application/json"},
        method=method,
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read() or b"null")


def test_erasure_is_real_while_a_server_is_open(home: Path) -> None:
    with server(home) as url:
        ids = []
        for n in (1, 2, 3):
            id = ask(url, "")["id"]
            ask(url, f"/{id}/consent", {"training": True}, "PUT")
            for _ in range(3):
                said = ask(url, f"/{id}/messages", {"text": f"blue lamps {canary(n)}"})
                if said["items"]:
                    ask(
                        url, f"/{id}/feedback", {"item": said["items"][0]["id"], "reaction": "like"}
                    )
            ids.append(id)
        samples(home, home / "s.jsonl.gz")
        assert holding(home, canary(1), canary(2))
        assert run(home, "visitors", "forget", ids[0]).exit_code == 0
        assert holding(home, canary(1), ids[0]) == {}
        ask(url, f"/{ids[1]}", method="DELETE")
        assert run(home, "visitors", "retain").exit_code == 0
        assert holding(home, canary(2), ids[1]) == {}
        assert ask(url, f"/{ids[2]}/messages", {"text": "red chairs"})["items"]
        assert holding(home, canary(3))
    assert holding(home, canary(1), canary(2), ids[0], ids[1]) == {}


def test_every_table_says_whose_its_rows_are() -> None:
    """A table that holds what a visitor said or did has to have a column `conversation`."""
    of_nobody = {"used", "gone", "model_events", "meta", "samples_files", "leaving"}
    whole = {"conversations", "together"}
    assert set(TABLES) - set(erasure.OF_ONE) - whole - of_nobody == set()


def test_an_export_holds_everything_about_a_visitor(service: Service, home: Path) -> None:
    one, other = talk(service, 5), talk(service, 5, turns=1)
    samples(home, home / "s.jsonl")
    told = json.loads(run(home, "visitors", "export", one).stdout)
    assert {"conversation", "turns", "impressions", "reactions", "consents", "visits"} < set(told)
    assert len(told["turns"]) == 4
    assert told["reactions"]
    assert [c["given"] for c in told["consents"]] == [1]
    assert told["samples"] == [str(home / "s.jsonl")]
    assert told["pseudonym"] in (home / "s.jsonl").read_text("utf-8")
    both = json.loads(run(home, "visitors", "export", f"browser-of-{canary(5)}").stdout)
    assert [c["conversation"][0]["id"] for c in both["conversations"]] == [one, other]
    assert run(home, "visitors", "forget", f"browser-of-{canary(5)}").exit_code == 0
    assert holding(home, canary(5), one, other) == {}
    assert "no conversation" in run(home, "visitors", "export", one).output


def age(service: Service, id: str, days: float) -> None:
    then = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="milliseconds")
    with service.log.connection() as connection:
        connection.execute("update conversations set updated = ? where id = ?", (then, id))


def test_what_is_too_old_is_erased_and_nobody_is_marked(service: Service, home: Path) -> None:
    old, young = talk(service, 1), talk(service, 2)
    samples(home, home / "s.jsonl")
    age(service, old, 31)
    age(service, young, 29)
    done = run(home, "visitors", "retain")
    assert "erased: 0" in done.output
    assert service.log.load(old)
    done = run(home, "visitors", "retain", "--days", "30")
    assert "erased: 1. Kept for 30 days" in done.output
    assert holding(home, canary(1), old) == {}
    assert len(read_manifest(home / "s.jsonl").visitors) == 1
    assert service.log.load(young)
    gone = service.log.connection().execute("select * from gone").fetchall()
    assert gone == []


def test_temporary_talk_is_never_learned_from_and_goes(service: Service, home: Path) -> None:
    id = service.start(temporary=True).id
    for _ in range(3):
        assert listed(service, id, f"blue lamps {canary(1)}")
    with pytest.raises(TastemakerError, match="temporary"):
        service.consent(id, True)
    assert list(read_log(home)) == []
    assert ConversationLog(home, assumed=True).agreed(id) == ""
    kept = talk(service, 2)
    with Housekeeping(home, service.log, 0, 0.05):
        time.sleep(0.5)
        assert service.conversation(id)
        age(service, id, 61 / 24 / 60)
        age(service, kept, 61 / 24 / 60)
        time.sleep(1.0)
        with pytest.raises(UnknownConversation):
            service.conversation(id)
    assert service.conversation(kept)
    run(home, "visitors", "retain")
    assert holding(home, canary(1), id) == {}


def test_temporary_talk_is_not_assumed_to_be_for_learning(tmp_path: Path, home: Path) -> None:
    found = opened(home)
    log = ConversationLog(home, assumed=True)
    found.log = log
    id = found.start(temporary=True).id
    assert (log.agreed(id), log.agreed(found.start().id)) == ("", "setting")
    found.close()


def test_a_servers_housekeeping_keeps_to_the_age(service: Service, home: Path) -> None:
    old, young = talk(service, 1, turns=2), talk(service, 2, turns=2)
    age(service, old, 11)
    with Housekeeping(home, service.log, 10, 0.05):
        for _ in range(100):
            time.sleep(0.05)
            if not holding(home, canary(1)):
                break
    assert holding(home, canary(1), old) == {}
    assert service.conversation(young)


@pytest.mark.parametrize("id", ["-_hp" + 28 * "h", "--" + 30 * "x"])
def test_an_id_that_begins_with_a_dash_is_no_option(service: Service, home: Path, id: str) -> None:
    service.log.save(Conversation(id, "shop"))
    for command in (("export",), ("consent", "--give"), ("forget",)):
        done = run(home, "visitors", *command, id)
        assert done.exit_code == 0, done.output
    assert holding(home, id) == {}
