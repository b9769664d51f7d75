"""Words that carry talk along and say nothing of taste."""

from functools import cache

from chatbot.words import concepts, cues, languages
from retrieval.stop_words import STOP_WORDS
from retrieval.text import fold


@cache
def filler() -> frozenset[str]:
    """Our own list, of all languages: small words of talk, and what is said around a wish."""
    ours = (cues("filler", language) for language in languages())
    return frozenset(STOP_WORDS.union(*ours) - concepts().keys())


@cache
def function_words() -> frozenset[str]:
    """The wide list (stopwords-iso) on top of ours: no word of it is worth a search by itself."""
    from stopwordsiso import stopwords  # noqa: PLC0415

    wide = (w.replace("'", "") for language in languages() for w in stopwords(language))
    noise = (cues("noise", language) for language in languages())
    return filler().union(*noise) | frozenset(fold(word) for word in wide)
