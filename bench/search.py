"""`tastemaker bench search`: nearest items under two limits, ours against Chroma's `where`.

The plain way is what a careful user writes: the limits as metadata, `collection.query(where=...)`. Both
search the same vectors, and both answers are compared with an exact scan.
"""

import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import chromadb
import numpy as np

from retrieval.chroma_index import ChromaIndex
from retrieval.constraints import Columns, Constraint
from retrieval.encoder import Progress, unit
from retrieval.item import Item, Schema

ITEMS, DIMENSIONS, QUERIES, NEAREST = 20_000, 384, 25, 100
LIMITS = (Constraint("year", ">", 1990), Constraint("runtime", "<", 120))
WHERE = {"$and": [{"year": {"$gt": 1990}}, {"runtime": {"$lt": 120}}]}


def run(progress: Progress | None = None) -> list[dict[str, Any]]:
    """One row: milliseconds a query, ours and plain, and how far both agree with an exact scan."""
    rng = np.random.default_rng(0)
    vectors = unit(rng.normal(size=(ITEMS, DIMENSIONS)).astype(np.float32))
    queries = unit(rng.normal(size=(QUERIES, DIMENSIONS)).astype(np.float32))
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
    with tempfile.TemporaryDirectory() as folder:
        ours_index = ChromaIndex(Path(folder) / "ours", "bench")
        ours_index.put(ids, vectors, ["h"] * ITEMS)
        client = chromadb.PersistentClient(str(Path(folder) / "plain"))
        collection = client.create_collection(
            "plain", embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )
        for start in range(0, ITEMS, 5000):
            part = slice(start, start + 5000)
            collection.add(
                ids=ids[part],
                embeddings=vectors[part],
                metadatas=[{k: r[k] for k in ("year", "runtime")} for r in rows[part]],
            )
        ours, plain, shared_ours, shared_plain = [], [], [], []
        for done, query in enumerate(queries, 1):
            if progress:
                progress("searching", done, QUERIES)
            mask = columns.allowed(LIMITS, ())
            exact = np.argsort(-np.where(mask, vectors @ query, -np.inf))[:NEAREST]
            wanted = {ids[i] for i in exact}
            start_time = time.perf_counter()
            allowed = frozenset(np.array(ids, dtype=object)[columns.allowed(LIMITS, ())])
            [nearest] = ours_index.search(query[None, :], NEAREST, allowed)
            found = {id for id, _ in nearest}
            ours.append(1000 * (time.perf_counter() - start_time))
            start_time = time.perf_counter()
            answer = collection.query(
                query_embeddings=query[None, :], n_results=NEAREST, where=WHERE
            )
            plain.append(1000 * (time.perf_counter() - start_time))
            shared_ours.append(len(found & wanted) / NEAREST)
            shared_plain.append(len(set(answer["ids"][0]) & wanted) / NEAREST)
        ours_index.close()
    return [
        {
            "what": f"{NEAREST} nearest of {ITEMS:,} under two limits",
            "ours": round(median(ours), 2),
            "plain": round(median(plain), 2),
            "ratio": round(median(plain) / median(ours), 2),
            "unit": "ms",
            "spread": [
                round(min(ours), 2),
                round(max(ours), 2),
                round(min(plain), 2),
                round(max(plain), 2),
            ],
            "tolerance": f"recall against an exact scan: ours {np.mean(shared_ours):.3f}, plain {np.mean(shared_plain):.3f}",
        }
    ]
