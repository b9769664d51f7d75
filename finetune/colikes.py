"""Which way of finding what is liked together is best: the last like of every user, from those before.

Every way makes the same thing, `NEIGHBOURS` neighbours of each item with strengths, and is asked in the
same way: the strengths from the seeds added up, over all items that the user has not had to do with.
For each user with two likes or more, everything from the last like on is taken out of what is learned
from. Seeds are the last one or three likes before it, as in a conversation, or all of them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from finetune.metrics import bootstrap, gains, summarise
from retrieval.colike import NEIGHBOURS, SHRINK, fit
from retrieval.encoder import Progress
from retrieval.errors import InteractionsError
from retrieval.interaction_store import Kept
from retrieval.interactions import Fault, Interaction
from retrieval.likes import Likes, likes_of

Matrix = NDArray[np.float32]
SEEDS: Mapping[str, int] = {"one": 1, "three": 3, "all": 1_000_000}
MOST_ITEMS = 12_000  # compared item by item in memory: 600 MB a table
SEED = 0


@dataclass(frozen=True)
class Split:
    """What is learned from, and for each user left over: seeds in order of time, what the user had to
    do with before, and the item to be found."""

    items: int
    likes: Likes
    users: NDArray[np.int64]
    seeds: list[NDArray[np.int64]]
    known: list[NDArray[np.int64]]
    wanted: NDArray[np.int64]


def keep(rows: Iterable[Interaction | Fault]) -> Kept:
    """Interactions in memory, in the form of those in a store; faults are left out."""
    users: dict[str, int] = {}
    items: dict[str, int] = {}
    names: dict[str, int] = {}
    events: dict[tuple[int, int, int, int], float] = {}
    for row in rows:
        if isinstance(row, Interaction):
            user = users.setdefault(row.user, len(users))
            item = items.setdefault(row.item, len(items))
            events[user, item, names.setdefault(row.what, len(names)), row.time] = row.value
    table = np.array(list(events), dtype=np.int64).reshape(-1, 4)
    values = np.array(list(events.values()), dtype=np.float64)
    known = {number: id for id, number in items.items()}
    return Kept(table[:, 0], table[:, 1], table[:, 3], values, table[:, 2], tuple(names), known)


def split(kept: Kept) -> Split:
    """Take the last like of every user, and all that came after it, out of `kept`.

    Raises InteractionsError where times are missing, or nobody likes two things.
    """
    row = {id: number for number, id in kept.items.items()}
    everything = likes_of(kept, row)
    last = np.full(kept.user.max(initial=0) + 1, np.iinfo(np.int64).min)
    wanted = np.full(len(last), -1)
    for at in np.lexsort((everything.row, everything.time)):
        last[everything.user[at]] = everything.time[at]
        wanted[everything.user[at]] = everything.row[at]
    early = kept.time < last[kept.user]
    columns = (c[early] for c in (kept.user, kept.item, kept.time, kept.value, kept.what))
    user, item, time, value, what = columns
    likes = likes_of(Kept(user, item, time, value, what, kept.names, kept.items), row)  # type: ignore[arg-type]
    order = np.lexsort((likes.row, likes.time))
    users = np.unique(likes.user)
    if not len(users):
        raise InteractionsError(
            "Nobody in this file likes two things, one after the other in time."
        )
    seeds = [likes.row[order][likes.user[order] == u] for u in users]
    known = [np.unique(item[user == u]) for u in users]
    return Split(len(row), likes, users, seeds, known, wanted[users])


def ways(split: Split, progress: Progress | None = None) -> dict[str, Callable[[], Matrix]]:
    """Every way, as what makes its table of strengths, shape `(items, items)`, row for seed.

    Settings of the others were swept beforehand on MovieLens, in favour of them (finetune/LOG.md).
    """
    import implicit.nearest_neighbours as near  # noqa: PLC0415
    from implicit.als import AlternatingLeastSquares  # noqa: PLC0415
    from implicit.bpr import BayesianPersonalizedRanking  # noqa: PLC0415
    from scipy.sparse import csr_matrix  # noqa: PLC0415
    from sklearn.decomposition import TruncatedSVD  # noqa: PLC0415

    likes, n = split.likes, split.items
    _, user = np.unique(likes.user, return_inverse=True)
    liked = csr_matrix(
        (likes.strength, (user, likes.row)), shape=(likes.users, n), dtype=np.float32
    )

    def ours() -> Matrix:
        made = fit([str(i) for i in range(n)], likes, progress=progress)
        table = np.zeros((n, n + 1), dtype=np.float32)
        np.put_along_axis(table, made.neighbours % (n + 1), made.strengths, axis=1)
        return table[:, :n]

    def cosine(weighted: Any, shrink: float = 0.0) -> Matrix:
        table: Matrix = (weighted.T @ weighted).toarray()
        size = np.sqrt(np.diag(table))
        return np.asarray(table / np.maximum(np.outer(size, size) + shrink, 1e-9), dtype=np.float32)

    def bm25() -> Matrix:
        weighted = near.bm25_weight(liked.T.tocsr(), K1=1.2, B=0.75)
        table: Matrix = (weighted @ weighted.T).toarray()
        return table

    def ease(penalty: float) -> Matrix:
        # Steck 2019: the inverse of the Gram matrix, each column over minus its diagonal
        gram = (liked.T @ liked).toarray()
        gram[np.diag_indices(n)] += penalty
        inverse = np.linalg.inv(gram)
        return np.asarray(-inverse / np.diag(inverse)[None, :], dtype=np.float32)

    def svd() -> Matrix:
        parts = (
            TruncatedSVD(min(32, n // 4), random_state=SEED)
            .fit(liked)
            .components_.T.astype(np.float32)
        )
        return np.asarray(parts @ parts.T)

    def als(*, folded: bool) -> Matrix:
        model = AlternatingLeastSquares(
            factors=64,
            regularization=0.1,
            alpha=10,
            iterations=15,
            num_threads=1,
            random_state=SEED,
        )
        model.fit(liked, show_progress=False)
        parts = model.item_factors
        if folded:  # what the seed alone would make of a visitor, up to a factor
            return np.asarray(parts @ np.linalg.inv(parts.T @ parts + 0.1 * np.eye(64)) @ parts.T)
        return _cosines(parts)

    def bpr() -> Matrix:
        model = BayesianPersonalizedRanking(
            factors=64, iterations=150, num_threads=1, random_state=SEED
        )
        model.fit(liked, show_progress=False)
        return _cosines(model.item_factors)

    return {
        "ours (cosine, 1/sqrt(n) a user, shrunk)": ours,
        "cosine": lambda: cosine(liked),
        "cosine, shrunk": lambda: cosine(liked, SHRINK),
        "cosine of tf-idf (implicit)": lambda: cosine(near.tfidf_weight(liked.T.tocsr()).T),
        "bm25 (implicit)": bm25,
        "EASE, 300": lambda: ease(300),
        "EASE, 1000": lambda: ease(1000),
        "SVD, 32 (scikit-learn)": svd,
        "ALS, 64, cosine (implicit)": lambda: als(folded=False),
        "ALS, 64, folded in (implicit)": lambda: als(folded=True),
        "BPR, 64, cosine (implicit)": bpr,
    }


def _cosines(parts: Matrix) -> Matrix:
    unit = parts / np.maximum(np.linalg.norm(parts, axis=1, keepdims=True), 1e-9)
    return np.asarray(unit @ unit.T)


def compare(
    rows: Iterable[Interaction | Fault], progress: Progress | None = None
) -> dict[str, Any]:
    """Every way's figures, and how much `ours` is ahead of it in recall@50, with intervals over users.

    Raises InteractionsError for too many items, and where the libraries to compare with are absent.
    """
    found = common(split(keep(rows)))
    if found.items > MOST_ITEMS:
        raise InteractionsError(
            f"{found.items:,} items are too many to compare all ways on; {MOST_ITEMS:,} will do: give a part of them."
        )
    try:
        made = ways(found)
    except ImportError as error:
        raise InteractionsError(f"To compare, `pip install implicit`: {error}.") from error
    popular = np.bincount(found.likes.row, minlength=found.items) / max(len(found.likes.row), 1)
    groups = [str(u) for u in found.users]
    ranks = {"popularity": dict.fromkeys(SEEDS, _ranks(found, None, 0, popular))}
    for done, (name, make) in enumerate(made.items()):
        if progress:
            progress("comparing", done, len(made))
        table = nearest(make())
        ranks[name] = {s: _ranks(found, table, most, popular) for s, most in SEEDS.items()}
    ours = ranks[next(iter(made))]
    return {
        "users": len(groups),
        "items": found.items,
        "likes": len(found.likes.row),
        "rows": {
            name: {
                seeds: {k: asdict(v) for k, v in summarise(list(r), groups).items()}
                | {"behind_ours": asdict(bootstrap(_hits(ours[seeds]) - _hits(r), groups))}
                for seeds, r in by_seeds.items()
            }
            for name, by_seeds in ranks.items()
        },
    }


def _hits(ranks: NDArray[np.float64]) -> NDArray[np.float64]:
    return gains(ranks)["recall@50"]


def common(split: Split) -> Split:
    """The same with those items alone that two users like: nothing is liked together with others. An
    item to be found that is not among them gets a number of its own, and is never found."""
    count = np.bincount(split.likes.row, minlength=split.items)
    number = np.where(count >= 2, np.cumsum(count >= 2) - 1, -1)
    use = number[split.likes.row] >= 0
    likes = split.likes
    kept = Likes(
        likes.user[use], number[likes.row[use]], likes.strength[use], likes.time[use],
        len(np.unique(likes.user[use])), likes.meant,
    )  # fmt: skip
    seeds, known = ([number[p][number[p] >= 0] for p in ps] for ps in (split.seeds, split.known))
    return Split(int((count >= 2).sum()), kept, split.users, seeds, known, number[split.wanted])


def nearest(table: Matrix) -> Matrix:
    """A table with all but the `NEIGHBOURS` greatest above 0 in each row set to 0, itself too."""
    table = np.array(table, dtype=np.float32)
    np.fill_diagonal(table, 0)
    if table.shape[1] > NEIGHBOURS:
        least = -np.partition(-table, NEIGHBOURS, axis=1)[:, NEIGHBOURS : NEIGHBOURS + 1]
        table[table <= least] = 0
    return np.maximum(table, 0)


def _ranks(
    split: Split, table: Matrix | None, most: int, popular: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The rank of each user's wanted item, from 1; what scores alike shares its places."""
    ranks = np.full(len(split.users), np.inf)
    for n, wanted in enumerate(split.wanted):
        if wanted < 0:
            continue
        scores = 1e-6 * popular  # decides between those of no score
        if table is not None:
            scores = scores + table[split.seeds[n][-most:]].sum(axis=0)
        scores[split.known[n]] = -1
        mine = scores[wanted]
        ranks[n] = 1 + (scores > mine).sum() + ((scores == mine).sum() - 1) / 2
    return ranks
