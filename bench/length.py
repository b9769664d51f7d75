"""`tastemaker bench length`: what a turn costs as the conversation grows, from the second to the fortieth.

Every visitor says something else, drawn from what our films are about, and never starts over. The plain way is the
second turn of the same conversations; with a scorer it is also what a scorer would cost that reads all that was
said, not the latest turns (tokens that were said by then, against those of the second turn). --picture draws it.
"""

import random
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from bench.turn import untrained
from bench.waterfall import draw_lines
from chatbot.conversation import Conversation
from chatbot.events import Finished
from chatbot.parts import Parts
from chatbot.respond import respond
from retrieval.encoder import Progress
from retrieval.weights import ensure_smollm2
from ui.opening import open_parts
from ui.settings import load

TURNS, VISITORS, SEED = 40, 6, 11
TOLD = (2, 5, 10, 20, 40)
Times = list[list[float]]
"""Milliseconds by turn, then by visitor."""


def run(
    progress: Progress | None = None, home: Path | None = None, picture: Path | None = None
) -> list[dict[str, Any]]:
    """Rows for some turns, without a language model and with one that ranks."""
    folder = ensure_smollm2(home or Path.home() / ".tastemaker", True, progress)
    found: dict[str, tuple[Times, list[float]]] = {}
    with tempfile.TemporaryDirectory() as place:
        untrained(folder, Path(place) / "scorer")
        for name, given in {
            "no language model": {"scorer.model": "none"},
            "with a scorer": {"scorer.model": str(folder), "scorer.trained": f"{place}/scorer"},
        }.items():
            settings, _ = load([], {}, given)
            opened = open_parts(Path(place) / "home", "films", settings, progress)
            try:
                found[name] = _talked(opened.parts, name, progress)
            finally:
                opened.close()
    if picture is not None:
        turns = list(range(1, TURNS + 1))
        lines = {name: [median(row) for row in times] for name, (times, _) in found.items()}
        draw_lines(picture, turns, lines, "turn of the conversation", "milliseconds")
    return [_row(name, turn, *found[name]) for name in found for turn in TOLD]


def _talked(parts: Parts, name: str, progress: Progress | None) -> tuple[Times, list[float]]:
    """The times, and how many characters had been said by each turn."""
    times: Times = [[] for _ in range(TURNS)]
    said: list[list[int]] = [[] for _ in range(TURNS)]
    for visitor in range(VISITORS + 1):
        if progress:
            progress(f"talking for long, {name}", visitor, VISITORS + 1)
        chance, length = random.Random(SEED + visitor), 0
        conversation = Conversation(f"{name} {visitor}", "films")
        for turn in range(TURNS):
            words = _says(parts, chance)
            began = time.perf_counter()
            *_, last = respond(conversation, words, parts)
            took = 1000 * (time.perf_counter() - began)
            assert isinstance(last, Finished)
            conversation = last.conversation
            length += len(words) + len(last.reply)
            if visitor:  # the first one warms
                times[turn].append(took)
                said[turn].append(length)
    return times, [median(row) for row in said]


def _says(parts: Parts, chance: random.Random) -> str:
    items = list(parts.lexicon.items.values())
    some = chance.choice(items)
    tag = chance.choice(some.values("tags") or ["good"])
    return chance.choice(
        [
            f"something with {tag}",
            f"no {tag}, please",
            f"I liked {some.title}",
            f"made after {chance.randrange(1925, 1940)}",
            "how long is the first one?",
            "more",
        ]
    )


def _row(name: str, turn: int, times: Times, said: list[float]) -> dict[str, Any]:
    here, second = times[turn - 1], times[1]
    ratios = sorted(a / b for a, b in zip(here, second, strict=True))
    return {
        "what": f"turn {turn} of a conversation, {name}, against its second turn",
        "ours": round(median(here), 1),
        "plain": round(median(second), 1),
        "ratio": round(median(here) / median(second), 2),
        "unit": "ms a turn",
        "spread": [round(ratios[0], 2), round(ratios[-1], 2)],
        "tolerance": f"{said[turn - 1] / said[1]:.1f} times as much had been said",
    }
