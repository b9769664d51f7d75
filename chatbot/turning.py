"""Where what was ruled out ends without a comma: "no horror and make me laugh", "so decaf", "he runs"."""

from collections.abc import Sequence

from chatbot.words import phrases
from retrieval.text import Token

RELATIVE = ("that", "which", "will", "would", "to", "me", "can")
"""Words behind which what follows is part of what is ruled out."""


def asks_to(words: Sequence[Token], at: int, cue: int) -> bool:
    """Whether a mention is what is asked for behind something ruled out: "no horror and make me laugh".
    `cue` is the word that rules out."""
    between = {w.folded for w in words[cue + 1 : at]}
    joined = at > 1 and words[at - 1].folded in ("and", "just")
    return joined and words[at].folded == "make" and between.isdisjoint(RELATIVE)


def is_made_to(words: Sequence[Token], at: int, language: str) -> bool:
    """Whether what something does to somebody is refused: "don't make me cry"."""
    refused = phrases("polarity", "cues.refused", language)
    return at > 0 and words[at].folded == "make" and words[at - 1].folded in refused


def begins_clause(words: Sequence[Token], at: int, cue: int, named: bool, language: str) -> bool:
    """Whether a word begins a clause that what was ruled out does not reach: "so decaf", "he runs"
    behind what was `named`."""
    word, before = words[at].folded, words[at - 1].folded
    if word == "so" and at - cue > 1 and at + 1 < len(words):
        return before not in phrases("polarity", "cues.measured", language)
    return named and word in phrases("polarity", "cues.subjects", language)
