"""A server that is killed while people talk: what it answered is kept, and it is soon there again."""

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.conftest import ROOT
from tests.ui.sited import FREE, JSON, SHOP, V1, add_site, bearer, begin

READY = 10.0
"""Seconds until it is there again, on a machine that does nothing else; three times that where the rest of
the tests were just running."""
TALKING = 6


class Server:
    """A process of its own, as its owner starts it."""

    def __init__(self, home: Path, port: int) -> None:
        flags = {"encoder.model": "hashing", "scorer.model": "none"} | {
            k: str(v) for k, v in FREE.items()
        }
        command = [
            sys.executable,
            "-m",
            "ui.main",
            "serve",
            "--home",
            str(home),
            "--port",
            str(port),
        ]
        command += ["--catalogue", "films"]
        for name, value in flags.items():
            command += ["--set", f"{name}={value}"]
        self.url, since = f"http://127.0.0.1:{port}", time.monotonic()
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env={**os.environ}
        )
        while True:
            with suppress(httpx.TransportError):
                if httpx.get(f"{self.url}/readyz").status_code == 200:
                    break
            assert self.process.poll() is None, self.process.communicate()
            time.sleep(0.05)
        self.ready_after = time.monotonic() - since

    def kill(self) -> None:
        """As the kernel does when memory runs out: nothing is said, nothing is finished."""
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate()


class Talker(threading.Thread):
    """One who talks and reacts until the server is gone, and keeps what it acknowledged."""

    def __init__(self, url: str, seed: int) -> None:
        super().__init__()
        self.rng = random.Random(seed)
        self.client = httpx.Client(base_url=url, timeout=20)
        made = begin(self.client, {"Origin": SHOP}, site="shop")
        self.id, self.headers = made["id"], bearer(made["token"], Origin=SHOP)
        self.turns: dict[str, Any] = {}
        self.liked: set[str] = set()
        self.unsure: dict[str, Any] = {}

    def run(self) -> None:
        url = f"{V1}/sessions/{self.id}"
        with suppress(httpx.TransportError):
            while True:
                turn_id = str(uuid4())
                text = self.rng.choice(["a heist film", "more", "something funny", "a western"])
                self.unsure = body = {"text": text, "turn_id": turn_id}
                answer = self.client.post(f"{url}/messages", json=body, headers=self.headers | JSON)
                self.turns[turn_id] = answer.json()
                for shown in self.turns[turn_id]["items"][:1]:
                    like = {"item": shown["id"], "reaction": "like"}
                    self.client.post(f"{url}/feedback", json=like, headers=self.headers)
                    self.liked.add(shown["id"])

    def lost(self, url: str) -> list[Any]:
        """What was acknowledged and is not there. The request that was under way is sent again."""
        with httpx.Client(base_url=url, timeout=20, headers=self.headers) as client:
            base = f"{V1}/sessions/{self.id}"
            kept = {t: client.get(f"{base}/turns/{t}") for t in self.turns}
            lost: list[Any] = [t for t, a in kept.items() if a.json() != self.turns[t]]
            liked = set(client.get(f"{base}/profile").json()["liked"])
            lost += self.liked - liked
            before = len(client.get(base).json()["turns"])
            again = client.post(f"{base}/messages", json=self.unsure, headers=JSON).json()
            after = len(client.get(base).json()["turns"])
            assert after in (len(self.turns), len(self.turns) + 1) or self.unsure["turn_id"] in kept
            assert again["turn"] == after
            assert after - before in (0, 1)
            return lost


def killed(home: Path, times: int) -> tuple[list[Any], int, float]:
    """What was lost, how much was acknowledged, and the longest time until it was there again."""
    add_site(home, "shop", "--origin", SHOP)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    rng, lost, acknowledged, slowest = random.Random(9), [], 0, 0.0
    server = Server(home, port)
    try:
        for turn in range(times):
            talkers = [Talker(server.url, 100 * turn + n) for n in range(TALKING)]
            for talker in talkers:
                talker.start()
            time.sleep(0.4 + rng.random())
            server.kill()
            for talker in talkers:
                talker.join()
                talker.client.close()
            server = Server(home, port)
            slowest = max(slowest, server.ready_after)
            for talker in talkers:
                lost += talker.lost(server.url)
                acknowledged += len(talker.turns) + len(talker.liked)
    finally:
        server.kill()
    return lost, acknowledged, slowest


def test_three_kills_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    lost, acknowledged, slowest = killed(tmp_path, 3)
    assert lost == []
    assert acknowledged > 20
    assert slowest <= 3 * READY


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_hundred_kills_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    lost, acknowledged, slowest = killed(tmp_path, 100)
    print(f"{acknowledged:,} acknowledged; ready again after {slowest:.1f} s at the most")
    assert lost == []
    assert slowest <= READY
