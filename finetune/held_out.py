"""Which conversations are learned from, and which measure: split by visitor, the same in every run.

By a hash of the visitor and of nothing else, so that no release, whenever it was made, has learned from
what the next one is measured on, and both are measured on the same.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from finetune.samples import Sample


@dataclass(frozen=True)
class Split:
    """Samples to learn from and samples to measure with."""

    learned: list[Sample]
    held: list[Sample]


def split(samples: Sequence[Sample], share: float) -> Split:
    """Keep the visitors apart whose hash falls into the first `share` of all hashes."""
    found = Split([], [])
    for sample in samples:
        (found.held if is_held_out(sample, share) else found.learned).append(sample)
    return found


def is_held_out(sample: Sample, share: float) -> bool:
    """Whether a sample is of a visitor (or a dialogue, where no visitor is known) who is kept apart."""
    whose = sample.visitor or sample.group
    digest = hashlib.blake2b(f"held out\x1f{whose}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") < share * 2**64
