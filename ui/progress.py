"""Progress of long work: bars in a terminal, a line now and then in a log."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from retrieval.encoder import Progress as Report

EVERY = 60.0
"""Seconds between two lines, and before the first, so that what is soon done leaves none."""


@contextmanager
def progress_bars() -> Iterator[Report]:
    """A bar for each piece of long work, on standard error, gone when done; lines where that is no terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield progress_lines(lambda line: console.print(line, highlight=False, soft_wrap=True))
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bars:
        tasks = {}

        def report(what: str, done: int, whole: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=whole)
            bars.update(tasks[what], completed=done, total=whole)

        yield report


def progress_lines(
    write: Callable[[str], object], clock: Callable[[], float] = monotonic
) -> Report:
    """A line every `EVERY` seconds: what is done, how much of it, and the time left at this rate.

    >>> now = iter([0, 10, 40, 70, 140])
    >>> report = progress_lines(print, lambda: next(now))
    >>> for done in (0, 5, 35, 70):
    ...     report("reading", done, 100)
    reading: 35 of 100, 0:01:51 left
    reading: 70 of 100, 0:00:55 left
    """
    told = clock()
    began: dict[str, tuple[float, int]] = {}

    def report(what: str, done: int, whole: int) -> None:
        nonlocal told
        now = clock()
        since, before = began.setdefault(what, (now, done))
        if now - told < EVERY or done <= before:
            return
        told = now
        left = timedelta(seconds=int((now - since) / (done - before) * (whole - done)))
        write(f"{what}: {done:,} of {whole:,}, {left} left")

    return report
