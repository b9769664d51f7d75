"""`tastemaker bench load`: 300 visitors over HTTP at once, against the same where the server makes the turns itself.

A server as its owner starts it, in processes of its own and without networks (hashed words instead of an
encoder, no second reader, no scorer), so that what is measured is everything else. Every visitor says one thing
after the other and reads each answer as a stream. Who asks runs on the same cores and takes its share.
"""

import asyncio
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import aiohttp

from retrieval.encoder import Progress

VISITORS, ROUNDS, SEED = 300, 3, 7
SETTLING = 15
"""Seconds: the processes that make turns are ready after the server's first answer."""
BOUNDS = ("messages_of_visitor", "messages_of_address", "messages_of_site", "sessions_of_address", "requests_of_address")  # fmt: skip
FLAGS = {
    "encoder.model": "hashing",
    "scorer.model": "none",
    "understanding.second_reader": "none",
    "limits.waiting": VISITORS,
    **{f"limits.{name}": 0 for name in BOUNDS},
}
SAID = (
    ("something like Alien, but funny", "no gore, and under two hours", "I have seen the first one", "more"),
    ("a quiet drama about a family", "nothing sad", "newer than 2000", "who directed the second one?"),
    ("a cosy mystery, not too long", "no murder", "with Hugh Grant", "hm, older than that"),
    ("a western", "something with Clint Eastwood", "not from the 60s", "why the first one?"),
)  # fmt: skip
Seen = list[tuple[float, float]]
"""Of each turn: seconds until its first event, and until its last."""


def run(
    progress: Progress | None = None, visitors: int = VISITORS, rounds: int = ROUNDS
) -> list[dict[str, Any]]:
    """One row: turns a second."""
    rates: dict[int, list[float]] = {}
    seen: dict[int, Seen] = {}
    for done, processes in enumerate((1, 0)):
        with tempfile.TemporaryDirectory() as home, _served(Path(home), processes) as url:
            asyncio.run(_talks(url, min(visitors, 30)))
            for number in range(rounds):
                if progress:
                    progress("talking over HTTP", done * rounds + number, 2 * rounds)
                since = time.perf_counter()
                found = asyncio.run(_talks(url, visitors))
                rates.setdefault(processes, []).append(len(found) / (time.perf_counter() - since))
                seen.setdefault(processes, []).extend(found)
    first = sorted(1000 * begun for begun, _ in seen[0])
    ratios = sorted(ours / plain for ours in rates[0] for plain in rates[1])
    return [
        {
            "what": f"streamed turns of {visitors} visitors at once over HTTP, no language model",
            "ours": round(median(rates[0]), 1),
            "plain": round(median(rates[1]), 1),
            "ratio": round(median(ratios), 2),
            "unit": "turns/s",
            "spread": [round(ratios[0], 2), round(ratios[-1], 2)],
            "tolerance": f"first event p50 {median(first):.0f} ms, p95 {quantiles(first, n=20)[-1]:.0f} ms; no error",
        }
    ]


@contextmanager
def _served(home: Path, processes: int) -> Iterator[str]:
    """A server of its own, ready; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "ui.main", "serve", "--home", str(home), "--port", str(port)]
    command += ["--catalogue", "films", "--set", f"serve.processes={processes}"]
    for name, value in FLAGS.items():
        command += ["--set", f"{name}={value}"]
    with (home / "server.log").open("w", encoding="utf-8") as told:
        server = subprocess.Popen(command, stdout=told, stderr=told)
    url = f"http://127.0.0.1:{port}"
    try:
        asyncio.run(_until_ready(url, server))
        yield url
    finally:
        server.terminate()
        server.wait(30)


async def _until_ready(url: str, server: "subprocess.Popen[bytes]") -> None:
    async with aiohttp.ClientSession() as client:
        while server.poll() is None:
            try:
                async with client.get(f"{url}/readyz") as answer:
                    if answer.status == 200:
                        await asyncio.sleep(SETTLING)
                        return
            except aiohttp.ClientConnectionError:
                pass
            await asyncio.sleep(0.1)
    raise RuntimeError(f"the server ended with {server.returncode}")


async def _talks(url: str, visitors: int) -> Seen:
    """Everybody at once; raises where anything but an answer comes back."""
    chance = random.Random(SEED)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as client:
        made = [await _begin(client, url) for _ in range(visitors)]
        found = await asyncio.gather(
            *(_talk(client, url, *one, chance.choice(SAID)) for one in made)
        )
    return [turn for turns in found for turn in turns]


async def _begin(client: aiohttp.ClientSession, url: str) -> tuple[str, str]:
    async with client.post(f"{url}/api/v1/sessions", json={}) as answer:
        answer.raise_for_status()
        made = await answer.json()
    return made["id"], made["token"]


async def _talk(
    client: aiohttp.ClientSession, url: str, id: str, token: str, said: Sequence[str]
) -> Seen:
    found = []
    for text in said:
        since = time.perf_counter()
        async with client.post(
            f"{url}/api/v1/sessions/{id}/messages",
            json={"text": text},
            headers={"Authorization": f"Bearer {token}"},
        ) as answer:
            answer.raise_for_status()
            first = await answer.content.readany()
            begun = time.perf_counter() - since
            whole = first + await answer.content.read()
        assert b"event: finished" in whole, whole[-400:]
        found.append((begun, time.perf_counter() - since))
    return found
