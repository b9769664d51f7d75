"""Linear layers for a few words at a time: weights packed once, in sixteen bits; sums stay in float32.

A product of a dozen rows with a large matrix takes its time from fetching the matrix and from bringing it
into the order that the processor wants. FBGEMM (Khudia et al. 2021) keeps it in that order, in half the
bytes: half the time here, where there are no products in bfloat16. What a weight is rounded by is 2^-11
of it at the most, an eighth of what bfloat16 does. A home of torch.
"""

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

MOST = 65_504.0  # the largest number in sixteen bits


def pack(network: "torch.nn.Module") -> bool:
    """Pack every linear layer inside a network, which can then be read with, on the processor and in
    float32, and no longer be trained. False, and nothing is done, where this torch or these weights do
    not allow it."""
    import torch  # noqa: PLC0415

    layers = [(n, m) for n, m in network.named_modules() if isinstance(m, torch.nn.Linear)]
    if torch.backends.quantized.engine not in ("x86", "fbgemm"):
        return False
    if any(float(layer.weight.detach().abs().max()) > MOST for _, layer in layers):
        return False
    for name, layer in layers:
        above, _, last = name.rpartition(".")
        setattr(network.get_submodule(above), last, _packed_linear()(layer))
    return True


@cache
def _packed_linear() -> Any:
    import torch  # noqa: PLC0415

    class PackedLinear(torch.nn.Module):
        """`torch.nn.Linear` for reading only: input and output in float32."""

        def __init__(self, layer: torch.nn.Linear) -> None:
            super().__init__()
            bias = None if layer.bias is None else layer.bias.detach().float()
            weight = layer.weight.detach().float()
            self.packed = torch.ops.quantized.linear_prepack_fp16(weight, bias)

        def forward(self, given: torch.Tensor) -> Any:
            return torch.ops.quantized.linear_dynamic_fp16(given, self.packed)

    return PackedLinear
