"""From interactions to likes: how surely each user likes each item, in (0, 1].

* **Rating**: the latest one counts. It is a like, of 1, if it is not below the user's own mean, which is
  drawn to the mean of all ratings as if by `PRIOR` further ratings there: so somebody who gives 3 to
  everything likes nothing, and somebody who gives 5 to everything likes it all. Below, it is no like.
* **Event**: what it is worth (`signals.EVENTS`). Several together are 1 - (1 - a)(1 - b)..., as
  independent signs of the same thing; what speaks against (a return, a dislike) is taken off.
* **Count**: so many times `signals.ONCE`, put together in the same way.
* **Given**, without a value: a like of 1.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from retrieval.interaction_store import Kept
from retrieval.signals import BOUGHT, COUNT, LIKED, ONCE, RATING

PRIOR = 5.0  # ratings at the mean of all that every user is taken to have given besides
LEAST = 1e-6  # of a like; at less, what speaks for an item and what speaks against it are even
Meant = Literal["colike", "cobuy", "coview"]


@dataclass(frozen=True)
class Likes:
    """Who likes what, each pair once: users by their numbers, rows of the catalogue, strengths in (0, 1], and
    the time of the latest sign. `users` is how many users there are, `meant` is what may be said of every one of these people: that they
    liked it, bought it, or took an interest."""

    user: NDArray[np.int64]
    row: NDArray[np.int64]
    strength: NDArray[np.float64]
    time: NDArray[np.int64]
    users: int
    meant: Meant


def likes_of(kept: Kept, row_of: dict[str, int]) -> Likes:
    """The likes among items that `row_of` has (id -> row of the catalogue)."""
    last = max(kept.items, default=0)
    rows = np.full(last + 1, -1, dtype=np.int64)
    for number, id in kept.items.items():
        rows[number] = row_of.get(id, -1)
    ratings = np.isin(kept.what, [n for n, w in enumerate(kept.names) if w == RATING])
    counts = np.isin(kept.what, [n for n, w in enumerate(kept.names) if w == COUNT])
    sign = np.where(counts, 1 - (1 - ONCE) ** kept.value, kept.value)
    sign[ratings] = _liked(kept, ratings)
    known = rows[kept.item] >= 0 if len(kept.item) else np.zeros(0, dtype=np.bool_)
    pair = kept.user * (last + 1) + kept.item
    use = known & ~(ratings & ~_latest(kept, pair, ratings))
    pairs, at = np.unique(pair[use], return_inverse=True)
    sign, time = sign[use], kept.time[use]
    # log(1 - a) adds up where (1 - a) multiplies; a sure sign is all but 1, so that it stays finite
    doubt = np.bincount(at, np.log1p(-np.clip(sign, 0, 1 - 1e-9)), minlength=len(pairs))
    strength = -np.expm1(doubt) + np.bincount(at, np.minimum(sign, 0), minlength=len(pairs))
    strength = strength.round(6)
    latest = np.full(len(pairs), np.iinfo(np.int64).min)
    np.maximum.at(latest, at, time)
    good = strength >= LEAST
    user = pairs[good] // (last + 1)
    speaks = {kept.names[n] for n in np.unique(kept.what[use][sign > 0])}
    meant: Meant = "colike" if speaks <= LIKED else "cobuy" if speaks <= BOUGHT else "coview"
    row = rows[pairs[good] % (last + 1)]
    return Likes(
        user, row, np.minimum(strength[good], 1), latest[good], len(np.unique(user)), meant
    )


def _liked(kept: Kept, ratings: NDArray[np.bool_]) -> NDArray[np.float64]:
    """1 for each rating that is not below its user's own mean, else 0. The mean is over all of a
    user's ratings, of items that the catalogue lacks too: they say as much about the user."""
    user, value = kept.user[ratings], kept.value[ratings]
    if not len(user):
        return value
    _, user = np.unique(user, return_inverse=True)
    mean = (np.bincount(user, value) + PRIOR * value.mean()) / (np.bincount(user) + PRIOR)
    liked: NDArray[np.float64] = (value >= mean[user] - 1e-9).astype(np.float64)
    return liked


def _latest(kept: Kept, pair: NDArray[np.int64], ratings: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which ratings are the latest of their user for their item."""
    found = np.zeros(len(pair), dtype=np.bool_)
    at = np.flatnonzero(ratings)
    order = at[np.lexsort((kept.time[at], pair[at]))]
    last = np.ones(len(order), dtype=np.bool_)
    last[:-1] = pair[order][1:] != pair[order][:-1]
    found[order[last]] = True
    return found
