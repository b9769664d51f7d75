"""Turns that wait: fair, bounded, in time; those of who has left are not made."""

import threading
import time
from contextlib import suppress

import pytest

from retrieval.errors import TooBusy, TurnTimeout
from ui.answering import Asked
from ui.turn_queue import OWN, TurnQueue, Waiting


class Locks:
    """A lock a conversation."""

    def __init__(self) -> None:
        self._locks: dict[str, threading.Lock] = {}

    def of(self, id: str) -> threading.Lock:
        return self._locks.setdefault(id, threading.Lock())


def queue_of(longest: int = 20) -> TurnQueue:
    return TurnQueue(longest, Locks().of)


def made(queue: TurnQueue, turns: int) -> list[str]:
    """What is taken next, each over before the next is."""
    found = []
    for _ in range(turns):
        waiting = queue.take(0.5)
        assert waiting is not None
        found.append(waiting.asked.utterance)
        queue.done(waiting)
        waiting.end([], None)
    return found


def test_one_who_asks_many_things_at_once_waits_for_themselves_alone() -> None:
    queue = queue_of()
    for said in ("a1", "a2", "a3", "a4"):
        queue.put(Asked("a", said), 9)
    queue.put(Asked("b", "b1"), 9)
    queue.put(Asked("c", "c1"), 9)
    assert made(queue, 6) == ["a1", "b1", "c1", "a2", "a3", "a4"]
    assert queue.take(0) is None


def test_of_one_conversation_one_turn_is_made_at_a_time() -> None:
    queue = queue_of()
    first, second = queue.put(Asked("a", "one"), 9), queue.put(Asked("a", "two"), 9)
    assert queue.take(0) is first
    assert queue.take(0.02) is None
    queue.done(first)
    assert queue.take(0) is second


def test_none_is_made_while_something_else_changes_the_conversation() -> None:
    locks = Locks()
    queue = TurnQueue(9, locks.of)
    other, mine = queue.put(Asked("b", "hello"), 9), None
    with locks.of("a"):
        mine = queue.put(Asked("a", "hello"), 9)
        assert queue.take(0) is other
        assert queue.take(0.02) is None
    assert queue.take(0.1) is mine


def test_no_more_wait_than_may_and_there_is_room_again_once_some_left() -> None:
    queue = queue_of(3)
    waiting = [queue.put(Asked(who, "hello"), 9) for who in "abc"]
    with pytest.raises(TooBusy):
        queue.put(Asked("d", "hello"), 9)
    assert waiting[1].future.cancel()
    queue.put(Asked("d", "hello, again"), 9)
    assert made(queue, 3) == ["hello", "hello", "hello, again"]


def test_one_visitor_cannot_take_all_the_room() -> None:
    queue = queue_of(100)
    for n in range(OWN):
        queue.put(Asked("a", str(n)), 9)
    with pytest.raises(TooBusy, match="Several things"):
        queue.put(Asked("a", "and"), 9)
    queue.put(Asked("b", "me"), 9)


def test_a_turn_of_who_has_left_is_never_begun_and_one_that_was_begun_is_finished() -> None:
    queue = queue_of()
    gone, begun = queue.put(Asked("a", "gone"), 9), queue.put(Asked("b", "begun"), 9)
    assert gone.future.cancel()
    assert queue.take(0) is begun
    assert not begun.future.cancel()
    queue.done(begun)
    begun.end(["an event"], None)
    assert begun.future.result() == ["an event"]
    assert queue.take(0) is None
    assert len(queue) == 0


def test_who_waited_too_long_is_told_and_not_served() -> None:
    queue = queue_of()
    late = queue.put(Asked("a", "late"), 0.01)
    time.sleep(0.03)
    assert queue.take(0) is None
    with pytest.raises(TurnTimeout):
        late.future.result(timeout=0)


@pytest.mark.parametrize("way", ["take", "put"])
def test_who_is_told_of_their_time_may_wait_for_one_who_asks(way: str) -> None:
    """Told while the queue's own lock was held, a visitor who held a lock that the next one needed for
    asking stopped the whole server."""
    queue, theirs = queue_of(1), threading.Lock()
    asking, told = threading.Event(), threading.Event()
    late = queue.put(Asked("a", "late"), 0.01)
    time.sleep(0.03)

    def asks_with_their_lock() -> None:
        with theirs:
            asking.set()
            time.sleep(0.05)
            with suppress(TooBusy):
                queue.put(Asked("c", "hello"), 9)

    def hears(_: object) -> None:
        assert asking.wait(5)
        with theirs:
            told.set()

    late.future.add_done_callback(hears)
    threads = [
        threading.Thread(target=asks_with_their_lock, daemon=True),
        threading.Thread(
            target=lambda: queue.take(0) if way == "take" else queue.put(Asked("b", "b"), 9),
            daemon=True,
        ),
    ]
    for thread in threads[::-1]:
        thread.start()
    for thread in threads:
        thread.join(5)
        assert not thread.is_alive()
    assert told.is_set()


def test_a_queue_that_is_closed_tells_who_waits() -> None:
    queue = queue_of()
    waiting = queue.put(Asked("a", "hello"), 9)
    queue.close()
    with pytest.raises(TooBusy):
        waiting.future.result(timeout=0)
    with pytest.raises(TooBusy):
        queue.put(Asked("a", "hello"), 9)


def test_a_hundred_threads_lose_nothing_and_make_nothing_twice() -> None:
    queue = queue_of(5_000)
    put: list[Waiting] = []
    taken: list[Waiting] = []

    def asks(who: int) -> None:
        put.extend(queue.put(Asked(f"{who}", f"{n}"), 60) for n in range(OWN))

    def makes() -> None:
        while (waiting := queue.take(0.3)) is not None:
            taken.append(waiting)
            queue.done(waiting)
            waiting.end([], None)

    threads = [threading.Thread(target=asks, args=(n,)) for n in range(96)]
    threads += [threading.Thread(target=makes) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len({id(w) for w in taken}) == 96 * OWN
    orders: dict[str, list[int]] = {}
    for waiting in taken:
        orders.setdefault(waiting.visitor, []).append(int(waiting.asked.utterance))
    assert all(order == sorted(order) for order in orders.values())
