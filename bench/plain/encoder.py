"""Vectors of texts and nearest items under two limits, as sentence-transformers and Chroma are used for it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer

BATCH = 32


class PlainEncoder:
    """The model as the library loads it."""

    def __init__(self, folder: Path) -> None:
        self._model = SentenceTransformer(str(folder))

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of unit length, in batches of texts that are alike in length, as the library makes them."""
        found: NDArray[np.float32] = self._model.encode(
            list(texts), batch_size=BATCH, normalize_embeddings=True
        )
        return found


def nearest(
    collection: Any, asked: NDArray[np.float32], n: int, where: dict[str, Any]
) -> list[str]:
    """The ids nearest to a vector, shape `(1, dimensions)`, under limits on metadata."""
    ids: list[str] = collection.query(query_embeddings=asked, n_results=n, where=where)["ids"][0]
    return ids
