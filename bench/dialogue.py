"""`tastemaker bench dialogue`: 300 simulated conversations, ours against recommending only and asking only.

Our films with the sentence encoder, no language model (its weight in the ranking is 0). The same made-up
visitors talk to all three; see `finetune/simulate.py`. Ratio: ours over the other.
"""

import tempfile
from pathlib import Path
from typing import Any

from finetune.simulate import TURNS, simulate, summary
from retrieval.encoder import Progress
from ui.opening import open_parts
from ui.settings import load

CONVERSATIONS = 300


def run(progress: Progress | None = None) -> list[dict[str, Any]]:
    """Rows: success by turn 1 to 10, turns, questions, limits kept as meant and as read, repeats."""
    settings, _ = load([], {}, {"scorer.model": "none"})
    with tempfile.TemporaryDirectory() as home:
        opened = open_parts(Path(home), "films", settings, progress)
        try:
            talks = simulate(opened.parts, CONVERSATIONS, 0, progress)
        finally:
            opened.close()
    found = {name: summary(part) for name, part in talks.items()}
    ours = found.pop("ours")
    rows = []
    for name, plain in found.items():
        for turn in range(1, TURNS + 1):
            a, b = ours["success"][turn], plain["success"][turn]
            rows.append(_row(f"success by turn {turn} against {name}", a, b, "of conversations"))
        for key, what in (("turns", "turns"), ("questions", "questions")):
            rows.append(_row(f"{what} against {name}", ours[key], plain[key], "a conversation"))
        for key, what in (
            ("kept_as_meant", "limits kept as the visitor meant them"),
            ("kept_by_profile", "limits kept as they were read"),
            ("repeat_rate", "shown again"),
        ):
            a, b = ({"value": side[key]} for side in (ours, plain))
            rows.append(_row(f"{what} against {name}", a, b, "of shown items"))
    return rows


def _row(what: str, ours: dict[str, float], plain: dict[str, float], unit: str) -> dict[str, Any]:
    a, b = round(ours["value"], 4), round(plain["value"], 4)
    spread = [side[end] for side in (ours, plain) for end in ("low", "high") if end in side]
    how = "95 % bootstrap over conversations" if spread else "counted over all shown items"
    return {
        "what": what,
        "ours": a,
        "plain": b,
        "ratio": round(a / b, 3) if b else None,
        "unit": unit,
        "spread": spread,
        "tolerance": f"{CONVERSATIONS} conversations, {how}",
    }
