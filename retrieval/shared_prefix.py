"""Attention of many cards that all come after the same conversation, which is there once.

One sequence holds the conversation and behind it card after card. A token of the conversation sees what comes
before it; one of a card sees the conversation and what comes before it on its own card: two products and
one softmax over both. No keys are copied for each card, nothing is filled up but in the products of cards with
themselves, and every other part of a layer reads all tokens as one matrix (Juravsky et al. 2024,
"Hydragen", do so to generate).
"""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

NAME = "tastemaker_shared_prefix"


class Layout:
    """How a sequence is laid out: `before` tokens of conversation, then cards of so many tokens each."""

    def __init__(self, before: int, lengths: Sequence[int], device: Any = "cpu") -> None:
        import torch  # noqa: PLC0415

        self.before, self.cards, self.longest = before, len(lengths), max(lengths)
        many = torch.tensor(lengths)
        ends = torch.cumsum(many, 0)
        own = torch.arange(self.longest)[None]
        is_token = own < many[:, None]
        self.last = (before + ends - 1).to(device)
        """Where the last token of each card is, shape `(cards,)`."""
        self.spread = (
            ((ends - many)[:, None] + own.clamp(max=many[:, None] - 1)).flatten().to(device)
        )
        """Cards filled up to the longest: which token of all cards stands where, shape `(cards * longest,)`."""
        self.gathered = is_token.flatten().nonzero()[:, 0].to(device)
        """Where each token of all cards stands there."""
        places = (before + own).expand_as(is_token)[is_token]
        self.positions = torch.cat([torch.arange(before), places])[None].to(device)
        """The place that each token has for those who see it, shape `(1, tokens)`."""
        self.later = torch.ones(self.longest, self.longest, dtype=torch.bool, device=device).triu(1)


@cache
def register() -> str:
    """Make transformers know this attention; gives the name to ask for it by."""
    from transformers import AttentionInterface  # noqa: PLC0415

    AttentionInterface.register(NAME, _attention)
    return NAME


def _attention(
    _module: Any,
    query: "torch.Tensor",
    key: "torch.Tensor",
    value: "torch.Tensor",
    _mask: Any,
    scaling: float | None = None,
    layout: Layout | None = None,
    **_others: Any,
) -> tuple["torch.Tensor", None]:
    """Shapes: query `(1, heads, tokens, size)`, key and value `(1, groups, tokens, size)`; gives
    `(1, tokens, heads, size)`."""
    import torch  # noqa: PLC0415
    from torch.nn.functional import scaled_dot_product_attention  # noqa: PLC0415

    assert layout is not None, "a sequence without a layout"
    n, cards, longest = layout.before, layout.cards, layout.longest
    heads, size, groups = query.shape[1], query.shape[3], key.shape[1]
    scale = scaling if scaling is not None else size**-0.5
    said_key, said_value = key[0, :, :n], value[0, :, :n]
    said = scaled_dot_product_attention(
        query[:, :, :n],
        key[:, :, :n],
        value[:, :, :n],
        is_causal=True,
        scale=scale,
        enable_gqa=True,
    )
    each = heads // groups  # heads that share keys

    def filled_up(of: "torch.Tensor") -> "torch.Tensor":
        found = of[0, :, n:].index_select(1, layout.spread)
        return found.view(groups, -1, cards, longest, size).transpose(1, 2)

    asked = filled_up(query * scale).reshape(groups * cards, each * longest, size)
    own_key = filled_up(key).reshape(groups * cards, longest, size)
    own_value = filled_up(value).reshape(groups * cards, longest, size)
    to_said = asked.view(groups, -1, size) @ said_key.transpose(1, 2)
    to_own = (asked @ own_key.transpose(1, 2)).view(-1, each, longest, longest)
    to_own = to_own.masked_fill(layout.later, float("-inf")).view(-1, each * longest, longest)
    logits = torch.cat([to_said.view(-1, each * longest, n), to_own], dim=2)
    shares = torch.softmax(logits, dim=2)  # in bfloat16 too it adds up in float32
    of_said = shares[:, :, :n].reshape(groups, -1, n) @ said_value
    of_all = of_said.view(-1, each * longest, size) + shares[:, :, n:] @ own_value
    of_all = of_all.view(groups, cards, each, longest, size).transpose(1, 2)
    of_cards = of_all.reshape(heads, -1, size).index_select(1, layout.gathered)
    return torch.cat([said[0], of_cards], dim=1).transpose(0, 1)[None], None
