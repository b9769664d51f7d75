"""A low-rank delta of a network's matrices: what training changed, small enough to ship.

The file is safetensors; the matrices A (rank, in) and B (out, rank) of each layer that was trained are
called as the network calls that layer. What is added is B A times alpha / rank (Hu et al. 2021).
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from retrieval.errors import ModelUnavailable

WEIGHTS, SETTINGS = "delta.safetensors", "delta.json"
MOST_NORM = 50.0
"""Of one matrix of the file (Frobenius); trained ones stay below ten."""


def delta_name(folder: Path) -> str:
    """What tells a delta from every other: the beginning of its hash. Raises ModelUnavailable."""
    try:
        return hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()[:8]
    except OSError as error:
        raise ModelUnavailable(
            f"There is no encoder delta in {folder}: {error}. `tastemaker finetune encoder` makes one; "
            "the setting encoder.delta names its folder."
        ) from error


def add_delta(network: Any, folder: Path) -> None:
    """Add the delta in `folder` to a network's weights, in place. Raises ModelUnavailable for files that
    do not fit the network, or whose numbers are no numbers or too large."""
    import torch  # noqa: PLC0415
    from safetensors import SafetensorError  # noqa: PLC0415
    from safetensors.torch import load_file  # noqa: PLC0415

    try:
        state = load_file(folder / WEIGHTS)
        settings = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
        scale = float(settings["alpha"]) / float(settings["rank"])
        layers = sorted({name.rpartition(".")[0] for name in state})
        modules = dict(network.named_modules())
        for layer in layers:
            down, up = (state[f"{layer}.{part}"].float() for part in ("A", "B"))
            weight = modules[layer].weight
            added = scale * (up @ down)
            if added.shape != weight.shape:
                raise ValueError(f"{layer} is of another shape")
            if not (torch.isfinite(added).all() and float(added.norm()) <= MOST_NORM):
                raise ValueError(f"the numbers of {layer} are too large, or no numbers")
            with torch.no_grad():
                weight += added.to(weight.dtype)
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
        raise ModelUnavailable(
            f"The encoder delta in {folder} cannot be used: {error}. Make it anew with "
            "`tastemaker finetune encoder`, or clear the setting encoder.delta."
        ) from error
