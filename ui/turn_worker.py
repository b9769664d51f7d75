"""A thread that makes several turns at once, so that they share batches of the models."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from retrieval.micro_batches import Jobs
from ui.answering import Asked
from ui.turn_queue import TurnQueue, Waiting

Turn = Callable[[Asked], list[Any]]
IDLE = 0.25
"""Seconds between looks at whether anything ended."""
MERCY = 30.0
"""Seconds that a turn which was begun has over its time: who asked for it finds it when they come back."""


class TurnWorker(threading.Thread):
    """Takes turns from a queue, `at_once` of them at a time, as long as it is not told to `rest`."""

    def __init__(
        self, queue: TurnQueue, turn: Turn, at_once: int, rest: Callable[[], bool] = lambda: False
    ) -> None:
        super().__init__(name="turns", daemon=True)
        self._queue, self._turn, self._at_once, self._rest = queue, turn, at_once, rest
        self._jobs = Jobs()
        queue.on_put(self._jobs.wake)

    def run(self) -> None:
        """Until the queue is closed and what was begun is over."""
        while not self._queue.closed or len(self._jobs):
            self._begin()
            self._jobs.step(IDLE if len(self._jobs) else 0.0)
        self._jobs.close()

    def _begin(self) -> None:
        """Take turns up to the number; wait for one only where there is nothing else to do."""
        while len(self._jobs) < self._at_once:
            if self._rest():
                self._jobs.step(IDLE)
                return
            waiting = self._queue.take(0.0 if len(self._jobs) else IDLE)
            if waiting is None:
                return
            self._jobs.begin(
                partial(self._turn, waiting.asked),
                partial(self._over, waiting),
                waiting.until + MERCY,
            )

    def _over(self, waiting: Waiting, events: Any, error: BaseException | None) -> None:
        self._queue.done(waiting)
        waiting.end(events, error)
