"""Scoring candidates against a conversation. The Protocol, and its light deterministic twin."""

from collections.abc import Sequence
from typing import Protocol

from retrieval.prompt import ScorerPrompt
from retrieval.stop_words import STOP_WORDS
from retrieval.text import stem, tokens


class Scorer(Protocol):
    """Says how well each card continues a conversation. Higher is better."""

    name: str
    in_nats: bool
    """Whether its numbers are nats, to be added to the logits of the blend; else only their order,
    and how far they lie apart, means something."""

    def score(self, prompt: ScorerPrompt, cards: Sequence[str]) -> list[float]:
        """One finite number a card."""
        ...


class OverlapScorer:
    """The share of a card's words that the prompt holds: the twin of a language model."""

    name = "overlap"
    in_nats = False

    def score(self, prompt: ScorerPrompt, cards: Sequence[str]) -> list[float]:
        """See `Scorer.score`."""
        said = _words(prompt.prefix)
        return [len(said & _words(c)) / max(len(_words(c)), 1) for c in cards]


def _words(text: str) -> set[str]:
    return {stem(t.folded) for t in tokens(text) if t.folded not in STOP_WORDS}
