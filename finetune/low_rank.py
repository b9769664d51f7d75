"""A low-rank delta: put on a network to be trained (LoRA, Hu et al. 2021), and written in the form that
serving reads (`retrieval/delta.py`). The home of peft."""

import json
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from retrieval.delta import SETTINGS, WEIGHTS


def with_delta(network: Any, rank: int, matrices: str | Sequence[str], dropout: float = 0.0) -> Any:
    """A network whose matrices of those names, or "all-linear", get a delta of that rank to be trained, all
    else left as it is."""
    from peft import LoraConfig, get_peft_model  # noqa: PLC0415

    named = matrices if isinstance(matrices, str) else list(matrices)
    config = LoraConfig(r=rank, lora_alpha=2 * rank, lora_dropout=dropout, target_modules=named)
    with warnings.catch_warnings():
        # peft 0.21 asks transformers 5.23 for a property by its old name.
        warnings.simplefilter("ignore", FutureWarning)
        return get_peft_model(network, config)


def save_delta(network: Any, base_sha256: str, out: Path) -> None:
    """Write what peft trained, in half precision; the old file or the new one is there, never a part."""
    import torch  # noqa: PLC0415
    from peft import get_peft_model_state_dict  # noqa: PLC0415
    from safetensors.torch import save_file  # noqa: PLC0415

    state = {}
    for name, tensor in get_peft_model_state_dict(network).items():
        layer, _, part = name.removeprefix("base_model.model.").partition(".lora_")
        state[f"{layer}.{part[0]}"] = tensor.to(torch.bfloat16).cpu().contiguous()
    config = network.peft_config["default"]
    half = out / f"{WEIGHTS}.part"
    save_file(state, half)
    settings = {"rank": config.r, "alpha": config.lora_alpha, "base": base_sha256}
    (out / SETTINGS).write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")
    half.replace(out / WEIGHTS)
