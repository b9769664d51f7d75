"""What `evaluate` found, for a terminal of some hundred columns."""

from collections.abc import Mapping, Sequence
from typing import Any

from finetune.metrics import CUTS
from finetune.stages import FUSION

RECALL = {f"recall@{cut}": f"R@{cut}" for cut in CUTS}
RANKED = {"mrr@10": "MRR@10", "ndcg@10": "NDCG@10"}
WORTH = {
    "intra_list_distance": "mean distance (1 - cosine) of two items of a list",
    "coverage": "of the catalogue is shown at least once",
    "entropy": "bits of exposure entropy",
    "gini": "Gini coefficient of exposure; 0 is even",
    "simpson": "chance that two shown places hold the same item",
    "novelty": "bits of novelty, -log2 of a shown item's share of all choices",
}


def table(found: Mapping[str, Any]) -> str:
    """The figures as text: rows with 95 % intervals, differences, lists, and what is left out."""
    labels, rows = found["labels"], found["rows"]
    blocks = [_head(found)]
    for part in ("new", "all"):
        what = f"{part} ({labels[part]:,} labels)"
        blocks.append(_block(what, {name: row[part] for name, row in rows.items()}, RECALL))
    blocks.append(
        _block(
            "top ten",
            {
                name: {f"{m} {part}": row[part][m] for part in ("new", "all") for m in RANKED}
                for name, row in rows.items()
            },
            {f"{m} {part}": f"{RANKED[m]} {part}" for part in ("new", "all") for m in RANKED},
        )
    )
    ahead = {name: row["new"] for name, row in found["differences"].items()}
    said = "How much higher ours is than each floor, on new labels:"
    blocks.append(f"{said}\n{_block('ours over', ahead, RECALL, signed=True)}")
    if "stages" in found:
        blocks += _stages(found["stages"])
    blocks += [_lists(found["lists"]), *_rules(found)]
    if found["absent"]:
        blocks.append(
            "\n".join(f"Left out, {name}: {why}." for name, why in found["absent"].items())
        )
    return "\n\n".join(blocks)


def _head(found: Mapping[str, Any]) -> str:
    said = [
        f"{found['samples']:,} samples; labels: {found['labels']['all']:,}, new: {found['labels']['new']:,}. "
        "In brackets 95 % intervals over dialogues."
    ]
    if found["unknown_labels"]:
        said.append(
            f"{found['unknown_labels']:,} labels are not in the catalogue: misses in every row."
        )
    links = found["linker"]
    if links["by"] == "own":
        said.append(
            f"Our linker found {links['own']:,} named items, the file has {links['gold']:,}; {links['both']:,} are "
            f"the same. {links['labels_removed']:,} labels that are new count as missed because it took them for named."
        )
    return "\n".join(said)


def _stages(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    steps = {row["stage"]: row["difference"] for row in rows if "over" in row}
    best = next((row["over"] for row in rows if row["stage"] == FUSION and "over" in row), "")
    said = f"What they add on new labels: an arm to popularity, fusion to {best}, a stage to the one before:"
    return [
        _block("stage (new)", {row["stage"]: row["new"] for row in rows}, RECALL),
        f"{said}\n{_block('adds', steps, RECALL, signed=True)}",
    ]


def _rules(found: Mapping[str, Any]) -> list[str]:
    effects = found.get("owner_rules", {}).get("recall@10", {})
    said = [
        f"The owner's rules change recall@10 ({part}) by {effect['value']:+.4f} "
        f"[{effect['low']:+.4f}, {effect['high']:+.4f}]."
        for part, effect in reversed(effects.items())
    ]
    return ["\n".join(said)] if said else []


def _lists(lists: Mapping[str, Any]) -> str:
    lines = [f"{lists['lists']:,} lists as shown, {lists['shown']:,} places"]
    for name, what in WORTH.items():
        if lists[name] is not None:
            value = f"{lists[name]:.1%}" if name == "coverage" else f"{lists[name]:.4g}"
            lines.append(f"{value:>10}  {what}")
    return "\n".join(lines)


def _block(
    head: str,
    rows: Mapping[str, Mapping[str, Any]],
    columns: Mapping[str, str],
    signed: bool = False,
) -> str:
    wide = max(12, len(head), *(len(name) for name in rows)) if rows else len(head)
    cell = 18 if signed else 16
    lines = [f"{head:<{wide}}" + "".join(f" {title:<{cell}}" for title in columns.values())]
    for name, values in rows.items():
        cells = (_cell(values[column], signed) for column in columns)
        lines.append(f"{name:<{wide}}" + "".join(f" {c:<{cell}}" for c in cells))
    return "\n".join(line.rstrip() for line in lines)


def _cell(figure: Mapping[str, float], signed: bool) -> str:
    low, high = _short(figure["low"]), _short(figure["high"])
    return f"{_short(figure['value'], signed)} [{low} {high}]"


def _short(number: float, signed: bool = False) -> str:
    """Three places, without the 0 in front."""
    return f"{number:{'+' if signed else ''}.3f}".replace("0.", ".", 1)
