"""A causal language model whose lower layers read a conversation and a card apart, its upper ones together.

What the lower layers make of a card does not depend on the conversation, and is kept (MacAvaney et al.
2020 do this with BERT); the conversation is read once and its keys and values are shared by all cards.
The layers above those that are read at all are not loaded. A linear head on the last token of a card
says by how many nats it is likelier than what brought it there says.
"""

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retrieval.delta import add_delta
from retrieval.errors import ModelUnavailable
from retrieval.precision import fastest_dtype
from retrieval.shared_prefix import Layout, register

if TYPE_CHECKING:
    import torch

HEAD = "head.safetensors"
MOST_HEAD = 1e3  # of one number of the head


@dataclass(frozen=True)
class Shape:
    """How many layers read a text alone, how many are read in all, and the rank of what is trained."""

    apart: int = 14
    reads: int = 20
    rank: int = 16


class JointNetwork:
    """Tokens, the lower layers, the upper layers and the head."""

    def __init__(
        self,
        base: str | Path,
        shape: Shape,
        device: str | None = None,
        dtype: "torch.dtype | None" = None,
    ) -> None:
        import torch  # noqa: PLC0415
        from transformers import AutoConfig, AutoModel, AutoTokenizer  # noqa: PLC0415
        from transformers.utils import logging  # noqa: PLC0415

        self.device: Any = device or ("cuda" if torch.cuda.is_available() else "cpu")
        self.dtype = dtype or fastest_dtype(str(self.device))
        loud = logging.get_verbosity()
        logging.set_verbosity_error()  # layers that are not read are not missed
        try:
            config = AutoConfig.from_pretrained(str(base))
            layers = int(config.num_hidden_layers)
            if not 0 <= shape.apart < shape.reads <= layers:
                raise ValueError(f"it has {layers} layers, of which {shape} cannot be read")
            config.num_hidden_layers = shape.reads
            self.tokenizer: Any = AutoTokenizer.from_pretrained(str(base))
            whole = AutoModel.from_pretrained(str(base), config=config, dtype=self.dtype)
            self.lower = _part(whole, 0, shape.apart)
            self.upper: Any = _part(whole, shape.apart, shape.reads)
            self.upper.config._attn_implementation = register()
        except (OSError, ValueError, AttributeError, ImportError) as error:
            raise ModelUnavailable(
                f"{str(base)!r} cannot be read as a causal language model in two parts: {error}"
            ) from error
        finally:
            logging.set_verbosity(loud)
        whole.requires_grad_(False)
        width = config.hidden_size
        last = torch.nn.Linear(width, 1)
        torch.nn.init.zeros_(last.weight)
        torch.nn.init.zeros_(last.bias)
        self.head: Any = torch.nn.Sequential(torch.nn.LayerNorm(width), last)
        for part in (self.lower, self.upper, self.head):
            part.to(self.device)

    def tokens(self, text: str) -> list[int]:
        """The tokens of a text, without marks of beginning or end."""
        found: list[int] = self.tokenizer(text, add_special_tokens=False)["input_ids"]
        return found

    def states(self, rows: Sequence[Sequence[int]]) -> list["torch.Tensor"]:
        """What the lower layers make of each row of tokens, read alone: `(tokens, width)` each."""
        import torch  # noqa: PLC0415

        width = max(map(len, rows))
        ids = torch.zeros(len(rows), width, dtype=torch.long)
        mask = torch.zeros_like(ids)
        for n, row in enumerate(rows):
            ids[n, : len(row)] = torch.tensor(row)
            mask[n, : len(row)] = 1
        with torch.no_grad():
            embedded = self.lower.embed_tokens(ids.to(self.device))
            read = embedded
            if len(self.lower.layers):
                read = self.lower(
                    inputs_embeds=embedded, attention_mask=mask.to(self.device), use_cache=False
                ).last_hidden_state
        return [read[n, : len(row)].clone() for n, row in enumerate(rows)]

    def scores(self, said: "torch.Tensor", cards: Sequence["torch.Tensor"]) -> "torch.Tensor":
        """Nats for each card, shape `(cards,)`: the upper layers read `said`, shape `(tokens, width)`,
        once, and every card after it."""
        import torch  # noqa: PLC0415

        device = said.device
        layout = Layout(len(said), [len(card) for card in cards], device)
        halved = self.dtype == torch.bfloat16 and torch.is_grad_enabled()  # what is trained is not
        with torch.autocast(device.type, self.dtype, enabled=halved):
            out = self.upper(
                inputs_embeds=torch.cat([said, *cards])[None],
                position_ids=layout.positions,
                use_cache=False,
                layout=layout,
            ).last_hidden_state
        last = out[0, layout.last].float()
        found: torch.Tensor = self.head(last)[:, 0]
        return found

    def load(self, folder: Path) -> None:
        """Take what was trained, for good. Raises ModelUnavailable for files that do not fit."""
        import torch  # noqa: PLC0415
        from safetensors import SafetensorError  # noqa: PLC0415
        from safetensors.torch import load_file  # noqa: PLC0415

        add_delta(self.upper, folder)
        try:
            state = load_file(folder / HEAD)
            for name, tensor in state.items():
                if not torch.isfinite(tensor).all() or float(tensor.abs().max()) > MOST_HEAD:
                    raise ValueError(f"{name} holds what is no number, or too large")
            self.head.load_state_dict({name: tensor.float() for name, tensor in state.items()})
        except (OSError, ValueError, RuntimeError, SafetensorError) as error:
            raise ModelUnavailable(
                f"The scorer's head in {folder} cannot be used: {error}. Make it anew with "
                "`tastemaker finetune scorer`."
            ) from error
        self.upper.eval()
        self.head.eval()


def _part(whole: Any, first: int, last: int) -> Any:
    """Some layers of a model, sharing its weights, without the normalisation after its last one."""
    import torch  # noqa: PLC0415

    part = copy.copy(whole)
    part._modules = dict(whole._modules)
    part.config = copy.deepcopy(whole.config)
    part.config.num_hidden_layers = last - first
    part.layers = torch.nn.ModuleList([copy.copy(layer) for layer in whole.layers[first:last]])
    part.norm = torch.nn.Identity()
    for n, layer in enumerate(part.layers):
        layer._modules = {name: _fused(module) for name, module in layer._modules.items()}
        layer.self_attn = copy.copy(layer.self_attn)
        layer.self_attn._modules = dict(layer.self_attn._modules)
        layer.self_attn.layer_idx = n
        layer.self_attn.config = part.config
    return part


def _fused(module: Any) -> Any:
    """The same norm in one pass over the numbers, half the time; any other module as it is."""
    import torch  # noqa: PLC0415
    from transformers.models.llama.modeling_llama import LlamaRMSNorm  # noqa: PLC0415

    if type(module) is not LlamaRMSNorm:
        return module
    fused = torch.nn.RMSNorm(module.weight.shape, eps=module.variance_epsilon, device="meta")
    fused.weight = module.weight
    return fused
