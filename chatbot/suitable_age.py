"""From which age something is: a limit that holds where a catalogue says ages at all."""

from collections.abc import Sequence
from dataclasses import replace
from weakref import WeakKeyDictionary

from chatbot.lexicon import CATEGORY_FACETS, Lexicon
from chatbot.limits import Limit

MOST_KINDS = 100
"""So many kinds without ages are named in a limit; in a catalogue with more, ages count for all."""
_known: WeakKeyDictionary[Lexicon, dict[str, tuple[tuple[str, str], ...]]] = WeakKeyDictionary()


def with_ageless_kinds(limits: Sequence[Limit], lexicon: Lexicon) -> list[Limit]:
    """Limits of age with the kinds that they do not apply to, since no item of these has one: "a backpack
    for my 8 year old", where only toys and games say from which age they are."""
    ages = lexicon.schema.measuring("age")
    return [
        replace(x, unless=(*x.unless, *_ageless(x.facet, lexicon)))
        if x.facet in ages and x.op in ("<", "<=")
        else x
        for x in limits
    ]


def _ageless(field: str, lexicon: Lexicon) -> tuple[tuple[str, str], ...]:
    known = _known.setdefault(lexicon, {})
    if field not in known:
        kinds = [f for f in lexicon.schema.facets if f.casefold() in CATEGORY_FACETS][:1]
        said: dict[tuple[str, str], bool] = {}
        for item in lexicon.items.values():
            has_age = item.number(field) is not None
            for pair in ((f, v) for f in kinds for v in item.values(f)):
                said[pair] = said.get(pair, False) or has_age
        without = tuple(pair for pair, has_age in said.items() if not has_age)
        known[field] = without if len(without) <= MOST_KINDS else ()
    return known[field]
