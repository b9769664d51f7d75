"""`tastemaker bench encoder`: vectors of our films' texts and of questions, ours against `SentenceTransformer.encode`.

The same MiniLM. Ours reads it with torch alone, in bfloat16 where the processor multiplies it faster; the cosine of
the two vectors of a text says what that costs. A question that was asked before is not read again.
"""

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from bench.growth import SAID
from bench.plain.encoder import PlainEncoder
from retrieval.catalogue import read_rows
from retrieval.encoder import Progress
from retrieval.item import Item, infer_roles, item_texts
from retrieval.sentence_encoder import SentenceEncoder, packaged_minilm

FILMS = Path(__file__).parent.parent / "data" / "films.jsonl"
PARTS, TEXTS = 5, 200


def run(progress: Progress | None = None) -> list[dict[str, Any]]:
    """Three rows: texts of items a second, milliseconds for one question, and for one asked before."""
    rows = read_rows(FILMS)[: PARTS * TEXTS]
    texts = list(item_texts([Item(r["id"], r["title"], r) for r in rows], infer_roles(rows)))
    ours, plain = SentenceEncoder(), PlainEncoder(packaged_minilm())
    rates: list[tuple[float, float]] = []
    asked: list[tuple[float, float]] = []
    again: list[tuple[float, float]] = []
    alike = []
    for part in range(PARTS + 1):
        if progress:
            progress("encoding both ways", part, PARTS + 1)
        some = texts[max(part - 1, 0) * TEXTS : max(part, 1) * TEXTS]
        mine, took = _timed(lambda some=some: ours.encode(some))
        theirs, plainly = _timed(lambda some=some: plain.encode(some))
        alike.append(float((mine * theirs).sum(axis=1).min()))
        if not part:  # the first round warms
            continue
        rates.append((TEXTS / took, TEXTS / plainly))
        for said in SAID:
            question = [f"{said} ({part})"]
            _, took = _timed(lambda question=question: ours.encode(question))
            _, plainly = _timed(lambda question=question: plain.encode(question))
            asked.append((1000 * took, 1000 * plainly))
            _, took = _timed(lambda question=question: ours.encode(question))
            again.append((1000 * took, 1000 * plainly))
    told = f"least cosine of the two vectors of a text {min(alike):.4f}"
    return [
        _row(f"texts of films, {TEXTS} at once", "texts/s", rates, [a / b for a, b in rates], told),
        _row("one question", "ms", asked, [b / a for a, b in asked], told),
        _row("one question, asked before", "ms", again, [b / a for a, b in again], "the same bytes"),
    ]  # fmt: skip


def _timed(way: Callable[[], Any]) -> tuple[Any, float]:
    start = time.perf_counter()
    found = way()
    return np.asarray(found), time.perf_counter() - start


def _row(
    what: str, unit: str, both: list[tuple[float, float]], ratios: list[float], tolerance: str
) -> dict[str, Any]:
    return {
        "what": what,
        "ours": round(median(ours for ours, _ in both), 2),
        "plain": round(median(plain for _, plain in both), 2),
        "ratio": round(median(ratios), 2),
        "unit": unit,
        "spread": [round(min(ratios), 2), round(max(ratios), 2)],
        "tolerance": tolerance,
    }
