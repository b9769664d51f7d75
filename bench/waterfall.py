"""Pictures of times: where that of a turn goes, one bar a way; how it grows, one line a way."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from retrieval.whole_file import write_whole

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#E69F00", "#CC79A7", "#56B4E9", "#000000", "#999999")
LEAST = 0.02  # share of the longest bar below which a stage is not named in it


def draw(path: Path, stages: Mapping[str, Mapping[str, float]]) -> None:
    """Draw milliseconds by way and stage into a PNG."""
    from matplotlib.figure import Figure  # noqa: PLC0415

    names = list(dict.fromkeys(name for row in stages.values() for name in row))
    longest = max(sum(row.values()) for row in stages.values())
    picture = Figure(figsize=(11, 1.2 + 0.8 * len(stages)), layout="constrained")
    panel = picture.subplots()
    for place, row in enumerate(stages.values()):
        at = 0.0
        for name, took in row.items():
            colour = COLOURS[names.index(name) % len(COLOURS)]
            panel.barh(place, took, left=at, color=colour, edgecolor="white", label=name)
            if took > LEAST * longest:
                panel.text(
                    at + took / 2, place, f"{took:.0f}", ha="center", va="center", color="white"
                )
            at += took
        panel.text(at + 0.005 * longest, place, f"{at:.0f} ms", va="center")
    panel.set_yticks(range(len(stages)), list(stages))
    panel.invert_yaxis()
    panel.set_xlabel("milliseconds, the middle of every stage over turns with a list")
    panel.set_xlim(0, 1.08 * longest)
    handles = dict(zip(*reversed(panel.get_legend_handles_labels()), strict=True))
    panel.legend(handles.values(), handles.keys(), ncols=len(handles), frameon=False, fontsize=9)
    _write(path, picture)


def draw_lines(
    path: Path,
    places: Sequence[float],
    lines: Mapping[str, Sequence[float]],
    across: str,
    up: str,
    logarithmic: bool = False,
) -> None:
    """Draw values by place, a line a way, into a PNG; each panel has a scale of its own."""
    from matplotlib.figure import Figure  # noqa: PLC0415

    picture = Figure(figsize=(5 * len(lines), 3.2), layout="constrained")
    panels = picture.subplots(1, len(lines), squeeze=False)[0]
    for panel, colour, (name, values) in zip(panels, COLOURS, lines.items(), strict=False):
        panel.plot(places, values, marker="o", markersize=3, color=colour)
        panel.set_title(name, fontsize=10)
        panel.set_xlabel(across)
        panel.set_ylabel(up)
        panel.set_ylim(0, 1.15 * max(values))
        panel.grid(alpha=0.3)
        if logarithmic:
            panel.set_xscale("log")
    _write(path, picture)


def _write(path: Path, picture: Any) -> None:
    drawn = io.BytesIO()
    picture.savefig(drawn, format="png", dpi=120, metadata={"Software": None})
    write_whole(path, drawn.getvalue())
