"""From text to vectors. The Protocol, and its light deterministic twin."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


class Encoder(Protocol):
    """Turns texts into unit vectors whose dot product says how close they are in meaning."""

    name: str
    """What is stored beside vectors, so that no other encoder's vectors are mixed with them."""

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Vectors of shape `(len(texts), dimensions)`, each of length 1."""
        ...


class HashingEncoder:
    """Words and pairs of words hashed into a fixed number of places: no meaning, no model.

    The twin of a sentence encoder, for tests and for machines without weights (feature hashing,
    Weinberger et al. 2009).
    """

    name = "hashing-512"

    def __init__(self) -> None:
        from sklearn.feature_extraction.text import HashingVectorizer  # noqa: PLC0415

        self._vectorizer = HashingVectorizer(
            n_features=512, ngram_range=(1, 2), stop_words="english", norm=None
        )

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """See `Encoder.encode`. A text without words points nowhere in particular, not at zero."""
        if not texts:
            return np.empty((0, 512), dtype=np.float32)
        vectors: Vectors = self._vectorizer.transform(texts).toarray().astype(np.float32)
        if progress:
            progress("encoding", len(texts), len(texts))
        return unit(vectors)


def unit(vectors: Vectors) -> Vectors:
    """Each row scaled to length 1; a row of zeros, or one with NaN or Inf, becomes uniform."""
    vectors = np.where(np.isfinite(vectors).all(axis=1, keepdims=True), vectors, 0.0)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    flat = np.full(vectors.shape[1], vectors.shape[1] ** -0.5)
    scaled = np.where(lengths > 0, vectors / np.maximum(lengths, 1e-12), flat)
    return scaled.astype(np.float32)


def batches(items: Sequence[str], size: int) -> Iterable[Sequence[str]]:
    """`items` in runs of `size`."""
    return (items[start : start + size] for start in range(0, len(items), size))
