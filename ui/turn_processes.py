"""Turns made by processes of their own: one Python runs on one core, and there are more.

Each opens the catalogues and models for itself, reads conversations from the log and writes them back; what it
is sent, and gives, is data. The queue stays with the server, so that one conversation's turns come one after
the other whoever makes them. A process that ends is started again; what it was making is told so.
"""

import logging
import multiprocessing
import signal
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from retrieval.errors import TastemakerError, TooBusy
from retrieval.precision import on_one_core
from ui.settings import Settings
from ui.turn_queue import TurnQueue, Waiting

log = logging.getLogger(__name__)
IDLE = 0.25
AGAIN = (1.0, 60.0)
"""Seconds until a process that ended is started again: at first, and at the most."""
BROKEN = (
    "Something broke while this was being answered. Look whether it was heard, or say it again."
)


class TurnProcess:
    """One process, and the threads that send it turns and hear from it."""

    def __init__(
        self, home: Path, settings: Settings, names: Sequence[str], queue: TurnQueue, at_once: int
    ) -> None:
        self._made_with = (home, settings, tuple(names), at_once)
        self._queue, self._free = queue, threading.Semaphore(at_once)
        self._being_made: dict[int, Waiting] = {}
        self._lock = threading.Lock()
        self.ready = threading.Event()
        """Set while it takes turns."""
        self.pid: int | None = None
        self._thread = threading.Thread(target=self._keep, name="turn process", daemon=True)
        self._thread.start()

    def _keep(self) -> None:
        pause = AGAIN[0]
        while not self._queue.closed:
            began = time.monotonic()
            here, there = multiprocessing.Pipe()
            child = multiprocessing.get_context("spawn").Process(
                target=serve_turns, args=(there, *self._made_with), daemon=True
            )
            child.start()
            self.pid = child.pid
            there.close()
            self._serve(here)
            here.close()
            child.join(5)
            child.kill()
            child.join()
            if self._queue.closed:
                return
            pause = AGAIN[0] if time.monotonic() - began > AGAIN[1] else min(2 * pause, AGAIN[1])
            log.warning(
                "A process that makes turns ended (%s); it is started again.", child.exitcode
            )
            time.sleep(pause)

    def _serve(self, here: Connection) -> None:
        """Send turns to one process, and hand out what it made, until it ends or the queue is closed."""
        try:
            if here.recv() != "ready":
                return
        except (EOFError, OSError):
            return
        hearing = threading.Thread(target=self._hear, args=(here,), daemon=True)
        self.ready.set()
        hearing.start()
        number = 0
        while hearing.is_alive() and not self._queue.closed:
            if not self._free.acquire(timeout=IDLE):
                continue
            waiting = self._queue.take(IDLE) if hearing.is_alive() else None
            if waiting is None:
                self._free.release()
                continue
            number += 1
            with self._lock:
                self._being_made[number] = waiting
            try:
                here.send((number, waiting.asked, waiting.until - time.monotonic()))
            except (OSError, ValueError):
                break
        self.ready.clear()
        with suppress(OSError):
            here.send(None)
        hearing.join(5)
        with self._lock:
            left, self._being_made = list(self._being_made.values()), {}
        for waiting in left:
            self._over(waiting, None, TooBusy(BROKEN))

    def _hear(self, here: Connection) -> None:
        while True:
            try:
                number, events, error = here.recv()
            except (EOFError, OSError):
                return
            with self._lock:
                waiting = self._being_made.pop(number)
            self._over(waiting, events, error)

    def _over(self, waiting: Waiting, events: Any, error: BaseException | None) -> None:
        self._free.release()
        self._queue.done(waiting)
        waiting.end(events, error)

    def join(self) -> None:
        """Wait until it has ended, after the queue was closed."""
        self._thread.join(15)


def serve_turns(
    there: Connection, home: Path, settings: Settings, names: Sequence[str], at_once: int
) -> None:
    """What the process does: open everything, then make turns until the other end says so or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server hears Ctrl-C, and ends this
    from chatbot.log import ConversationLog  # noqa: PLC0415
    from ui.answering import Answering  # noqa: PLC0415
    from ui.house import House  # noqa: PLC0415
    from ui.turn_worker import TurnWorker  # noqa: PLC0415

    house = House(home, names, settings, beside=True)
    on_one_core()  # there is a process for every core
    answering = Answering(house, ConversationLog(home, settings.log.consent == "assumed"))
    locks: dict[str, threading.Lock] = {}
    queue = TurnQueue(2 * at_once, lambda id: locks.setdefault(id, threading.Lock()))
    worker = TurnWorker(queue, answering.turn, at_once)
    worker.start()
    sending = threading.Lock()

    def told(number: int, waiting: Waiting, _: Any) -> None:
        locks.pop(waiting.visitor, None)
        error = waiting.future.exception()
        if error is not None and not isinstance(error, TastemakerError):
            log.error("A turn failed.", exc_info=error)
            error = RuntimeError(f"{type(error).__name__}: {error}")
        with sending, suppress(OSError):
            there.send((number, None if error else waiting.future.result(), error))

    there.send("ready")
    while True:
        try:
            sent = there.recv()
        except (EOFError, OSError):
            break
        if sent is None:
            break
        number, asked, seconds = sent
        waiting = queue.put(asked, seconds)
        waiting.future.add_done_callback(partial(told, number, waiting))
    queue.close()
    worker.join(5)
    house.close()
