"""A low-rank delta out of training, written in the form that serving reads (`retrieval/delta.py`)."""

import json
from pathlib import Path
from typing import Any

from retrieval.delta import SETTINGS, WEIGHTS


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
