"""The home of transformers: a causal language model that scores candidates.

The conversation is read once; its keys and values are shared by all cards, which follow it as one
padded batch. A card's score is how much likelier the conversation makes it: the mean log
probability of its tokens after the conversation, less the same after an empty one (pointwise
mutual information; Holtzman et al. 2021), so that famous titles are not favoured for their fame.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retrieval.errors import ModelUnavailable
from retrieval.precision import fastest_dtype
from retrieval.prompt import ScorerPrompt

if TYPE_CHECKING:
    import torch


class LanguageModelScorer:
    """Any causal language model in a folder (or of a hub name), as a Scorer."""

    in_nats = False

    def __init__(
        self, model: str | Path, longest_conversation: int, device: str | None = None
    ) -> None:
        import torch  # noqa: PLC0415
        from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: PLC0415

        self._device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        self._longest = longest_conversation
        dtype = fastest_dtype(self._device)
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(str(model), truncation_side="left")
            self._model = AutoModelForCausalLM.from_pretrained(str(model), dtype=dtype)
        except (OSError, ValueError) as error:
            raise ModelUnavailable(
                f"No language model could be loaded from {str(model)!r}: {error}"
            ) from error
        self._model.to(self._device).eval()
        self.name = f"{Path(str(model)).name}/{str(dtype).removeprefix('torch.')}"
        self._empty = ScorerPrompt.of("", "", "")
        self._unconditional: dict[str, float] = {}

    def score(self, prompt: ScorerPrompt, cards: Sequence[str]) -> list[float]:
        """See `Scorer.score`. Values are differences of mean log probabilities, in nats."""
        fresh = [c for c in dict.fromkeys(cards) if c not in self._unconditional]
        if fresh:
            found = self.log_probabilities(self._empty, fresh)
            self._unconditional |= dict(zip(fresh, found, strict=True))
        given = self.log_probabilities(prompt, cards)
        return [g - self._unconditional[c] for g, c in zip(given, cards, strict=True)]

    def log_probabilities(self, prompt: ScorerPrompt, cards: Sequence[str]) -> list[float]:
        """The mean log probability of each card's tokens after the prompt's prefix."""
        import torch  # noqa: PLC0415

        if not cards:
            return []
        prefix = self._tokenizer(prompt.prefix, return_tensors="pt")["input_ids"]
        prefix = prefix[:, -self._longest :].to(self._device)
        rows = [self._tokenizer(c, add_special_tokens=False)["input_ids"] for c in cards]
        width = max(map(len, rows))
        ids = torch.tensor([row + [0] * (width - len(row)) for row in rows], device=self._device)
        real = torch.tensor(
            [[1] * len(r) + [0] * (width - len(r)) for r in rows], device=self._device
        )
        with torch.inference_mode():
            read = self._model(prefix, use_cache=True, logits_to_keep=1)
            cache = read.past_key_values
            cache.batch_repeat_interleave(len(rows))
            seen = torch.ones(len(rows), prefix.shape[1], device=self._device, dtype=real.dtype)
            out = self._model(
                ids, past_key_values=cache, attention_mask=torch.cat([seen, real], dim=1)
            )
            first = read.logits.expand(len(rows), 1, -1)
            return self._means(torch.cat([first, out.logits[:, :-1]], dim=1), ids, real)

    @staticmethod
    def _means(logits: Any, ids: "torch.Tensor", real: "torch.Tensor") -> list[float]:
        chances = logits.float().log_softmax(-1).gather(-1, ids[..., None])[..., 0]
        means: list[float] = ((chances * real).sum(1) / real.sum(1)).tolist()
        return means
