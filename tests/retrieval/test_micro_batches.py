"""Jobs that share batches: the same answers as alone, and one that goes wrong harms no other."""

import threading
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Any

import pytest

from retrieval.errors import TurnTimeout
from retrieval.micro_batches import MOST, Jobs, aside, asked


class Doubling:
    """Doubles numbers, and remembers in which batches it was asked to."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []

    def many(self, numbers: Sequence[int]) -> list[int]:
        self.batches.append(list(numbers))
        if 13 in numbers:
            raise ValueError("thirteen")
        return [2 * n for n in numbers]

    def twice(self, n: int) -> int:
        """A job that asks two times."""
        return asked(self.many, asked(self.many, n) + 1)


def finished(*jobs: Callable[[], Any], until: float = float("inf")) -> list[Any]:
    """What jobs gave or raised, in their order."""
    found: list[Any] = [None] * len(jobs)
    running = Jobs()
    for n, job in enumerate(jobs):

        def over(given: Any, error: BaseException | None, n: int = n) -> None:
            found[n] = given if error is None else error

        running.begin(job, over, until)
    while len(running):
        running.step(1)
    running.close()
    return found


def test_jobs_share_their_batches_and_get_what_they_would_get_alone() -> None:
    model = Doubling()
    numbers = [n for n in range(10) if n != 6]  # 6 doubled, and one, is 13
    found = finished(*((lambda n=n: model.twice(n)) for n in numbers))
    assert found == [2 * (2 * n + 1) for n in numbers]
    assert [len(b) for b in model.batches] == [9, 9]
    assert model.twice(4) == 18  # alone, without any jobs
    assert model.batches[-2:] == [[4], [9]]


def test_a_batch_has_an_end() -> None:
    model = Doubling()
    finished(*((lambda n=n: asked(model.many, n)) for n in range(100, 100 + MOST + 3)))
    assert [len(b) for b in model.batches] == [MOST, 3]


def test_one_that_a_model_cannot_read_fails_alone() -> None:
    model = Doubling()
    first, second, third = finished(
        lambda: asked(model.many, 1), lambda: asked(model.many, 13), lambda: asked(model.many, 3)
    )
    assert (first, third) == (2, 6)
    assert isinstance(second, ValueError)


def test_a_job_may_catch_what_its_model_raises() -> None:
    model = Doubling()

    def careful() -> str:
        with pytest.raises(ValueError, match="thirteen"):
            asked(model.many, 13)
        return f"then {asked(model.many, 2)}"

    assert finished(careful) == ["then 4"]


def test_two_models_are_asked_in_batches_of_their_own() -> None:
    one, other = Doubling(), Doubling()
    jobs = [lambda n=n, m=m: asked(m.many, n) for n in range(3) for m in (one, other)]
    assert finished(*jobs) == [0, 0, 2, 2, 4, 4]
    assert (one.batches, other.batches) == ([[0, 1, 2]], [[0, 1, 2]])


def test_who_waits_for_a_network_holds_up_nobody() -> None:
    model, may_end, order = Doubling(), threading.Event(), list[str]()

    def slow() -> str:
        found = aside(may_end.wait, 30)
        order.append("slow")
        return f"waited: {found}"

    def quick() -> int:
        found = asked(model.many, 5)
        order.append("quick")
        may_end.set()
        return found

    assert finished(slow, quick) == ["waited: True", 10]
    assert order == ["quick", "slow"]


def test_what_goes_wrong_aside_is_raised_in_its_job() -> None:
    def broken() -> None:
        aside(int, "no number")

    (error,) = finished(broken)
    assert isinstance(error, ValueError)


def test_a_job_whose_time_is_over_ends_when_it_asks() -> None:
    model = Doubling()
    (error,) = finished(lambda: model.twice(1), until=monotonic() - 1)
    assert isinstance(error, TurnTimeout)
    assert model.batches == []
