"""How common a word is in everyday English (wordfreq: films, books, news, talk, the web)."""

from functools import lru_cache

EVERYDAY = 4.0
"""Zipf frequency (van Heuven et al. 2014), the logarithm of occurrences in a thousand million words,
from which a word is no sign of a name by itself: "heat" 4.9, "alien" 4.3, "titanic" 3.6."""
KNOWN = 2.5
"""The Zipf frequency from which a word is not taken for a misspelt one."""


@lru_cache(maxsize=16384)
def frequency(word: str) -> float:
    """The Zipf frequency of a folded English word, 0 for one that is hardly used."""
    from wordfreq import zipf_frequency  # noqa: PLC0415

    return float(zipf_frequency(word, "en", "small")) if word.isascii() else 0.0
