"""What this machine computes with: which number format is fastest, found out by trying; on how many cores."""

import time
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

SIDE = 768  # of the square matrices multiplied; large enough that arithmetic outweighs overhead


@cache
def fastest_dtype(device: str = "cpu") -> "torch.dtype":
    """bfloat16 where a matrix product is at least 1.5 times faster in it, float32 elsewhere."""
    import torch  # noqa: PLC0415

    if device.startswith("cuda"):
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    if device != "cpu":
        return torch.float32
    faster = _seconds(torch.bfloat16) * 1.5 < _seconds(torch.float32)
    return torch.bfloat16 if faster else torch.float32


def mixed_precision(device: str = "cpu") -> "torch.autocast":
    """The context to train in: products in bfloat16 where that is fastest (`fastest_dtype`), else as they
    are; a processor that has to imitate bfloat16 takes ten times as long."""
    import torch  # noqa: PLC0415

    enabled = fastest_dtype(device) is torch.bfloat16
    return torch.autocast(device, dtype=torch.bfloat16, enabled=enabled)


def _seconds(dtype: "torch.dtype") -> float:
    import torch  # noqa: PLC0415

    matrix = torch.ones(SIDE, SIDE, dtype=dtype)
    best = float("inf")
    for _ in range(5):
        start = time.perf_counter()
        torch.mm(matrix, matrix)
        best = min(best, time.perf_counter() - start)
    return best


def has_gpu() -> bool:
    """Whether torch has a GPU to compute on."""
    import torch  # noqa: PLC0415

    return torch.cuda.is_available()


def on_one_core() -> None:
    """Let this process compute on one core from now on: for one of several that share the machine. Of
    numpy's library of linear algebra that is what is loaded by now; its threads wait by spinning."""
    import torch  # noqa: PLC0415
    from threadpoolctl import threadpool_limits  # noqa: PLC0415

    torch.set_num_threads(1)
    threadpool_limits(1)
