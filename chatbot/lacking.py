"""Values that say what an item does not have: "gluten free", "no-oven", "non-fiction"."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from chatbot.profile import Preference
from retrieval.constraints import TEXT
from retrieval.text import fold

if TYPE_CHECKING:
    from chatbot.reading import Reading

BEFORE = frozenset(["no", "non", "not", "without", "zero"])
BEHIND = frozenset(["free"])


def lacks(value: str, phrase: str) -> bool:
    """Whether a value has a phrase only to say that there is none of it; both folded and in the singular.

    >>> lacks("gluten free", "gluten"), lacks("no oven", "oven"), lacks("war violence", "war")
    (True, True, False)
    """
    before, _, behind = f" {value} ".partition(f" {phrase} ")
    return before.split()[-1:] in ([w] for w in BEFORE) or behind.split()[:1] in (
        [w] for w in BEHIND
    )


def spared(avoids: Sequence[Preference], reading: "Reading") -> list[Preference]:
    """Exclusions with what they do not apply to: what was excepted in the same words ("no Marvel except
    Guardians"), and, of words that may stand anywhere, values that say there is none of it."""
    out = {a.key for a in avoids}
    excepted = [x for x in dict.fromkeys(reading.unless) if (x[0], fold(x[1])) not in out]
    found = []
    for entry in avoids:
        lacking = reading.lexicon.lacking(entry.value) if entry.facet == TEXT else []
        unless = (*excepted, *((s.facet, s.value) for s in lacking))
        found.append(replace(entry, unless=unless) if unless else entry)
    return found
