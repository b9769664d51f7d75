"""Turns made by other processes: the same lists, and nothing lost where one of them is killed."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chatbot.edits import ByHand
from chatbot.events import Finished
from retrieval.errors import ProfileError, TooBusy
from ui.service import Service
from ui.settings import load
from ui.spreading import processes_for

SAID = ("a heist film from the 70s", "no gore", "more")


def service_of(home: Path, **given: Any) -> Service:
    flags = {"encoder.model": "hashing", "scorer.model": "none", **given}
    return Service(home, load([], {}, flags)[0], ("films", "books"))


@pytest.fixture(scope="module")
def spread(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service with two processes."""
    service = service_of(tmp_path_factory.mktemp("home"))
    service.spread(2)
    ready(service)
    yield service
    service.close()


def ready(service: Service) -> None:
    for process in service._processes:
        assert process.ready.wait(60)


def talk(service: Service, id: str) -> list[tuple[str, ...]]:
    found = []
    for said in SAID:
        *_, last = service.respond(id, said)
        assert isinstance(last, Finished)
        found.append(tuple(card.item.id for card in last.cards))
    return found


def test_turns_of_other_processes_are_those_of_this_one(spread: Service, tmp_path: Path) -> None:
    here = service_of(tmp_path)
    try:
        wanted = talk(here, here.start().id)
    finally:
        here.close()
    ids = [spread.start().id for _ in range(12)]
    found: dict[str, list[tuple[str, ...]]] = {}
    threads = [
        threading.Thread(target=lambda id=id: found.update({id: talk(spread, id)})) for id in ids
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert spread.is_spread
    assert all(wanted[0] == found[id][0] for id in ids)
    for id in ids:
        kept = spread.conversation(id)
        assert [turn.utterance for turn in kept.turns] == list(SAID)
        assert [turn.shown for turn in kept.turns] == found[id]


def test_several_catalogues_and_errors_pass_through(spread: Service) -> None:
    joint = spread.joint.start(["films", "books"])
    *_, last = spread.joint.respond(joint.id, "a heist film and a book about the sea")
    assert spread.joint.read(joint.id).turns == last.together.turns  # type: ignore[union-attr]
    with pytest.raises(ProfileError):
        spread.respond(
            spread.start().id, "no more of that", ByHand((), (), (("genres", "no"),), (), False)
        )


def test_a_process_that_is_killed_is_started_again_and_nobody_waits_for_ever(
    spread: Service,
) -> None:
    ids = [spread.start().id for _ in range(8)]
    answered: dict[str, int] = {}
    told: list[TooBusy] = []

    def visitor(id: str) -> None:
        for n in range(12):
            try:
                list(spread.respond(id, f"a film about {('war', 'love', 'ghosts')[n % 3]}"))
                answered[id] = answered.get(id, 0) + 1
            except TooBusy as error:
                told.append(error)

    threads = [threading.Thread(target=visitor, args=(id,)) for id in ids]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    victim = spread._processes[0].pid
    assert victim is not None
    os.kill(victim, signal.SIGKILL)
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    assert sum(answered.values()) + len(told) == 8 * 12
    for id in ids:  # what was answered is kept; one that was told so may have been kept just before
        turns = len(spread.conversation(id).turns)
        assert answered[id] <= turns <= answered[id] + len(told)
    deadline = time.monotonic() + 60
    while spread._processes[0].pid in (victim, None) and time.monotonic() < deadline:
        time.sleep(0.1)
    ready(spread)


def test_processes_are_as_many_as_are_set_and_none_for_one() -> None:
    assert processes_for(1) == 0
    assert processes_for(3) == 3
    assert processes_for(0) in range(0, 5)
    assert processes_for(0) != 1
