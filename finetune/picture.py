"""Recall at every cut as a picture: ours and the floors, with their intervals. The home of matplotlib.

Colours are those of Okabe & Ito (2008), told apart by readers with any colour vision; every row has a
mark and a line of its own besides, so that it can be read in grey.
"""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from finetune.metrics import CUTS
from finetune.rankings import RULED
from retrieval.whole_file import write_whole

ENDINGS = (".png", ".svg")
STYLES = {
    "ours": ("#000000", "o", "-"),
    RULED: ("#56B4E9", "P", "--"),
    "fusion": ("#0072B2", "s", "--"),
    "cooccurrence": ("#D55E00", "D", "-."),
    "bm25": ("#009E73", "^", ":"),
    "popularity": ("#E69F00", "v", (0, (3, 1, 1, 1))),
    "repeat": ("#CC79A7", "X", (0, (5, 2))),
}
"""Colour, mark and line of each row, the topmost last drawn."""
TITLES = {"new": "new: not named before (the headline)", "all": "all: named before or not"}
APART = 1.05
"""The factor on the axis of cuts by which rows stand apart, so that their intervals can be seen."""


def draw(path: Path, figures: dict[str, Any], about: str) -> None:
    """Draw the rows of `figures` (see `evaluate.measure`) into a PNG or SVG file, the same bytes for the
    same figures. `about` is what was measured. Raises TastemakerError where it cannot be written."""
    import matplotlib  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    kind = path.suffix.removeprefix(".")
    setting: Any = {"svg.hashsalt": "tastemaker", "font.size": 10, "font.family": "DejaVu Sans"}
    with matplotlib.rc_context(setting):
        picture = Figure(figsize=(11, 5.2), layout="constrained")
        panels = picture.subplots(1, 2, sharey=True)
        for panel, (part, title) in zip(panels, TITLES.items(), strict=True):
            _panel(panel, figures["rows"], part)
            panel.set_title(f"{title}, {figures['labels'][part]:,} labels", fontsize=10)
        panels[0].set_ylabel("recall: share of labels within the cut")
        order = sorted(
            figures["rows"], key=lambda row: -figures["rows"][row]["new"]["recall@50"]["value"]
        )
        handles = {
            row: handle for handle, row in zip(*panels[0].get_legend_handles_labels(), strict=True)
        }
        panels[0].legend(
            [handles[row] for row in order],
            order,
            frameon=False,
            loc="upper left",
            handlelength=3.2,
        )
        picture.suptitle(
            f"{about}: recall with 95 % intervals over dialogues, {figures['samples']:,} samples",
            fontsize=11,
        )
        metadata = {"Date": None} if kind == "svg" else {"Software": None}

        drawn = io.BytesIO()
        picture.savefig(drawn, format=kind, dpi=144, metadata=metadata)
    write_whole(path, drawn.getvalue())


def _panel(panel: Any, rows: dict[str, Any], part: str) -> None:
    drawn = [row for row in STYLES if row in rows]
    for n, row in reversed(list(enumerate(drawn))):
        colour, mark, line = STYLES[row]
        found = [rows[row][part][f"recall@{cut}"] for cut in CUTS]
        value, low, high = ([f[key] for f in found] for key in ("value", "low", "high"))
        at = [cut * APART ** (n - (len(drawn) - 1) / 2) for cut in CUTS]
        spread = [
            [max(v - x, 0) for v, x in zip(value, low, strict=True)],
            [max(x - v, 0) for v, x in zip(value, high, strict=True)],
        ]
        first = row == "ours"
        panel.errorbar(
            at, value, yerr=spread, label=row, color=colour, marker=mark, linestyle=line,
            linewidth=2.2 if first else 1.3, markersize=6 if first else 5, elinewidth=1, capsize=2,
        )  # fmt: skip
    panel.set_xscale("log")
    panel.set_xticks(CUTS, [str(cut) for cut in CUTS])
    panel.minorticks_off()
    panel.set_xlabel("cut: places looked at")
    panel.set_ylim(
        bottom=-0.02 * max(row[p]["recall@50"]["high"] for row in rows.values() for p in TITLES)
    )
    panel.grid(axis="y", color="#dddddd", linewidth=0.7)
    panel.set_axisbelow(True)
    for side in ("top", "right"):
        panel.spines[side].set_visible(False)


def draw_training(path: Path, history: Sequence[Mapping[str, float]]) -> None:
    """Draw a training run into a PNG: loss, and recalls on dialogues kept apart, by epoch."""
    from matplotlib.figure import Figure  # noqa: PLC0415

    picture = Figure(figsize=(9, 4), layout="constrained")
    left, right = picture.subplots(1, 2)
    epochs = [row["epoch"] for row in history]
    learned = [row for row in history if "loss" in row]
    left.plot(
        [row["epoch"] for row in learned],
        [row["loss"] for row in learned],
        color="#000000",
        marker="o",
    )
    left.set(xlabel="epoch", ylabel="loss, mean of the epoch")
    names = [key for key in history[0] if key.startswith("recall")]
    for name, (colour, mark, line) in zip(names, STYLES.values(), strict=False):
        values = [row[name] for row in history]
        right.plot(epochs, values, color=colour, marker=mark, linestyle=line, label=name)
    right.set(xlabel="epoch", ylabel="recall on dialogues kept apart", ylim=(0, None))
    right.legend(frameon=False)
    for panel in (left, right):
        panel.set_xticks(epochs)
    drawn = io.BytesIO()
    picture.savefig(drawn, format="png", dpi=144, metadata={"Software": None})
    write_whole(path, drawn.getvalue())
