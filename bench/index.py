"""`tastemaker bench index`: embedding and storing a catalogue, ours against the plain loop.

The plain way is what a careful user writes: `SentenceTransformer.encode` of a batch, `collection.add`
of a batch, until all is done. Both read the same texts, of our films or of a file that is given; alternately, a part of them each
time, so that what else the machine does touches both.
"""

import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import chromadb
import numpy as np
from sentence_transformers import SentenceTransformer

from retrieval.catalogue import Catalogue, read_rows, write_catalogue
from retrieval.chroma_index import ChromaIndex
from retrieval.encoder import Progress
from retrieval.item import item_text
from retrieval.sentence_encoder import SentenceEncoder, packaged_minilm
from retrieval.vectors import fill

FILMS = Path(__file__).parent.parent / "data" / "films.jsonl"
PARTS, ITEMS, BATCH = 5, 300, 32  # rounds, items in each, texts in a batch of the plain way


def run(progress: Progress | None = None, file: Path = FILMS) -> list[dict[str, Any]]:
    """One row: items a second, ours and plain, and the least cosine of both vectors of an item."""
    rows = read_rows(file)
    np.random.default_rng(0).shuffle(rows)  # type: ignore[arg-type]
    encoder = SentenceEncoder()
    encoder.encode(["warm"] * 64)
    model = SentenceTransformer(str(packaged_minilm()))
    model.encode(["warm"] * 64)
    ours, plain, agree = [], [], []
    for part in range(PARTS):
        if progress:
            progress("indexing both ways", part, PARTS)
        some = rows[part * ITEMS : (part + 1) * ITEMS]
        with tempfile.TemporaryDirectory() as folder:
            write_catalogue(Path(folder) / "c", some)
            catalogue = Catalogue(Path(folder) / "c")
            texts = [item_text(item, catalogue.schema) for item in catalogue.items.values()]
            index = ChromaIndex(Path(folder) / "ours", encoder.name)
            client = chromadb.PersistentClient(str(Path(folder) / "plain"))
            collection = client.create_collection(
                "plain", embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
            )
            start = time.perf_counter()
            fill(index, catalogue, encoder)
            ours.append(len(texts) / (time.perf_counter() - start))
            ids = list(catalogue.items)
            start = time.perf_counter()
            for at in range(0, len(texts), BATCH):
                batch = slice(at, at + BATCH)
                collection.add(ids=ids[batch], embeddings=model.encode(texts[batch]))
            plain.append(len(texts) / (time.perf_counter() - start))
            theirs = np.asarray(
                collection.get(ids=ids, include=["embeddings"])["embeddings"], dtype=np.float32
            )
            order = {id: n for n, id in enumerate(collection.get(ids=ids)["ids"])}
            theirs = theirs[[order[id] for id in ids]]
            theirs /= np.linalg.norm(theirs, axis=1, keepdims=True)
            agree.append(float((index.vectors(ids) * theirs).sum(axis=1).min()))
            index.close()
    ratios = [a / b for a, b in zip(ours, plain, strict=True)]
    return [
        {
            "what": f"embedding and storing {ITEMS} items of {file.name}, {PARTS} times",
            "ours": round(median(ours), 1),
            "plain": round(median(plain), 1),
            "ratio": round(median(ratios), 2),
            "unit": "items/s",
            "spread": [round(min(ratios), 2), round(max(ratios), 2)],
            "tolerance": f"least cosine of the two vectors of an item {min(agree):.4f}",
        }
    ]
