"""What to look for: wishes with their strengths, seeds, limits, and what must not be shown again."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from retrieval.constraints import Constraint

PLAIN_WISH, PLAIN_SEED = 0.8, 0.7
"""Strengths from which a wish, and the strongest of the seeds, count in full."""


@dataclass(frozen=True)
class Wish:
    """A word of a facet that is wanted or, at low strength, not wanted. Strength in (0, 1].

    Wishes with the same `group` come from the same words of the visitor; meeting one of them
    meets most of the group.
    """

    facet: str
    value: str
    strength: float = 1.0
    group: str = ""


@dataclass(frozen=True)
class Query:
    """What to look for, independent of how it came to be known."""

    text: str = ""
    talk: str = ""
    """All that was said so far, where that is more than `text`: what past conversations are compared
    with. In a live turn the profile is all there is, and this is empty."""
    wishes: tuple[Wish, ...] = ()
    unwanted: tuple[Wish, ...] = ()
    guesses: tuple[Wish, ...] = ()
    """Wishes that nobody stated. They only put in order what was found for other reasons."""
    seeds: Mapping[str, float] = field(default_factory=dict)
    against: frozenset[str] = frozenset()
    """Items that were not liked: what is liked together with them is brought up less."""
    constraints: tuple[Constraint, ...] = ()
    hidden: frozenset[str] = frozenset()
    moment: Mapping[str, str] = field(default_factory=dict)
    """When and where it is asked, as the site says ("device": "phone"); see `moments.py`."""


def pull_of(seeds: Mapping[str, float]) -> float:
    """How much the seeds count, in (0, 1]: in full, unless all of them were made weak."""
    return min(1.0, max(seeds.values(), default=1.0) / PLAIN_SEED)
