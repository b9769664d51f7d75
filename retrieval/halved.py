"""Vectors in half the bits, to tell quickly which of many may be among the nearest.

A copy in bfloat16 takes half the reading, and reading is what a comparison of all takes time for.
What it gets wrong has a bound, so that the few that may be among the nearest can be compared
exactly afterwards and nothing is missed. A home of torch.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.precision import fastest_dtype

ROUNDED = 2.0**-8
"""What a unit vector's number is changed by at the most when a cosine is rounded to bfloat16, and its
sum in float32 besides; twice the unit roundoff of bfloat16."""
STEP = 65_536  # vectors whose rounding is measured at a time


class Halved:
    """Unit vectors, shape `(items, dimensions)`, rounded to bfloat16."""

    def __init__(self, vectors: NDArray[np.float32]) -> None:
        import torch  # noqa: PLC0415

        self._rounded = torch.from_numpy(vectors).to(torch.bfloat16)
        self._most = 0.0
        for start in range(0, len(vectors), STEP):
            part = slice(start, start + STEP)
            away = vectors[part] - self._rounded[part].float().numpy()
            self._most = max(self._most, float(np.linalg.norm(away, axis=1).max()))

    def similarities(
        self, queries: NDArray[np.float32], rows: NDArray[np.intp] | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        """Cosines, shape `(queries, rows)`, of all if None, and for each query how far any of them may be
        off, shape `(queries,)`: by Cauchy and Schwarz, the lengths of what rounding changed."""
        import torch  # noqa: PLC0415

        asked = torch.from_numpy(np.ascontiguousarray(queries))
        rounded = asked.to(torch.bfloat16)
        # A product with one column alone takes another way, half as quick.
        columns: Any = rounded if len(rounded) > 1 else rounded.repeat(2, 1)
        among = self._rounded if rows is None else self._rounded[torch.from_numpy(rows)]
        found = torch.mm(among, columns.T)[:, : len(queries)]
        away = torch.linalg.norm(asked - rounded.float(), dim=1).double().numpy()
        long = torch.linalg.norm(asked, dim=1).double().numpy()
        off = self._most * long + away * (1 + self._most) + ROUNDED * np.maximum(long, 1)
        return np.ascontiguousarray(found.float().numpy().T), off


def is_half_quicker() -> bool:
    """Whether this processor multiplies bfloat16 natively, found out by trying once."""
    return str(fastest_dtype()) == "torch.bfloat16"
