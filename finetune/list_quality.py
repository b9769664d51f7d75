"""What the lists that are shown are like, whatever was asked for: variety, spread, novelty.

Of the lists of all samples: `N` items in the catalogue, `p` an item's share of all places shown, 0 for
those that are never shown. Coverage, entropy, Gini and Simpson depend on how many lists there are,
so they compare runs over the same samples only.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.float64]
"""How often each item of the catalogue was shown, shape `(items,)`."""


def exposures(lists: Sequence[Sequence[int]], items: int) -> Counts:
    """How often each of the `items` rows stands in the lists, which are rows."""
    rows = np.array([row for shown in lists for row in shown], dtype=np.intp)
    return np.bincount(rows, minlength=items).astype(np.float64)


def coverage(counts: Counts) -> float:
    """The share of the catalogue that is shown at least once, in [0, 1]; higher reaches further.

    Catalogue coverage of Ge, Delgado-Battenfeld & Jannach 2010 (RecSys).
    """
    return float((counts > 0).mean())


def entropy(counts: Counts) -> float:
    """The entropy of exposure, -sum p log2 p, in bits, from 0 (one item takes every place) to log2 N.

    Shannon 1948; as a measure of sales diversity, Szlávik, Kowalczyk & Schut 2011 (ICWSM).
    """
    p = _shares(counts)
    p = p[p > 0]
    return float(-(p * np.log2(p)).sum()) + 0.0


def gini(counts: Counts) -> float:
    """How unequal exposure is: 0 if all items of the catalogue share it alike, 1 if one has it all.

    sum (2j - N - 1) p_j / (N - 1) over the items in rising order of p: Shani & Gunawardana 2011
    (Evaluating Recommendation Systems, section 3.3); a catalogue of one item has 0.
    """
    p, n = np.sort(_shares(counts)), len(counts)
    return float(((2 * np.arange(1, n + 1) - n - 1) * p).sum() / max(n - 1, 1))


def simpson(counts: Counts) -> float:
    """The chance that two places, drawn with replacement, show the same item: sum p^2, from 1/N to 1;
    lower is more even. Simpson 1949 (Nature 163), there with the sample's correction.
    """
    return float((_shares(counts) ** 2).sum())


def intra_list_distance(lists: Sequence[NDArray[np.float32]]) -> float | None:
    """How unlike the items of one list are: 1 - cosine, the mean over the pairs of a list, then over
    the lists of two or more; in [0, 2]. None where there is no such list.

    Each list is the unit vectors of its items, shape `(shown, dimensions)`. Zhang & Hurley 2008
    (RecSys); one minus the similarity of Ziegler et al. 2005 (WWW).
    """
    means = []
    for vectors in lists:
        above = np.triu_indices(len(vectors), 1)
        if len(above[0]):
            exact = vectors.astype(np.float64)
            means.append(float(1 - (exact @ exact.T)[above].mean()))
    return float(np.mean(means)) if means else None


def novelty(lists: Sequence[Sequence[int]], popularity: NDArray[np.float64]) -> float | None:
    """How little known what is shown is: -log2 of an item's share of all choices, in bits, the mean
    over all places shown. None where nothing was ever chosen, or nothing is shown.

    An item that nobody chose counts as the rarest that somebody did. Self-information of Zhou et al.
    2010 (PNAS 107); popularity-based novelty of Vargas & Castells 2011 (RecSys).
    """
    rows = [row for shown in lists for row in shown]
    chosen = popularity[popularity > 0]
    if not rows or not len(chosen):
        return None
    shares = np.maximum(popularity, chosen.min()) / chosen.sum()
    return float(-np.log2(shares[rows]).mean()) + 0.0


def _shares(counts: Counts) -> Counts:
    return counts / max(float(counts.sum()), 1.0)
