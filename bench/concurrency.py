"""`tastemaker bench concurrency`: 32 visitors at once, against the same turns one after the other.

Every visitor says something else, drawn from what our films are about. The plain way is one loop over all visitors
on the same server; ours sends all of them at once to as many processes as the server would start here, each
making several turns at a time with shared batches. With a scorer its weights are untrained, which changes no
time. Lists of both are compared, item by item.
"""

import random
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from bench.turn import untrained
from chatbot.events import Finished
from retrieval.encoder import Progress
from retrieval.weights import ensure_smollm2
from ui.service import Service
from ui.settings import load
from ui.spreading import processes_for

VISITORS, ROUNDS, SEED = 32, 3, 7
Talk = dict[int, list[tuple[float, tuple[str, ...]]]]
"""For every visitor, seconds and the list of each turn."""


def run(progress: Progress | None = None, home: Path | None = None) -> list[dict[str, Any]]:
    """Two rows, turns a second: as it is by default, and with a language model that ranks."""
    folder = ensure_smollm2(home or Path.home() / ".tastemaker", True, progress)
    rows = []
    for done, scored in enumerate((False, True)):
        if progress:
            progress("talking with 32 at once", done, 2)
        with tempfile.TemporaryDirectory() as place:
            given: dict[str, Any] = {"scorer.model": "none"}
            if scored:
                untrained(folder, Path(place) / "scorer")
                given = {"scorer.model": str(folder), "scorer.trained": f"{place}/scorer"}
            rows.append(_measured(Path(place) / "home", given, scored))
    return rows


def _measured(home: Path, given: dict[str, Any], scored: bool) -> dict[str, Any]:
    settings, _ = load([], {}, given)
    service = Service(home, settings, "films")
    try:
        scripts = _scripts(service)
        _one_after_the_other(service, scripts[:3])
        plain, after = zip(
            *(_timed(_one_after_the_other, service, scripts) for _ in range(ROUNDS)), strict=True
        )
        count = processes_for(settings.serve.processes)
        service.spread(count)
        while not service.is_spread:
            time.sleep(0.1)
        _all_at_once(service, scripts)
        ours, talks = zip(
            *(_timed(_all_at_once, service, scripts) for _ in range(ROUNDS)), strict=True
        )
    finally:
        service.close()
    times = sorted(
        1000 * seconds for talk in talks for turns in talk.values() for seconds, _ in turns
    )
    same = [
        here[1] == there[1]
        for n in range(len(scripts))
        for here, there in zip(talks[0][n], after[0][n], strict=True)
    ]
    ratios = sorted(here / there for here in ours for there in plain)
    return {
        "what": f"turns of {VISITORS} visitors at once, {'with a scorer' if scored else 'no language model'}, {count} processes",
        "ours": round(median(ours), 1),
        "plain": round(median(plain), 1),
        "ratio": round(median(ratios), 2),
        "unit": "turns/s",
        "spread": [round(ratios[0], 2), round(ratios[-1], 2)],
        "tolerance": (
            f"p50 {median(times):.0f} ms, p95 {quantiles(times, n=20)[-1]:.0f} ms, no error; "
            f"{sum(same)} of {len(same)} lists the same"
        ),
    }  # fmt: skip


def _scripts(service: Service) -> list[list[str]]:
    """What each visitor says."""
    chance = random.Random(SEED)
    items = sorted(service.parts.lexicon.items.values(), key=lambda item: item.id)
    genres = sorted({g for item in items for g in item.values("genres")})
    people = sorted({p for item in items for p in item.values("directors")})
    found = []
    for _ in range(VISITORS):
        one, other = chance.sample(genres, 2)
        found.append(
            [
                f"something like {chance.choice(items).title}, but more {one}",
                f"no {other}, and under {chance.randrange(95, 150)} minutes",
                "more",
                f"a {one} film by {chance.choice(people)} or made after {chance.randrange(1960, 2005)}",
                "how long is the first one?",
                f"nothing from before {chance.randrange(1950, 1985)}, I liked {chance.choice(items).title}",
            ]
        )
    return found


def _timed(way: Any, service: Service, scripts: Sequence[Sequence[str]]) -> tuple[float, Talk]:
    began = time.perf_counter()
    talk: Talk = way(service, scripts)
    return sum(map(len, scripts)) / (time.perf_counter() - began), talk


def _talk(service: Service, said: Sequence[str]) -> list[tuple[float, tuple[str, ...]]]:
    id, found = service.start().id, []
    for words in said:
        began = time.perf_counter()
        *_, last = service.respond(id, words)
        assert isinstance(last, Finished)
        shown = tuple(card.item.id for card in last.cards)
        found.append((time.perf_counter() - began, shown))
    return found


def _one_after_the_other(service: Service, scripts: Sequence[Sequence[str]]) -> Talk:
    return {n: _talk(service, said) for n, said in enumerate(scripts)}


def _all_at_once(service: Service, scripts: Sequence[Sequence[str]]) -> Talk:
    found: Talk = {}

    def visitor(n: int) -> None:
        found[n] = _talk(service, scripts[n])

    threads = [threading.Thread(target=visitor, args=(n,)) for n in range(len(scripts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == len(scripts), "a visitor was left without an answer"
    return found
