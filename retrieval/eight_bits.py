"""Weights stored in a byte each: every row of a matrix by its own step, all else as it is.

A matrix (rows, columns) is stored as int8 under its name and float32 steps (rows, 1) under the name
with STEPS behind it; number = int8 * step. The largest of a row is 127 steps, so what is read again is
off by half a step at most: 0.4 % of the largest weight of its row.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

STEPS = ".steps"
MOST = 127  # steps from 0 to the largest of a row
LEAST_ROWS = 64  # a matrix of fewer is small, and may be what decides: it stays in bfloat16


def in_eight_bits(state: Mapping[str, "torch.Tensor"]) -> dict[str, "torch.Tensor"]:
    """What to store of a model: matrices in int8 with their steps, everything else in bfloat16."""
    import torch  # noqa: PLC0415

    found: dict[str, torch.Tensor] = {}
    for name, value in state.items():
        if value.dim() != 2 or value.shape[0] < LEAST_ROWS:
            found[name] = value.to(torch.bfloat16).contiguous()
            continue
        exact = value.float()
        largest = exact.abs().amax(1, keepdim=True)
        steps = torch.where(largest > 0, largest / MOST, 1.0)
        found[name] = (exact / steps).round().to(torch.int8).contiguous()
        found[name + STEPS] = steps
    return found


def in_full(stored: Mapping[str, "torch.Tensor"]) -> dict[str, "torch.Tensor"]:
    """What was stored by `in_eight_bits`, as numbers again; what was stored otherwise stays as it
    is. Raises ValueError for bytes without steps, or steps without bytes."""
    import torch  # noqa: PLC0415

    found: dict[str, torch.Tensor] = {}
    for name, value in stored.items():
        if name.endswith(STEPS):
            if name.removesuffix(STEPS) not in stored:
                raise ValueError(f"{name!r} are the steps of no weights.")
        elif value.dtype != torch.int8:
            found[name] = value
        elif name + STEPS in stored:
            found[name] = value.float() * stored[name + STEPS]
        else:
            raise ValueError(f"{name!r} is stored in eight bits, and its steps are missing.")
    return found
