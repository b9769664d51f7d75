"""How much the visitors behind samples may say for an item: one vote each, and no sudden crowd.

Visitors who want an item pushed can make many conversations, or be many. So a visitor speaks for an item
once, in whatever number of conversations; and those who speak for it may not be more than `growth` times
as many as were to be expected by its share of what the live release learned from or, for what that
release hardly knows, as many as items have on average. Whoever is over that number is left out for
this item, those first who spoke for nothing else that others speak for. An item that people really come to
like gets there in two or three releases.

A vote is an item that was taken or named in the talk. A visitor is a pseudonym, or a dialogue where the samples
do not say whose it is.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from finetune.samples import Sample

LEAST = 3
"""Visitors that may speak for any item."""
CROWD = 90
"""Where nothing was learned yet: the percentile of visitors an item that `growth` is times of."""


@dataclass(frozen=True)
class Voted:
    """What is left to learn from, and how much was left out."""

    samples: list[Sample]
    repeated: int
    """Votes of a visitor for the same item in another conversation."""
    beyond: int
    """Votes beyond what an item may grow by."""
    items: dict[str, int]
    """The items that these were for."""


def weigh(samples: Sequence[Sample], expected: Mapping[str, float] | None, growth: float) -> Voted:
    """Leave out votes beyond one a visitor and beyond the growth of an item. `expected` is what share of
    all votes each item had before, None where nothing was learned before. Deterministic."""
    home: dict[tuple[str, str], str] = {}
    voters: dict[str, set[str]] = defaultdict(set)
    repeated: set[tuple[str, str]] = set()
    for sample in samples:
        for item in votes_of(sample):
            whose = visitor_of(sample)
            voters[item].add(whose)
            if home.setdefault((whose, item), sample.group) != sample.group:
                repeated.add((sample.group, item))
    allowed = bounds({item: len(who) for item, who in voters.items()}, expected, growth)
    spoken: dict[str, set[str]] = defaultdict(set)
    for item, who in voters.items():
        for visitor in who:
            spoken[visitor].add(item)
    beyond: set[tuple[str, str]] = set()
    held_back: Counter[str] = Counter()
    for item, who in voters.items():
        order = sorted(who, key=lambda v: (-_agreement(v, item, spoken, voters), _draw(item, v)))
        for visitor in order[allowed[item] :]:
            beyond.add((visitor, item))
            held_back[item] += 1
    kept = [_without(s, repeated, beyond) for s in samples]
    return Voted([s for s in kept if s.labels or s.negatives or s.mentioned], len(repeated), len(beyond), dict(held_back))  # fmt: skip


def bounds(
    votes: Mapping[str, int], expected: Mapping[str, float] | None, growth: float
) -> dict[str, int]:
    """The most visitors that may speak for each item.

    >>> bounds({"a": 50, "b": 2}, {"a": 0.5, "b": 0.5}, 3.0)
    {'a': 78, 'b': 78}
    >>> bounds({"a": 50, "b": 2, "c": 2}, {"b": 1.0}, 3.0)["a"]
    18
    """
    counts, whole = [*votes.values()], sum(votes.values())
    if not counts:
        return {}
    if expected is None:
        return dict.fromkeys(votes, int(growth * max(LEAST, float(np.percentile(counts, CROWD)))))
    usual = max(LEAST, whole / len(counts))
    return {item: int(max(usual, growth * expected.get(item, 0.0) * whole)) for item in votes}


def votes_of(sample: Sample) -> tuple[str, ...]:
    """The items that a sample speaks for."""
    return tuple(dict.fromkeys((*sample.mentioned, *sample.labels)))


def visitor_of(sample: Sample) -> str:
    """Whose sample it is."""
    return sample.visitor or sample.group


def _agreement(
    visitor: str, item: str, spoken: Mapping[str, set[str]], voters: Mapping[str, set[str]]
) -> int:
    """For how many other items, which others speak for too, a visitor spoke."""
    return sum(other != item and len(voters[other]) > 1 for other in spoken[visitor])


def _draw(item: str, visitor: str) -> bytes:
    return hashlib.blake2b(f"{item}\x1f{visitor}".encode(), digest_size=16).digest()


def _without(
    sample: Sample, repeated: set[tuple[str, str]], beyond: set[tuple[str, str]]
) -> Sample:
    whose, group = visitor_of(sample), sample.group
    out = {i for i in votes_of(sample) if (group, i) in repeated or (whose, i) in beyond}
    if not out:
        return sample
    return sample.model_copy(
        update={
            "labels": tuple(i for i in sample.labels if i not in out),
            "positives": tuple(p for p in sample.positives if p.id not in out),
            "mentioned": tuple(i for i in sample.mentioned if i not in out),
        }
    )
