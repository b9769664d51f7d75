"""The encoder in training: a network with a low-rank delta, read as sentence-transformers reads it."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from finetune.low_rank import save_delta, with_delta
from retrieval.precision import mixed_precision

if TYPE_CHECKING:
    import torch

LENGTHS = {"query": 96, "item": 96}  # tokens; of what was said the last, of an item the first
STEP = 64  # texts encoded at a time where nothing is learned
TARGETS = (
    "query",
    "key",
    "value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)
"""The matrices of a BERT layer that get a delta."""


class Tower:
    """Mean-pooled unit vectors of texts, by a network that can be trained."""

    def __init__(self, base: Path, rank: int) -> None:
        from transformers import AutoModel, AutoTokenizer  # noqa: PLC0415

        self._base = hashlib.sha256((base / "model.safetensors").read_bytes()).hexdigest()
        self._tokenizer = AutoTokenizer.from_pretrained(str(base))
        network = AutoModel.from_pretrained(str(base))
        self.network: Any = with_delta(network, rank, TARGETS, dropout=0.05)
        self.device: Any = "cpu"

    def trainable(self) -> list["torch.nn.Parameter"]:
        """The weights of the delta."""
        return [p for p in self.network.parameters() if p.requires_grad]

    def forward(self, said: Sequence[str], items: Sequence[str]) -> "torch.Tensor":
        """Vectors of both, shape `(said + items, dimensions)`, in one pass, with gradients."""
        rows = self._ids(said, "query") + self._ids(items, "item")
        self.network.train()
        return self._vectors(rows)

    def encode(self, texts: Sequence[str], query: bool) -> NDArray[np.float32]:
        """Vectors of texts, shape `(texts, dimensions)`; texts of like length together."""
        import torch  # noqa: PLC0415

        rows = self._ids(texts, "query" if query else "item")
        order = sorted(range(len(rows)), key=lambda n: len(rows[n]))
        found: NDArray[np.float32] = np.zeros((len(rows), 0), dtype=np.float32)
        self.network.eval()
        with torch.no_grad():
            for start in range(0, len(order), STEP):
                places = order[start : start + STEP]
                vectors = self._vectors([rows[n] for n in places]).float().cpu().numpy()
                if not found.shape[1]:
                    found = np.zeros((len(rows), vectors.shape[1]), dtype=np.float32)
                found[places] = vectors
        return found

    def _ids(self, texts: Sequence[str], kind: str) -> list[list[int]]:
        """Tokens between the marks of beginning and end; the last words of what was said count."""
        most = LENGTHS[kind] - 2
        whole = self._tokenizer(list(texts), add_special_tokens=False)["input_ids"]
        first, last = self._tokenizer.cls_token_id, self._tokenizer.sep_token_id
        return [[first, *(ids[-most:] if kind == "query" else ids[:most]), last] for ids in whole]

    def _vectors(self, rows: Sequence[Sequence[int]]) -> "torch.Tensor":
        import torch  # noqa: PLC0415

        width = max(map(len, rows))
        pad = self._tokenizer.pad_token_id
        ids = torch.tensor([[*row, *[pad] * (width - len(row))] for row in rows]).to(self.device)
        mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows])
        mask = mask.to(self.device)
        with mixed_precision(ids.device.type):
            hidden = self.network(input_ids=ids, attention_mask=mask).last_hidden_state
        weights = mask[..., None]
        mean = (hidden.float() * weights).sum(1) / weights.sum(1)
        return torch.nn.functional.normalize(mean, dim=-1)

    def save(self, out: Path) -> None:
        """Write the delta, in half precision, in the form of `retrieval.delta`."""
        save_delta(getattr(self.network, "module", self.network), self._base, out)
