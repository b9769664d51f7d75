"""Visitors who leave in the middle, and more of them than can be answered."""

import asyncio
import gc
import os
import resource
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.ui.live_api import listening, until
from tests.ui.sited import JSON, V1, begin, light_service
from ui.api import make_api
from ui.service import Service

SLACK = 24  # descriptors: connections of the log, one for each thread, and what the client keeps


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    made = light_service(tmp_path, **{"limits.waiting": "40"})
    yield made
    made.close()


def counted(url: str, name: str) -> float:
    """One of the server's counts."""
    lines = httpx.get(f"{url}/metrics", timeout=30).text.splitlines()
    return next(float(line.split()[-1]) for line in lines if line.startswith(f"tastemaker_{name} "))


def memory() -> float:
    """Megabytes that this process holds now."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


async def leave(url: str, ids: list[str], at_once: int) -> Counter[int]:
    """Each visitor asks and leaves: some before there is an answer, some after its first line."""
    met: Counter[int] = Counter()
    room = asyncio.Semaphore(at_once)
    limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=0)
    async with httpx.AsyncClient(base_url=url, timeout=30, limits=limits) as client:

        async def one(number: int, id: str) -> None:
            body = {"text": "a heist film, nothing violent"}
            async with room:
                try:
                    async with (
                        asyncio.timeout(0.02 if number % 2 else 30),
                        client.stream("POST", f"{V1}/sessions/{id}/messages", json=body) as answer,
                    ):
                        met[answer.status_code] += 1
                        async for _ in answer.aiter_lines():
                            break
                except TimeoutError:
                    met[0] += 1

        await asyncio.gather(*(one(number, id) for number, id in enumerate(ids)))
    return met


def left(service: Service, visitors: int) -> tuple[Counter[int], int, float]:
    """What they met, and by how many descriptors and megabytes the process has grown when all is over."""
    with listening(make_api(service)) as url:
        ids = [service.start().id for _ in range(visitors)]
        asyncio.run(leave(url, ids[:40], 20))  # so that what is opened once is open
        until(lambda: counted(url, "turns_running") + counted(url, "turns_waiting") == 0, 30)
        files, megabytes = len(os.listdir("/proc/self/fd")), memory()
        met = asyncio.run(leave(url, ids, 20))
        until(lambda: counted(url, "turns_running") + counted(url, "turns_waiting") == 0, 60)
        time.sleep(0.5)
        grown = len(os.listdir("/proc/self/fd")) - files
        assert httpx.get(f"{url}/healthz").text == "ok"
        return met, grown, memory() - megabytes


def test_a_hundred_who_leave_in_the_middle_leave_nothing_behind(service: Service) -> None:
    met, files, megabytes = left(service, 100)
    assert set(met) <= {0, 200, 503}
    assert met[0] + met[200] > 50
    assert files <= SLACK
    assert megabytes < 40


@pytest.mark.slow
def test_a_thousand_who_leave_in_the_middle_leave_nothing_behind(service: Service) -> None:
    met, files, megabytes = left(service, 1000)
    print(f"{dict(met)}; {files:+} descriptors, {megabytes:+.0f} MB")
    assert set(met) <= {0, 200, 503}
    assert files <= SLACK
    assert megabytes < 60


def test_five_times_too_many_are_refused_cleanly_and_soon_there_is_room_again(
    service: Service,
) -> None:
    """Room is for what is worked on and what waits; five times as many ask at once."""
    room = service.settings.limits.waiting + service.settings.serve.turns_at_once
    with listening(make_api(service)) as url, httpx.Client(base_url=url, timeout=60) as client:
        ids = [begin(client)["id"] for _ in range(5 * room)]

        def ask(id: str) -> httpx.Response:
            body = {"text": "something funny"}
            return httpx.post(
                f"{url}{V1}/sessions/{id}/messages", json=body, headers=JSON, timeout=60
            )

        with ThreadPoolExecutor(len(ids)) as crowd:
            answers: list[Any] = list(crowd.map(ask, ids))
        met = Counter(answer.status_code for answer in answers)
        assert set(met) <= {200, 503}
        assert met[200] >= room
        assert met[503] > 0
        for answer in answers:
            if answer.status_code == 503:
                assert int(answer.headers["retry-after"]) >= 1
                assert answer.headers["content-type"] == "application/problem+json"
        since = time.monotonic()
        assert ask(ids[0]).status_code == 200
        assert time.monotonic() - since < 5
        kept = [len(service.conversation(id).turns) for id in ids[1:]]
        assert sum(kept) == sum(a.status_code == 200 for a in answers[1:]), (
            "refused is not half done"
        )
