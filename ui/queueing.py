"""Turns as the API follows them: by their ids, by several requests at once, until nobody does any more.

Who makes them, in which order and how many may wait is the service's affair (`ui/turn_queue.py`). Whoever leaves while
waiting takes their turn along; one that is being made is finished and kept, whoever left.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, wait
from contextlib import suppress
from typing import Any

from retrieval.errors import TooBusy
from ui.problems import later

Event = tuple[str, str]
"""The name and the data of a server-sent event."""
Ask = Callable[[], "Future[list[Any]]"]
"""Asks for a turn. Raises TooBusy."""
Tell = Callable[[list[Any]], list[Event]]
"""What a turn came to, as events of a stream."""


class Turn:
    """One turn, waiting, under way or done, and its events once it is."""

    def __init__(self, conversation: str, id: str, made: "Future[list[Any]]", until: float) -> None:
        self.conversation, self.id, self.until = conversation, id, until
        self.made, self.since = made, time.monotonic()
        self.events: list[Event] = []
        self.done = False
        self.error: Exception | None = None
        self.followers = 0
        self._lock = threading.Lock()
        self._waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    @property
    def begun(self) -> bool:
        """Whether it is being made, or was."""
        return self.made.running() or self.made.done()

    def tell(self, events: list[Event], error: Exception | None = None) -> None:
        """Keep the events, or what went wrong, and wake whoever waits for it."""
        with self._lock:
            self.events, self.error, self.done = events, error, True
            waiting, self._waiting = self._waiting, []
        for loop, flag in waiting:
            with suppress(RuntimeError):  # its visitor is gone, and the loop too
                loop.call_soon_threadsafe(flag.set)

    async def over(self) -> None:
        """Until it is done. Raises Refused after the time that a turn has."""
        flag = asyncio.Event()
        with self._lock:
            if self.done:
                return
            self._waiting.append((asyncio.get_running_loop(), flag))
        try:
            await asyncio.wait_for(flag.wait(), max(0.0, self.until - time.monotonic()))
        except TimeoutError:
            says = "goes on; ask for it again" if self.begun else "did not begin; try again"
            raise later(503, f"The answer takes too long: the turn {says}.", 5) from None


class Follower:
    """One who waits for a turn. A turn that has not begun and that nobody follows is given up."""

    def __init__(self, turn: Turn, leave: Callable[[Turn], None]) -> None:
        self.turn, self._leave, self._here = turn, leave, True

    def leave(self) -> None:
        """Wait no longer."""
        if self._here:
            self._here = False
            self._leave(self.turn)

    async def events(self) -> list[Event]:
        """The events of the turn, once it is done. Raises what the turn raised."""
        try:
            await self.turn.over()
        finally:
            self.leave()
        if self.turn.error is not None:
            raise self.turn.error
        return self.turn.events


class Turns:
    """The turns that a server is asked for over HTTP."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = threading.RLock()
        self._live: dict[tuple[str, str], Turn] = {}
        self._mean = 0.1  # seconds until a turn is there
        self.refused = self.given_up = 0

    @property
    def waiting(self) -> int:
        """Turns that have not begun."""
        return sum(1 for turn in list(self._live.values()) if not turn.begun)

    @property
    def running(self) -> int:
        """Turns that are being made."""
        return sum(1 for turn in list(self._live.values()) if turn.begun)

    def live(self, conversation: str, id: str) -> bool:
        """Whether a turn is waiting or under way."""
        return (conversation, id) in self._live

    def begin(self, conversation: str, id: str, ask: Ask, tell: Tell) -> Follower:
        """Ask for a turn, or join the one of that id. Raises Refused where too many wait."""
        with self._lock:
            turn = self._live.get((conversation, id))
            asked = turn is None
            if turn is None:
                try:
                    made = ask()
                except TooBusy as error:
                    self.refused += 1
                    raise later(503, str(error), self._mean) from None
                turn = Turn(conversation, id, made, time.monotonic() + self._seconds)
                self._live[(conversation, id)] = turn
            turn.followers += 1
        if asked:
            turn.made.add_done_callback(lambda made: self._over(turn, made, tell))
        return Follower(turn, self._leave)

    def _leave(self, turn: Turn) -> None:
        with self._lock:
            turn.followers -= 1
            if turn.followers == 0 and turn.made.cancel():
                self.given_up += 1

    def _over(self, turn: Turn, made: "Future[list[Any]]", tell: Tell) -> None:
        events: list[Event] = []
        error: Exception | None = None
        try:
            events = tell(made.result())
        except CancelledError:
            error = TooBusy("Nobody waits for this answer.")
        except Exception as raised:
            error = raised
        with self._lock:
            if not made.cancelled():
                self._mean += (time.monotonic() - turn.since - self._mean) / 8
            self._live.pop((turn.conversation, turn.id), None)
        turn.tell(events, error)

    def close(self) -> None:
        """Wait for what is under way."""
        wait([turn.made for turn in list(self._live.values())], self._seconds)
