"""The card of a release: what made it and what it was found to do, for people."""

from collections.abc import Sequence
from typing import Any

from retrieval.release import Record

WHAT = {
    "arms": "weights of the ways of finding, and counts of what is talked of together",
    "encoder": "a low-rank delta of the sentence encoder",
    "scorer": "an adapter of the language model that scores candidates",
}


def card_of(record: Record, parts: Sequence[str], metrics: dict[str, Any] | None) -> str:
    """The card as Markdown."""
    samples = record.samples
    lines = [
        f"# Release {record.id}",
        "",
        f"For the catalogue **{record.catalogue}** (hash `{record.catalogue_hash[:12]}`), made {record.made}"
        f"{f', after {record.parent}' if record.parent else ''}.",
        "",
        "| part | |",
        "|---|---|",
        *(f"| {part} | {WHAT[part]} |" for part in parts),
        "",
        f"Learned from {samples.learned:,} samples of `{samples.name}` (SHA-256 `{samples.sha256[:12]}`); {samples.held_out:,} "
        "of visitors kept apart were never learned from.",
        f"Left out so that nobody speaks twice and no crowd comes at once: {_counts(samples.robust)}.",
        f"Encoder `{record.encoder}`; code {record.code['tastemaker']} (`{record.code['sha256'][:12]}`); prompt "
        f"`{record.prompt_sha256[:12]}`; manifest "
        + (f"`{record.manifest_sha256[:12]}`." if record.manifest_sha256 else "none, the samples had none."),
        "",
    ]  # fmt: skip
    if metrics is None:
        return "\n".join([*lines, "It was not measured against what was live.", ""])
    word = "let it through" if metrics["passed"] else "refused it"
    lines += [
        f"The gate {word}, against {metrics['against'] or 'no release'}, on {metrics['samples']['held_out']:,} held-out samples.",
        "",
        "| | check | found |",
        "|---|---|---|",
        *(f"| {_sign(c['passed'])} | {c['name']} | {c['told']} |" for c in metrics["checks"]),
        "",
        "What it is good for: ranking and finding in this catalogue with this encoder. What it does not know: "
        "what visitors who did not agree said, and anything about items that nobody took.",
        "",
    ]
    return "\n".join(lines)


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{n:,} {what}" for what, n in counts.items()) or "nothing"


def _sign(passed: bool | None) -> str:
    return {True: "pass", False: "**fail**", None: "too few"}[passed]
