"""`tastemaker bench search`: a question embedded, and what is nearest to it under two limits, against Chroma's `where`.

The plain way (`bench/plain/encoder.py`) is what a careful user writes: the limits as metadata, `encode`, and
`collection.query(where=...)`. Both search the same vectors, those of our films with noise, as many as there
are items. What each finds is compared with an exact scan for the vector that it made of the question.
"""

import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import chromadb
import numpy as np

from bench.encoder import FILMS
from bench.growth import SAID
from bench.plain.encoder import PlainEncoder, nearest
from retrieval.catalogue import read_rows
from retrieval.chroma_index import ChromaIndex
from retrieval.constraints import Columns, Constraint
from retrieval.encoder import Progress, unit
from retrieval.item import Item, Schema, infer_roles, item_texts
from retrieval.sentence_encoder import SentenceEncoder, packaged_minilm

ITEMS, QUERIES, NEAREST = 50_000, 24, 100
NOISE = 0.03  # of each number of a vector; those of a film have a spread of .05
LIMITS = (Constraint("year", ">", 1990), Constraint("runtime", "<", 120))
WHERE = {"$and": [{"year": {"$gt": 1990}}, {"runtime": {"$lt": 120}}]}


def run(progress: Progress | None = None) -> list[dict[str, Any]]:
    """Two rows: milliseconds a question, ours and plain, and how far both agree with an exact scan."""
    rng = np.random.default_rng(0)
    encoder, plainly = SentenceEncoder(), PlainEncoder(packaged_minilm())
    films = read_rows(FILMS)
    texts = item_texts([Item(r["id"], r["title"], r) for r in films], infer_roles(films))
    of_films = encoder.encode(list(texts), progress)
    drawn = of_films[rng.integers(0, len(of_films), ITEMS)]
    vectors = unit((drawn + NOISE * rng.normal(size=drawn.shape)).astype(np.float32))
    rows = [
        {"id": f"i{n}", "title": "", "year": int(y), "runtime": int(r)}
        for n, (y, r) in enumerate(
            zip(rng.integers(1920, 2026, ITEMS), rng.integers(60, 200, ITEMS), strict=True)
        )
    ]
    ids = [row["id"] for row in rows]
    columns = Columns(
        [Item(r["id"], "", r) for r in rows], Schema({"year": "number", "runtime": "number"})
    )
    mask = columns.allowed(LIMITS, ())

    def exact(query: np.ndarray[Any, Any]) -> set[str]:
        return {ids[i] for i in np.argsort(-np.where(mask, vectors @ query, -np.inf))[:NEAREST]}

    with tempfile.TemporaryDirectory() as folder:
        index = ChromaIndex(Path(folder) / "ours", "bench")
        index.put(ids, vectors, ["h"] * ITEMS)
        index.arrange(ids)  # rows of the mask, as when a catalogue is opened
        index.search(vectors[:1], NEAREST, mask)  # what is read once is read
        collection = _collection(Path(folder) / "plain", rows, vectors)
        nearest(collection, plainly.encode(["warm"]), NEAREST, WHERE)
        whole: list[tuple[float, float]] = []
        alone: list[tuple[float, float]] = []
        shared_ours, shared_plain = [], []
        for done in range(1, QUERIES + 1):
            if progress:
                progress("searching", done, QUERIES)
            text = f"{SAID[done % len(SAID)]}, the {done}th time"
            begun = time.perf_counter()
            query = encoder.encode([text])
            embedded = time.perf_counter()
            [found] = index.search(query, NEAREST, columns.allowed(LIMITS, ()))
            ended = time.perf_counter()
            asked = plainly.encode([text])
            theirs_embedded = time.perf_counter()
            theirs = nearest(collection, asked, NEAREST, WHERE)
            theirs_ended = time.perf_counter()
            whole.append((ended - begun, theirs_ended - ended))
            alone.append((ended - embedded, theirs_ended - theirs_embedded))
            shared_ours.append(len({id for id, _ in found} & exact(query[0])) / NEAREST)
            shared_plain.append(len(set(theirs) & exact(asked[0])) / NEAREST)
        index.close()
    told = (
        f"recall@{NEAREST} against an exact scan: ours {np.mean(shared_ours):.3f}, plain "
        f"{np.mean(shared_plain):.3f}"
    )
    what = f"the {NEAREST} nearest of {ITEMS:,} under two limits"
    return [
        _row(f"a question embedded, {what}", whole, told),
        _row(f"{what}, without the embedding", alone, told),
    ]


def _row(what: str, both: list[tuple[float, float]], tolerance: str) -> dict[str, Any]:
    ratios = [plain / ours for ours, plain in both]
    return {
        "what": what,
        "ours": round(1000 * median(ours for ours, _ in both), 2),
        "plain": round(1000 * median(plain for _, plain in both), 2),
        "ratio": round(median(ratios), 2),
        "unit": "ms",
        "spread": [round(min(ratios), 2), round(max(ratios), 2)],
        "tolerance": tolerance,
    }


def _collection(folder: Path, rows: list[dict[str, Any]], vectors: np.ndarray[Any, Any]) -> Any:
    """The same in a collection of Chroma's."""
    client = chromadb.PersistentClient(str(folder))
    collection = client.create_collection(
        "plain", embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
    )
    for start in range(0, len(rows), 5000):
        part = slice(start, start + 5000)
        collection.add(
            ids=[r["id"] for r in rows[part]],
            embeddings=vectors[part],
            metadatas=[{k: r[k] for k in ("year", "runtime")} for r in rows[part]],
        )
    return collection
