"""Layers of MiniLM packed for reading a few words: weights in sixteen bits, sums in float32.

A product of a dozen rows with a large matrix takes its time from fetching the matrix and from bringing it
into the order that the processor wants. FBGEMM (Khudia et al. 2021) keeps it in that order, in half the
bytes: half the time here, where there are no products in bfloat16. What a weight is rounded by is 2^-11
of it at the most, an eighth of what bfloat16 does. A home of torch.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import torch

MOST = 65_504.0  # the largest number in sixteen bits
EPSILON = 1e-12  # of a norm, as in the file


class _Layer(NamedTuple):
    """Packed weights, and the numbers of norms: weight and bias."""

    seen: Any
    """Query, key and value, one below the other."""
    met: Any
    met_norm: tuple["torch.Tensor", "torch.Tensor"]
    inner: Any
    out: Any
    out_norm: tuple["torch.Tensor", "torch.Tensor"]


def can_pack(network: "torch.nn.Module") -> bool:
    """Whether this torch can, and no weight is too large for it."""
    import torch  # noqa: PLC0415

    if torch.backends.quantized.engine not in ("x86", "fbgemm"):
        return False
    return all(float(p.detach().abs().max()) <= MOST for p in network.parameters())


class PackedLayers:
    """Layers as in `retrieval.minilm`, on the processor, without gradients: hidden states in float32."""

    def __init__(self, layers: Sequence[Mapping[str, Any]], heads: int) -> None:
        self.heads = heads
        self._layers = [_packed(layer) for layer in layers]

    def through(self, hidden: "torch.Tensor", seen: "torch.Tensor | None") -> "torch.Tensor":
        """What they make of what those below them made, shape `(texts, pieces, width)`; `seen` says which
        pieces each one sees."""
        import torch  # noqa: PLC0415
        from torch.nn.functional import gelu, scaled_dot_product_attention  # noqa: PLC0415

        linear = torch.ops.quantized.linear_dynamic_fp16.default
        texts, pieces, width = hidden.shape
        for layer in self._layers:
            heads = linear(hidden, layer.seen).view(texts, pieces, 3, self.heads, -1)
            query, key, value = heads.permute(2, 0, 3, 1, 4).unbind()
            met = scaled_dot_product_attention(query, key, value, attn_mask=seen)
            met = linear(met.transpose(1, 2).reshape(texts, pieces, width), layer.met)
            hidden = torch.layer_norm(met.add_(hidden), (width,), *layer.met_norm, EPSILON)
            out = linear(gelu(linear(hidden, layer.inner)), layer.out)
            hidden = torch.layer_norm(out.add_(hidden), (width,), *layer.out_norm, EPSILON)
        return hidden


def _packed(layer: Mapping[str, Any]) -> _Layer:
    import torch  # noqa: PLC0415

    def pack(*linear: torch.nn.Linear) -> Any:
        weight = torch.cat([one.weight.detach().float() for one in linear])
        bias = torch.cat([one.bias.detach().float() for one in linear])
        return torch.ops.quantized.linear_prepack_fp16(weight, bias)

    def norm(of: torch.nn.LayerNorm) -> tuple[torch.Tensor, torch.Tensor]:
        return of.weight.detach().float(), of.bias.detach().float()

    seen, met, out = layer["attention"]["self"], layer["attention"]["output"], layer["output"]
    return _Layer(
        pack(*(seen[name] for name in ("query", "key", "value"))),
        pack(met["dense"]),
        norm(met["LayerNorm"]),
        pack(layer["intermediate"]["dense"]),
        pack(out["dense"]),
        norm(out["LayerNorm"]),
    )
