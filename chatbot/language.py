"""Whether an utterance is in a language that our rules cannot read.

What is not understood cannot be obeyed, so such an utterance is answered with a civil word and no
list. Told by function words (the lists of stopwords-iso), which even short utterances have.
"""

import unicodedata
from functools import cache

from retrieval.text import tokens

READ = "en"
OTHERS = ("de", "fr", "es", "it", "nl", "pt", "sv", "da", "no", "fi", "pl", "tr", "cs", "ro", "hu")
LEAST = 2  # function words of another language, and no fewer than English ones


def is_foreign(text: str) -> bool:
    """Whether `text` is in another script, or has more function words of another language."""
    letters = [c for c in text if c.isalpha()]
    latin = sum("LATIN" in unicodedata.name(c, "") for c in letters)
    if letters and latin < len(letters) / 2:
        return True
    words = [t.text.casefold() for t in tokens(text) if not t.text[0].isdigit()]
    english, others = _function_words()
    most = max(sum(w in known for w in words) for known in others)
    return most >= LEAST and most >= sum(w in english for w in words)


@cache
def _function_words() -> tuple[frozenset[str], tuple[frozenset[str], ...]]:
    from stopwordsiso import stopwords  # noqa: PLC0415

    english = frozenset(stopwords(READ))
    return english, tuple(frozenset(stopwords(other)) - english for other in OTHERS)
