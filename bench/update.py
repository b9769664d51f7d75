"""`tastemaker bench update`: the command `index` for a file of which 100 items changed, of 36,273.

Each time a process of its own, from its start to its end. The plain way is the same command where nothing was
indexed yet. Items are films with their words, people and numbers drawn anew (`bench/growth.py`), or those of
a catalogue file (JSON Lines) that is given with --file.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from bench.growth import _rows
from retrieval.catalogue import read_rows
from retrieval.encoder import Progress

ITEMS, CHANGED, ROUNDS = 36_273, 100, 3


def run(progress: Progress | None = None, file: Path | None = None) -> list[dict[str, Any]]:
    """One row: seconds of the command."""
    rows = read_rows(file) if file else _rows(ITEMS)
    told: list[float] = []
    with tempfile.TemporaryDirectory() as place:
        written, home = Path(place) / "films.jsonl", Path(place) / "home"
        for done in range(ROUNDS + 1):
            if progress:
                progress("indexing", done, ROUNDS + 1)
            for row in rows[done * CHANGED : (done + 1) * CHANGED] if done else ():
                row["description"] = f"{row['description']} Seen again, and better for it."
            _write(written, rows)
            told.append(_timed(written, home))
    first, *updates = told
    return [
        {
            "what": f"the command index where {CHANGED} of {len(rows):,} items changed, against all of them",
            "ours": round(median(updates), 2),
            "plain": round(first, 1),
            "ratio": round(first / median(updates), 1),
            "unit": "s",
            "spread": [round(min(updates), 2), round(max(updates), 2)],
            "tolerance": f"every run said that {CHANGED} items changed and were embedded",
        }
    ]


def _write(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    lines = (json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _timed(file: Path, home: Path) -> float:
    command = [sys.executable, "-m", "ui.main", "index", str(file), "--name", "films-at-size"]
    there = home.exists()
    start = time.perf_counter()
    done = subprocess.run(
        [*command, "--home", str(home)], capture_output=True, text=True, check=True
    )
    took = time.perf_counter() - start
    if there and f"{CHANGED} changed, 0 removed, {CHANGED} embedded" not in done.stdout:
        raise RuntimeError(f"The update did something else: {done.stdout[-300:]}")
    return took
