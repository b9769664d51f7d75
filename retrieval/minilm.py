"""all-MiniLM-L6-v2 with nothing but torch and its tokenizer: the encoder that is there by default.

Importing transformers and sentence-transformers takes longer than all the rest of a start. This is
the same network (BERT, Devlin et al. 2019: six layers of 384), with the names that its file has, and
the same mean over word pieces (Reimers & Gurevych 2019). Tests hold its vectors to theirs, bit by bit.
A home of torch and tokenizers.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from retrieval.packed import PackedLayers

if TYPE_CHECKING:
    import torch

LAYERS, WIDTH, INNER, HEADS = 6, 384, 1536, 12
WORDS, PLACES = 30_522, 512
LONGEST = 256  # word pieces of a text that are read
BATCH = 32  # texts read at once


class MiniLm:
    """The network and its tokenizer, from the folder that holds both."""

    def __init__(self, folder: Path) -> None:
        import torch  # noqa: PLC0415
        from tokenizers import Tokenizer  # noqa: PLC0415

        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(LONGEST)
        self._tokenizer.enable_padding()
        self.network = network_in(folder).to(self.device)

    def encode(self, texts: Sequence[str]) -> "torch.Tensor":
        """Vectors of unit length, shape `(texts, WIDTH)`, in the network's precision. Texts of like length
        are read together, the longest first."""
        import torch  # noqa: PLC0415

        order = np.argsort([-len(text) for text in texts])
        parts = [
            self._read([texts[n] for n in order[start : start + BATCH]])
            for start in range(0, len(order), BATCH)
        ]
        return torch.cat(parts)[torch.from_numpy(np.argsort(order))]

    def _read(self, texts: Sequence[str]) -> "torch.Tensor":
        import torch  # noqa: PLC0415

        read = self._tokenizer.encode_batch(list(texts))
        ids = torch.tensor([r.ids for r in read]).to(self.device)
        real = torch.tensor([r.attention_mask for r in read]).to(self.device)
        with torch.inference_mode():
            hidden = states(self.network, ids, real)
            mask = real[..., None].to(hidden.dtype)
            total = (hidden * mask).sum(dim=1, dtype=torch.float32)
            mean = (total / mask.sum(dim=1, dtype=torch.float32)).to(hidden.dtype)
            return torch.nn.functional.normalize(mean, p=2, dim=-1)


def network_in(folder: Path) -> Any:
    """The network of a folder, in float32 and on the processor: its `embeddings`, and `encoder.layer`."""
    from safetensors.torch import load_file  # noqa: PLC0415

    network = _network()
    stored = load_file(folder / "model.safetensors")
    wanted = {name: stored[name] for name in network.state_dict()}
    network.load_state_dict(wanted, assign=True)
    return network.eval()


def _network() -> "torch.nn.Module":
    """The layers, called as in the file, without numbers in them yet. (All of it on the device "meta"
    would do too, but that imports the compiler of torch, which takes as long as torch itself.)"""
    import torch  # noqa: PLC0415
    from torch.nn import Embedding, LayerNorm, Linear, ModuleDict, ModuleList  # noqa: PLC0415

    def norm() -> LayerNorm:
        return LayerNorm(WIDTH, eps=1e-12)

    def linear(into: int, out: int) -> Linear:
        return Linear(into, out, device="meta")

    def layer() -> ModuleDict:
        seen = ModuleDict({name: linear(WIDTH, WIDTH) for name in ("query", "key", "value")})
        after = ModuleDict({"dense": linear(WIDTH, WIDTH), "LayerNorm": norm()})
        return ModuleDict(
            {
                "attention": ModuleDict({"self": seen, "output": after}),
                "intermediate": ModuleDict({"dense": linear(WIDTH, INNER)}),
                "output": ModuleDict({"dense": linear(INNER, WIDTH), "LayerNorm": norm()}),
            }
        )

    tables = {"word": WORDS, "position": PLACES, "token_type": 2}
    embeddings = {
        f"{name}_embeddings": Embedding(n, WIDTH, _weight=torch.empty(n, WIDTH))
        for name, n in tables.items()
    }
    layers = ModuleList([layer() for _ in range(LAYERS)])
    return ModuleDict(
        {
            "embeddings": ModuleDict({**embeddings, "LayerNorm": norm()}),
            "encoder": ModuleDict({"layer": layers}),
        }
    )


def states(network: Any, ids: "torch.Tensor", real: "torch.Tensor") -> "torch.Tensor":
    """What the last layer makes of word pieces, shape `(texts, pieces, WIDTH)`; `real` is 0 where a row
    is only filled up."""
    import torch  # noqa: PLC0415

    first = network["embeddings"]
    places = torch.arange(ids.shape[1], device=ids.device)
    found = first["word_embeddings"](ids) + first["token_type_embeddings"](torch.zeros_like(ids))
    hidden = first["LayerNorm"](found + first["position_embeddings"](places))
    return through(network["encoder"]["layer"], hidden, real)


def through(
    layers: Any, hidden: "torch.Tensor", real: "torch.Tensor", dropped: float = 0.0
) -> "torch.Tensor":
    """What some layers make of what those below them made; for training, the share to drop at random.
    Layers that are packed are for reading only."""
    from torch.nn.functional import dropout, gelu, scaled_dot_product_attention  # noqa: PLC0415

    texts, width, _ = hidden.shape
    whole = bool(real.all())
    seen = None if whole else (real[:, None, None, :] == 1).expand(texts, 1, width, width)
    if isinstance(layers, PackedLayers):
        return layers.through(hidden, seen)
    drop = partial(dropout, p=dropped) if dropped else _kept
    for layer in layers:
        query, key, value = (
            layer["attention"]["self"][name](hidden)
            .view(texts, width, HEADS, WIDTH // HEADS)
            .transpose(1, 2)
            for name in ("query", "key", "value")
        )
        met = scaled_dot_product_attention(query, key, value, attn_mask=seen, dropout_p=dropped)
        after = layer["attention"]["output"]
        met = after["dense"](met.transpose(1, 2).reshape(texts, width, WIDTH))
        hidden = after["LayerNorm"](drop(met) + hidden)
        inner = layer["output"]["dense"](gelu(layer["intermediate"]["dense"](hidden)))
        hidden = layer["output"]["LayerNorm"](drop(inner) + hidden)
    return hidden


def _kept(hidden: "torch.Tensor") -> "torch.Tensor":
    return hidden
