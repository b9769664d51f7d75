"""Surnames, and who makes things together under one: "the Coen brothers"."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from retrieval.item import Item
from retrieval.text import fold

KIN = ("brothers", "bros", "sisters", "siblings")
MOST_MAKERS = 3  # that one thing can have, where two of them are kin
LEAST = 2  # things that they made together
PARTICLES = frozenset(
    ["de", "da", "di", "del", "la", "le", "van", "von", "der", "den", "bin", "al", "ben"]
)


def surname(name: str) -> str:
    """The surname of a folded name with its particles; empty for a name of one word."""
    words = name.split()
    start = len(words) - 1
    while start > 1 and words[start - 1] in PARTICLES:
        start -= 1
    return " ".join(words[start:]) if len(words) > 1 else ""


def siblings(items: Iterable[Item], facet: str) -> Mapping[str, Sequence[str]]:
    """People of one facet by what they are called together, folded: those of one surname who stand side
    by side on several items, where few stand there."""
    together: Counter[tuple[str, ...]] = Counter()
    for item in items:
        names = item.values(facet)
        if len({n.rpartition(" ")[2] for n in names}) < len(names) <= MOST_MAKERS:
            for name, count in Counter(surname(fold(n)) for n in names).items():
                kin = sorted(n for n in names if surname(fold(n)) == name)
                together[tuple(kin)] += bool(name) and count > 1
    found = [kin for kin, count in together.items() if count >= LEAST]
    return {f"{surname(fold(kin[0]))} {word}": kin for kin in found for word in KIN}
