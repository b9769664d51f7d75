"""Bounds on a set of samples: no visitor and no item may make up more than a share of it.

A bound is the largest whole number that is no more than its share of what is *left* once it is kept to,
and never less than one: of 40 samples a visitor may have one, for half a percent of 40 is none. What is
over it is dropped by a hash of the seed and the sample's id, so that the same set loses the same.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from finetune.samples import Sample

Item = tuple[str, str]
"""A catalogue and an id in it."""


@dataclass
class Capped:
    """What is left, the bounds that hold for it, and what was dropped for them."""

    samples: list[Sample]
    most_of_visitor: int = 0
    most_of_item: int = 0
    visitors: Counter[str] = field(default_factory=Counter)
    """Samples dropped of each visitor."""
    items: Counter[Item] = field(default_factory=Counter)
    """Positives dropped of each item."""
    emptied: int = 0
    """Samples that had nothing left without them."""


def cap(samples: Sequence[Sample], visitor: float, item: float, seed: int) -> Capped:
    """Keep every visitor to the share `visitor` of the samples and every item to the share `item` of
    the positives, each at least to one."""
    found = Capped(list(samples))
    before = -1
    while before != _size(found.samples):  # each bound may lower what the other is a share of
        before = _size(found.samples)
        _cap_visitors(found, visitor, seed)
        _cap_items(found, item, seed)
    return found


def bound(counts: Iterable[int], share: float) -> int:
    """The most that one may have: the largest number of at least one that is within the share of
    what is left of all of them.

    >>> bound([50, 30, 20], 0.4), bound([1, 1, 9], 0.25), bound([7, 3], 1.0)
    (33, 1, 7)
    """
    counts = list(counts)
    most = max(counts, default=0)
    while True:
        within = max(1, int(share * sum(min(n, most) for n in counts) + 1e-9))
        if within >= most:
            return most
        most = within


def _size(samples: Sequence[Sample]) -> int:
    return len(samples) + sum(len(sample.labels) for sample in samples)


def _draw(seed: int, *names: str) -> bytes:
    return hashlib.blake2b("\x1f".join((str(seed), *names)).encode(), digest_size=16).digest()


def _cap_visitors(found: Capped, share: float, seed: int) -> None:
    of: dict[str, list[str]] = defaultdict(list)
    for sample in found.samples:
        of[sample.visitor].append(sample.id)
    found.most_of_visitor = bound(map(len, of.values()), share)
    over: set[str] = set()
    for visitor, ids in of.items():
        dropped = sorted(ids, key=lambda id: _draw(seed, id))[found.most_of_visitor :]
        over |= set(dropped)
        found.visitors[visitor] += len(dropped)
    found.samples = [sample for sample in found.samples if sample.id not in over]


def _cap_items(found: Capped, share: float, seed: int) -> None:
    of: dict[Item, list[str]] = defaultdict(list)
    for sample in found.samples:
        for label in sample.labels:
            of[sample.catalogue, label].append(sample.id)
    found.most_of_item = bound(map(len, of.values()), share)
    over: dict[str, set[str]] = defaultdict(set)
    for item, ids in of.items():
        dropped = sorted(ids, key=lambda id: _draw(seed, id, *item))[found.most_of_item :]
        found.items[item] += len(dropped)
        for id in dropped:
            over[id].add(item[1])
    kept = [_without(sample, over[sample.id]) if sample.id in over else sample for sample in found.samples]  # fmt: skip
    found.samples = [sample for sample in kept if sample.labels or sample.negatives]
    found.emptied += len(kept) - len(found.samples)


def _without(sample: Sample, items: set[str]) -> Sample:
    return sample.model_copy(
        update={
            "labels": tuple(label for label in sample.labels if label not in items),
            "positives": tuple(p for p in sample.positives if p.id not in items),
        }
    )
