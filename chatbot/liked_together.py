"""What people did with an item and with another that the visitor named or liked: counts, for reasons."""

from collections.abc import Sequence
from typing import get_args

from chatbot.guesses import SIGNIFICANT, log_likelihood_ratio
from retrieval.find import Retriever
from retrieval.item import Item
from retrieval.likes import Meant

TOGETHER: tuple[str, ...] = get_args(Meant)
LEAST_PEOPLE = 5
"""People that must like two items before anything is said of it: fewer could be told apart."""


def often_with(
    item: Item, others: Sequence[str], retriever: Retriever
) -> list[tuple[Meant, float, str]]:
    """The one of `others` that goes with the item the least by chance: what people did, how many, its id.

    Empty where fewer than `LEAST_PEOPLE` do, or no more than chance makes likely (log-likelihood
    ratio, as for guesses): that is what "often" claims.
    """
    colikes = retriever.colikes
    if colikes is None or item.id not in colikes.row:
        return []
    share = int(colikes.people[colikes.row[item.id]]) / max(colikes.users, 1)
    counts = {id: colikes.together(item.id, id) for id in others if id in colikes.row}
    surprise = {
        id: log_likelihood_ratio(n, int(colikes.people[colikes.row[id]]), share)
        for id, n in counts.items()
        if n >= LEAST_PEOPLE
    }
    best = max(surprise, key=lambda id: (surprise[id], id), default="")
    if not best or surprise[best] < SIGNIFICANT:
        return []
    return [(colikes.meant, float(counts[best]), best)]
