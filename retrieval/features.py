"""What every item of a catalogue looks like under a query: one number an arm, as the blend reads them.

Numbers are on scales that mean the same in every catalogue (cosines, logarithms of counts and of
ratios, shares), so that weights learned on one can be tried on another.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retrieval.query import Query
from retrieval.stop_words import STOP_WORDS
from retrieval.text import tokens

if TYPE_CHECKING:
    from retrieval.find import Retriever
    from retrieval.learned import Learned

SAID = 1000  # items that full text search brings a number for
FEATURES: Mapping[str, str] = {
    "popular": "log(1 + popularity)",
    "popular, nothing named": "the same, where the visitor named no item; else 0",
    "suggested": "log(1 + conversations in which people suggested it)",
    "talked": "log of how much likelier it is named along with the seeds, added up, over sqrt(seeds)",
    "talked, share": "log of the mean probability to be named along with a seed",
    "talked, last": "the first of these for the latest seed alone",
    "liked together": "log(1 + 50 x strength of being liked together with the seeds)",
    "near": "cosine to the mean of the seeds",
    "near, last": "cosine to the latest seed",
    "alike": "shared words of facets with the seeds, each by idf, over sqrt(its own words)",
    "people": "log(1 + shared people with the seeds, each by idf)",
    "wished": "how far it meets the wishes, 0 to 1",
    "meant": "cosine of what was said to the item's text",
    "asked alike": "log of how much of what is like this talk it was suggested after",
    "asked, typical": "cosine of this talk to the mean of those it was suggested in, all centred",
    "worded": "log(1 + BM25 of what was said), 0 beyond the best 1,000",
}
"""Each feature with what it is. Their order is that of the columns."""
LEAST_SHARE = 1e-5  # a probability that counts as none, so that its logarithm is finite


def features(
    query: Query, retriever: "Retriever", learned: "Learned | None" = None
) -> NDArray[np.float32]:
    """The features of every row, shape `(items, len(FEATURES))`; see `features_by_name`."""
    found = features_by_name(query, retriever, learned)
    return table_of(found, np.arange(len(retriever.columns.ids)))


def table_of(
    found: Mapping[str, NDArray[np.float64]], rows: NDArray[np.intp]
) -> NDArray[np.float32]:
    """Features by their names as a table of some rows, shape `(rows, len(FEATURES))`."""
    table = np.zeros((len(rows), len(FEATURES)), dtype=np.float32)
    for column, name in enumerate(FEATURES):
        if name in found:
            table[:, column] = found[name][rows]
    return table


def features_by_name(
    query: Query, retriever: "Retriever", learned: "Learned | None" = None
) -> dict[str, NDArray[np.float64]]:
    """The features that this query has, each of shape `(items,)`; those that are 0 for all are left out.

    `learned` stands for what the retriever knows of conversations: in training, without the one that is
    being predicted.
    """
    learned = learned or retriever.learned
    found: dict[str, NDArray[np.float64]] = {}
    asked: dict[str, NDArray[np.float32]] = {}
    seeds = {id: w for id, w in query.seeds.items() if id in retriever.columns.row}
    rows = [retriever.columns.row[id] for id in seeds]
    popular = np.log1p(np.maximum(retriever.popularity, 0))
    found["popular"] = popular
    if not seeds:
        found["popular, nothing named"] = popular
    talked = learned.talked
    if talked is not None:
        found["suggested"] = np.log1p(talked.suggested.astype(np.float64))
    if seeds:
        asked["near"] = retriever.centre(seeds)
        asked["near, last"] = retriever.index.vectors([retriever.columns.ids[rows[-1]]])[0]
        found |= _alike(seeds, retriever)
    if seeds and talked is not None:
        lifts, shares = talked.lifts(rows)
        weights = np.array(list(seeds.values()))
        found["talked"] = weights @ lifts / np.sqrt(len(rows))
        found["talked, share"] = np.log(shares.mean(axis=0) + LEAST_SHARE) - np.log(LEAST_SHARE)
        found["talked, last"] = lifts[-1]
    if seeds and retriever.colikes is not None:
        strengths = retriever.colikes.scores(seeds, query.against) / len(seeds)
        found["liked together"] = np.log1p(50 * np.maximum(strengths, 0))
    if query.wishes:
        found["wished"] = retriever.met(query.wishes)
    if query.text.strip():
        said = [query.text]
        if learned.asked is not None and query.talk:
            said.append(query.talk)
        vectors = retriever.encoder.encode(said)
        asked["meant"] = vectors[0]
        found["worded"] = _worded(query.text, retriever)
        if learned.asked is not None:
            found["asked alike"] = learned.asked.alike(vectors[-1])
            found["asked, typical"] = learned.asked.typical(vectors[-1])
    if asked:  # all in one pass over the vectors, whose reading is what takes time
        cosines = retriever.index.cosines(np.stack([*asked.values()]))
        found |= dict(zip(asked, cosines, strict=True))
    return found


def _alike(seeds: Mapping[str, float], retriever: "Retriever") -> dict[str, NDArray[np.float64]]:
    """Nearness to the seeds by words of facets and by people."""
    schema, weights = retriever.catalogue.schema, dict(seeds)
    alike = retriever.shared(weights, schema.named("facet"), power=1) / sum(seeds.values())
    people = retriever.shared(weights, schema.named("person"), power=1)
    words = np.maximum(retriever.words_of_facets, 1)
    return {"alike": alike / np.sqrt(words), "people": np.log1p(people)}


def _worded(text: str, retriever: "Retriever") -> NDArray[np.float64]:
    """Nearness to the words by full text."""
    words = [t.folded for t in tokens(text) if t.folded not in STOP_WORDS]
    worded = np.zeros(len(retriever.columns.ids))
    rows, scores = retriever.catalogue.matching(words, SAID)
    worded[rows] = np.log1p(scores)
    return worded
