"""Items that claim more words of a facet than things of their catalogue have, so as to fit every wish.

What such an item claims counts for wishes as much less as it claims more. What is to be avoided, and every limit, holds
against all of it: a claim too many never lets an item through. Whom an item names (its cast) is counted in full.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from retrieval.item import Item

USUAL = 0.95  # of the items that have the facet have no more words of it than is usual
FEW, TIMES = 8, 2
"""Up to so many words, and up to so many times what is usual, nobody claims too much."""


def trust(items: Sequence[Item], facet: str) -> NDArray[np.float64] | None:
    """How much each item's words of a facet count, in (0, 1], shape `(items,)`; None where all count fully."""
    many = np.array([len(item.values(facet)) for item in items])
    if not many.any():
        return None
    most = max(FEW, TIMES * float(np.quantile(many[many > 0], USUAL)))
    if many.max() <= most:
        return None
    found: NDArray[np.float64] = np.minimum(1.0, most / np.maximum(many, 1))
    return found
