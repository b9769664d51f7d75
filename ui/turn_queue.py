"""Turns that wait: so many and no more, in fair order, each with a time by which it must be over."""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from retrieval.errors import TastemakerError, TooBusy, TurnTimeout
from ui.answering import Asked

BLOCKED = 0.005
"""Seconds until a turn is looked at again whose conversation is being changed by something else."""
LATE = "This took too long and was given up; nothing was changed. Try again in a moment."
OWN = 8
"""Turns that one visitor may have waiting."""
IMPATIENT = "Several things you said are waiting for their answers. Wait for one, then go on."
STOPPED = "The server is being stopped."
FULL = "Too many people are talking at the moment. Try again in a few seconds."


@dataclass(eq=False)
class Waiting:
    """A turn that waits or is being made. Who asked may cancel `future`: a turn that was not begun then
    never is; one that was is finished and kept, so that a visitor who comes back finds it."""

    asked: Asked
    until: float
    """By the monotonic clock."""
    future: "Future[list[Any]]" = field(default_factory=Future)

    @property
    def visitor(self) -> str:
        """Whose turn it is."""
        return self.asked.id

    def end(self, events: list[Any] | None, error: BaseException | None) -> None:
        """Hand out what became of it."""
        if error is not None:
            self.future.set_exception(error)
        else:
            self.future.set_result(events or [])


class TurnQueue:
    """Every visitor has a line of their own, and the lines are served in turn: one who asks ten things at
    once waits for themselves, nobody else does. Of a conversation one turn is made at a time, and
    none while `lock_of` it is held by others.
    """

    def __init__(self, most: int, lock_of: Callable[[str], threading.Lock]) -> None:
        self.most = most
        """Turns that wait and are being made, both together."""
        self._lock_of, self._being_made = lock_of, 0
        self._lines: OrderedDict[str, deque[Waiting]] = OrderedDict()
        self._changed = threading.Condition()
        self._wakers: list[Callable[[], None]] = []
        self._closed = False

    def __len__(self) -> int:
        with self._changed:
            return sum(map(len, self._lines.values()))

    def put(self, asked: Asked, seconds: float) -> Waiting:
        """Ask for a turn that is to be over in so many seconds. Raises TooBusy."""
        waiting = Waiting(asked, monotonic() + seconds)
        late: list[Waiting] = []
        try:
            with self._changed:
                if self._closed:
                    raise TooBusy(STOPPED)
                if self._taken_in() >= self.most:
                    for line in self._lines.values():
                        late += _leave_out(line)
                    if self._taken_in() >= self.most:
                        raise TooBusy(FULL)
                if len(self._lines.get(waiting.visitor, ())) >= OWN:
                    raise TooBusy(IMPATIENT)
                self._lines.setdefault(waiting.visitor, deque()).append(waiting)
                self._changed.notify()
        finally:
            _tell(late, TurnTimeout(LATE))
        for wake in self._wakers:
            wake()
        return waiting

    def on_put(self, wake: Callable[[], None]) -> None:
        """Call this whenever a turn was asked for."""
        self._wakers.append(wake)

    def take(self, wait: float) -> Waiting | None:
        """The next turn to be made, with the lock of its conversation held until `done`; None if there
        is none within so many seconds."""
        until = monotonic() + wait
        while True:
            late: list[Waiting] = []
            with self._changed:
                found, left = self._next(late), until - monotonic()
                over = found is not None or left <= 0 or self._closed
                if not over and not late:
                    self._changed.wait(min(left, BLOCKED) if self._lines else left)
            _tell(late, TurnTimeout(LATE))
            if over:
                return found

    def done(self, waiting: Waiting) -> None:
        """A turn is over: the next of its conversation may begin."""
        self._lock_of(waiting.visitor).release()
        with self._changed:
            self._being_made -= 1
            self._changed.notify()

    def close(self) -> None:
        """Take no more; who waits is told."""
        with self._changed:
            self._closed = True
            left = [w for line in self._lines.values() for w in line]
            self._lines.clear()
            self._changed.notify_all()
        _tell(left, TooBusy(STOPPED))

    @property
    def closed(self) -> bool:
        """Whether no more turns come."""
        return self._closed

    def _next(self, late: list[Waiting]) -> Waiting | None:
        """The next turn to be made; those whose time is over are added to `late`."""
        for visitor in list(self._lines):
            line = self._lines[visitor]
            late += _leave_out(line)
            if not line:
                del self._lines[visitor]
            elif self._lock_of(visitor).acquire(blocking=False):
                found = line.popleft()
                if not found.future.set_running_or_notify_cancel():  # they left this very moment
                    self._lock_of(visitor).release()
                    continue
                self._lines.move_to_end(visitor)
                self._being_made += 1
                return found
        return None

    def _taken_in(self) -> int:
        return self._being_made + sum(map(len, self._lines.values()))


def _leave_out(line: deque[Waiting]) -> list[Waiting]:
    """Take those out of a line whose visitor has left, and those whose time is over; gives the latter."""
    now = monotonic()
    late = [w for w in line if now > w.until and not w.future.cancelled()]
    for waiting in [w for w in line if now > w.until or w.future.cancelled()]:
        line.remove(waiting)
    return late


def _tell(waiting: Iterable[Waiting], error: TastemakerError) -> None:
    """End turns that were never begun. Whoever hears of it may hold locks of their own, and ask this queue
    for something, so it is told while none of the queue's is held."""
    for one in waiting:
        if one.future.set_running_or_notify_cancel():
            one.end(None, error)
