"""Ranking cards after a conversation with a causal language model, as its library is used for it.

A card's score is how much likelier " yes" is than " no" as the next token, in nats.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer


class PlainScorer:
    """The model and the two tokens."""

    def __init__(self, folder: Path, dtype: torch.dtype) -> None:
        self.model: Any = AutoModelForCausalLM.from_pretrained(str(folder), dtype=dtype).eval()
        tokenizer = AutoTokenizer.from_pretrained(str(folder))
        self.yes, self.no = (
            tokenizer(word, add_special_tokens=False)["input_ids"][0] for word in (" yes", " no")
        )

    @torch.inference_mode()
    def padded_batch(self, said: Sequence[int], cards: Sequence[Sequence[int]]) -> torch.Tensor:
        """All prompts in one batch, filled up on the left; logits of the last token alone."""
        width = len(said) + max(map(len, cards))
        ids = torch.zeros(len(cards), width, dtype=torch.long)
        mask = torch.zeros_like(ids)
        for n, card in enumerate(cards):
            ids[n, width - len(said) - len(card) :] = torch.tensor([*said, *card])
            mask[n, width - len(said) - len(card) :] = 1
        out = self.model(input_ids=ids, attention_mask=mask, use_cache=False, logits_to_keep=1)
        return self._score(out.logits)

    @torch.inference_mode()
    def one_each(self, said: Sequence[int], cards: Sequence[Sequence[int]]) -> torch.Tensor:
        """One prompt after the other."""
        found = [
            self._score(
                self.model(
                    input_ids=torch.tensor([[*said, *card]]), use_cache=False, logits_to_keep=1
                ).logits
            )
            for card in cards
        ]
        return torch.cat(found)

    def _score(self, logits: torch.Tensor) -> torch.Tensor:
        last = logits[:, -1].float()
        return last[:, self.yes] - last[:, self.no]
