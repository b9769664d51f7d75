"""Which question to ask, if any: the one whose answer is expected to tell the most.

Expected information gain over the facets of what could still be shown: the entropy of the answer,
since an answer that is known in advance tells nothing, and one that splits evenly tells most.
"""

import math
from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from chatbot.conversation import Option, Question
from chatbot.lexicon import WARNING_FACETS
from chatbot.settings import DialogueSettings
from retrieval.constraints import Columns
from retrieval.item import Schema

_ASKED = {
    "genres": "What kind are you in the mood for",
    "tags": "What should it be about, or feel like",
    "countries": "Where should it come from",
    "categories": "What kind of thing is it",
    "category": "What kind of thing is it",
}
LEAST_SHARE = 0.03  # of what is left; an answer that fits fewer is not offered
MOST_SHARE = 0.9


def best_question(
    left: NDArray[np.bool_],
    columns: Columns,
    schema: Schema,
    asked: Collection[str],
    settings: DialogueSettings,
) -> Question | None:
    """The question over a facet not asked about yet that tells most, or None if none tells enough.

    `left` is a mask over rows: what could still be shown.
    """
    facets = (f for f in schema.named("facet") if f not in asked and f not in WARNING_FACETS)
    found = (_question(facet, left, columns, settings) for facet in facets)
    worth = [q for q in found if q and q.expected_bits >= settings.least_bits]
    return max(worth, key=lambda q: q.expected_bits, default=None)


def _question(
    facet: str, left: NDArray[np.bool_], columns: Columns, settings: DialogueSettings
) -> Question | None:
    total = int(left.sum())
    rows = columns.vocabulary(facet, left)
    usual = [(v, r) for v, r in rows.items() if LEAST_SHARE <= len(r) / total <= MOST_SHARE]
    offered = sorted(usual, key=lambda pair: (-len(pair[1]), pair[0]))[: settings.options]
    if len(offered) < 2:
        return None
    text = _ASKED.get(facet, f"Any preference for {facet.replace('_', ' ')}")
    bits = _entropy([r for _, r in offered], len(left), total)
    return Question(facet, f"{text}?", tuple(Option(v, len(r)) for v, r in offered), round(bits, 3))


def _entropy(answers: Sequence[NDArray[np.intp]], rows: int, total: int) -> float:
    """Entropy (bits) of the answer if the wanted item is any that is left; "other" is one too.

    An item that several answers fit is wanted for each of them equally often.
    """
    fitting = np.zeros(rows)
    for found in answers:
        fitting[found] += 1
    shares = [float((1 / fitting[found]).sum()) / total for found in answers]
    shares.append(1 - sum(shares))
    return -sum(p * math.log2(p) for p in shares if p > 0)
