"""`finetune auto`: whether there is enough to learn from, and what is told of what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from finetune.releases import Release
from finetune.samples import Sample

NAME = "log"
"""What the samples of a release that learned from the log by itself are called."""


@dataclass(frozen=True)
class Outcome:
    """What came of a run: one line, and the rest of it as a page of Markdown."""

    what: Literal["waits", "promoted", "refused"]
    line: str
    page: str = ""


def last_learned(releases: Sequence[Release]) -> str:
    """When the latest turn was said that a release has learned from; empty where none has."""
    return max((r.record.samples.last for r in releases), default="")


def fresh(samples: Sequence[Sample], since: str) -> int:
    """How many of the samples are of later lists than `since`."""
    return sum(sample.time > since for sample in samples)


def waits(catalogue: str, new: int, least: int, since: str) -> Outcome:
    """There is too little to learn from."""
    when = f"since {since[:16]}" if since else "so far"
    return Outcome(
        "waits", f"{catalogue}: waits; {new} new samples {when}, of {least} that are needed."
    )


def ended(
    release: Release, objections: Sequence[str], new: int, told: Sequence[str], card: str
) -> Outcome:
    """A release was made; the gate let it through, or not. `told` says what the samples were."""
    name, catalogue = release.record.id, release.record.catalogue
    gain = (release.metrics or {}).get("gain")
    better = f"{gain['value']:+.4f} [{gain['low']:+.4f}, {gain['high']:+.4f}]" if gain else "not measured"  # fmt: skip
    what: Literal["promoted", "refused"] = "refused" if objections else "promoted"
    why = f" {objections[0]}" if objections else ""
    line = f"{catalogue}: {what} {name}, {better} on held-out conversations, {new} new samples.{why}"  # fmt: skip
    reasons = [f"* {each}" for each in objections] or ["* Nothing stood against it."]
    page = [f"# {line}", "", *reasons, "", "## The samples", "", *told, "", card]
    return Outcome(what, line, "\n".join(page))
