"""How far the owner's rules may move what a visitor is shown. Hidden items never come as far as here.

Three bounds, whatever a file says:

* a boost or a bury counts `STRONGEST` of a score at the most, a quarter of what meeting every wish
  counts, so that it decides between items that fit about as well;
* no item passes more than `MOST_PLACES` others by it, nor is passed by more;
* one pin a list, of the `REACH` times as many items that fit best, and only of what meets the stated
  wishes as fully as the weakest of that list and carries nothing that is wanted less.

What comes out is an order of items that were found for the visitor, before hard limits are
checked for the last time.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from retrieval.find import Candidate, Query, Retriever
from retrieval.rules_in_force import InForce, PinInForce

if TYPE_CHECKING:
    from retrieval.rank import Ranked

STRONGEST = 0.25
"""Added to the score for a boost by 1; the fused score is at most 1, meeting every wish adds 1."""
MOST_PLACES = 3
REACH = 6


def arranged(
    order: Sequence["Ranked"], n: int, query: Query, retriever: Retriever, rules: InForce
) -> list["Ranked"]:
    """The order in which a list of `n` is taken, with the owner's rules applied to it."""
    moved = lifted(order, rules)
    for pin in rules.pins:
        if (pinned := _best(pin, moved, n, query, retriever, rules)) is not None:
            return _placed(pinned, pin.place, moved)
    return moved


def lifted(order: Sequence["Ranked"], rules: InForce) -> list["Ranked"]:
    """The order after boosts and buries: neighbours change places while a rule makes up for the
    difference of their scores, and while neither has passed, or been passed by, `MOST_PLACES` others.

    Where no rule tells two items apart they keep their places, which variety may have given them.
    """
    if not rules.lifts:
        return list(order)
    added = [STRONGEST * rules.lifts.get(r.candidate.item.id, 0.0) for r in order]
    left = list(range(len(order)))
    passed, passed_by = [0] * len(order), [0] * len(order)
    again = True
    while again:
        again = False
        for at in range(1, len(left)):
            upper, lower = left[at - 1], left[at]
            gain = added[lower] - added[upper]
            if gain <= 0 or gain <= order[upper].score - order[lower].score:
                continue
            if passed[lower] >= MOST_PLACES or passed_by[upper] >= MOST_PLACES:
                continue
            left[at - 1], left[at] = lower, upper
            passed[lower] += 1
            passed_by[upper] += 1
            again = True
    return [
        order[i]._replace(
            score=order[i].score + added[i], parts={**order[i].parts, "owner": added[i]}
        )
        if added[i]
        else order[i]
        for i in left
    ]


def _best(
    pin: PinInForce,
    order: Sequence["Ranked"],
    n: int,
    query: Query,
    retriever: Retriever,
    rules: InForce,
) -> "Ranked | None":
    """The item that a pin puts up: the first of the order that is meant and fits as well as the list
    does without it; for who looks for nothing in particular, any that may be shown."""
    if not order:
        return None
    weakest = min(r.candidate.met for r in order[:n])
    for ranked in order[: REACH * n]:
        found = ranked.candidate
        if found.item.id in pin.ids and found.met >= weakest and not found.unwanted:
            return ranked
    if query.text or query.wishes or query.seeds:
        return None
    allowed = retriever.columns.allowed(query.constraints, query.hidden | rules.hidden)
    unwanted = retriever.carried(query.unwanted)
    for row, id in enumerate(retriever.columns.ids):
        if id in pin.ids and allowed[row] and not unwanted[row]:
            candidate = Candidate(retriever.catalogue.items[id], 0.0, 0.0)
            return order[0]._replace(candidate=candidate, score=0.0, parts={"fused": 0.0})
    return None


def _placed(pinned: "Ranked", place: int, order: Sequence["Ranked"]) -> list["Ranked"]:
    """The order with an item at a place, from 1, unless it stands there or higher on its own."""
    id = pinned.candidate.item.id
    others = [r for r in order if r.candidate.item.id != id]
    stands = next((n for n, r in enumerate(order) if r.candidate.item.id == id), len(order))
    at = min(place - 1, stands)
    marked = pinned._replace(parts={**pinned.parts, "pinned": float(place)})
    return [*others[:at], marked, *others[at:]]
