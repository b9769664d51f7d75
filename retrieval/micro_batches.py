"""Many jobs in one thread, set aside where they ask a model until it can be asked for all of them at once.

A network of this size reads sixteen short texts in three times the time that one takes: what costs is to
fetch its weights. So a job that asks is stopped there, the others go on until they ask too, and then
one batch answers. One thread does it all, so no two of them ever run Python at a time and nothing has to
be locked; a job that waits for a network (`aside`) is waited for beside the others. The home of greenlet.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any, TypeVar

from greenlet import getcurrent, greenlet

from retrieval.errors import TurnTimeout

Q = TypeVar("Q")
A = TypeVar("A")
Over = Callable[[Any, BaseException | None], None]
"""Told what a job gave, or what it raised."""
MOST = 32
"""Questions in one batch."""


def asked(many: Callable[[Sequence[Q]], Sequence[A]], question: Q) -> A:
    """What `many` answers to a question: alone, or, in a job, together with what other jobs ask it."""
    job = getcurrent()
    if not isinstance(job, _Job):
        return many([question])[0]
    answer: A = job.hub.switch(_Ask(many, question))
    return answer


def aside(work: Callable[..., A], *given: Any) -> A:
    """What `work` gives, which waits for others than this machine: in a job, others go on meanwhile."""
    job = getcurrent()
    if not isinstance(job, _Job):
        return work(*given)
    found: A = job.hub.switch(partial(work, *given))
    return found


@dataclass(frozen=True)
class _Ask:
    many: Callable[[Sequence[Any]], Sequence[Any]]
    question: Any


class _Job(greenlet):
    """One job; `until` is when it must be over, by the monotonic clock."""

    def __init__(self, work: Callable[[], Any], over: Over, until: float) -> None:
        super().__init__(work)
        self.hub, self.over, self.until = getcurrent(), over, until


class Jobs:
    """The jobs of one thread; everything but `wake` is to be called by that thread alone."""

    def __init__(self) -> None:
        self._asking: list[tuple[_Job, _Ask]] = []
        self._back: SimpleQueue[tuple[_Job | None, Any, BaseException | None]] = SimpleQueue()
        self._away = 0
        self._threads: ThreadPoolExecutor | None = None

    def __len__(self) -> int:
        return len(self._asking) + self._away

    def begin(self, work: Callable[[], Any], over: Over, until: float = float("inf")) -> None:
        """Run a job up to where it asks or ends; `over` is told what it gives or raises. One that still
        asks after `until` ends with TurnTimeout."""
        self._go_on(_Job(work, over, until))

    def step(self, wait: float = 0.0) -> None:
        """Answer what is asked of one model, the one that was asked first. Where nothing is asked, wait
        so many seconds for a job that is aside, or for `wake`."""
        self._take_back(0.0 if self._asking else wait)
        if not self._asking:
            return
        first = self._asking[0][1].many
        taken = [one for one in self._asking if one[1].many == first][:MOST]
        self._asking = [one for one in self._asking if one not in taken]
        for job, answer, error in _answers(first, taken):
            self._go_on(job, answer, error)

    def wake(self) -> None:
        """End a `step` that waits; to be called by any thread."""
        self._back.put((None, None, None))

    def _take_back(self, wait: float) -> None:
        try:
            while True:
                job, answer, error = (
                    self._back.get(timeout=wait) if wait else self._back.get_nowait()
                )
                wait = 0.0
                if job is not None:
                    self._away -= 1
                    self._go_on(job, answer, error)
        except Empty:
            return

    def _go_on(self, job: _Job, answer: Any = None, error: BaseException | None = None) -> None:
        if monotonic() > job.until:
            error = TurnTimeout("This took too long and was given up; nothing was changed.")
        try:
            given = job.throw(error) if error is not None else job.switch(*_of(job, answer))
        except Exception as raised:
            job.over(None, raised)
            return
        if job.dead:
            job.over(given, None)
        elif isinstance(given, _Ask):
            self._asking.append((job, given))
        else:
            self._send_away(job, given)

    def _send_away(self, job: _Job, work: Callable[[], Any]) -> None:
        self._threads = self._threads or ThreadPoolExecutor(MOST, "aside")
        self._away += 1

        def back(done: "Future[Any]") -> None:
            error = done.exception()
            self._back.put((job, None if error else done.result(), error))

        self._threads.submit(work).add_done_callback(back)

    def close(self) -> None:
        """Let go of the threads of jobs that were aside."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)


def _of(job: _Job, answer: Any) -> tuple[Any, ...]:
    """What a greenlet is switched to with: nothing, at its beginning."""
    return (answer,) if job else ()


def _answers(
    many: Callable[[Sequence[Any]], Sequence[Any]], taken: Sequence[tuple[_Job, _Ask]]
) -> list[tuple[_Job, Any, BaseException | None]]:
    """What each job gets. Where a batch fails, each question is put alone, so that one spoils none
    but its own job."""
    try:
        found = many([ask.question for _, ask in taken])
        return [(job, answer, None) for (job, _), answer in zip(taken, found, strict=True)]
    except Exception as error:
        if len(taken) == 1:
            return [(taken[0][0], None, error)]
    return [answer for one in taken for answer in _answers(many, [one])]
