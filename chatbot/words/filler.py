"""Words that carry talk along and say nothing of taste."""

from functools import cache

from chatbot.words import concepts, cues
from retrieval.find import STOP_WORDS


@cache
def filler() -> frozenset[str]:
    """Our own list: small words of talk, and what is said around a wish."""
    return (STOP_WORDS | cues("filler")) - concepts().keys()


@cache
def function_words() -> frozenset[str]:
    """The wide list (stopwords-iso) on top of ours: no word of it is worth a search by itself."""
    from stopwordsiso import stopwords  # noqa: PLC0415

    return filler() | frozenset(word.replace("'", "") for word in stopwords("en"))
