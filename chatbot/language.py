"""The language of an utterance, and whether it is one that our tables can read.

What is not understood cannot be obeyed, so another language is answered with a civil word and no
list. Told by script first, then by function words (the lists of stopwords-iso), which even short
utterances have.
"""

import unicodedata
from collections import Counter
from functools import cache

from retrieval.text import HAN, tokens

LATIN = "en"
OTHERS = ("de", "fr", "es", "it", "nl", "pt", "sv", "da", "no", "fi", "pl", "tr", "cs", "ro", "hu")
LEAST = 2  # function words of another language, and no fewer than English ones
HAN_SHARE = 0.34  # of the words, one for each character; of a sentence in Chinese it is more
ASKING = frozenset({
    "i", "you", "me", "my", "we", "do", "does", "have", "has", "got", "is", "are", "was", "were",
    "any", "something", "anything", "like", "what", "which", "who", "how", "can", "could", "would",
    "want", "show", "give", "there", "seen", "loved", "liked", "read", "watched",
})  # fmt: skip
"""English words that ask or tell, and that a title between Chinese words hardly has two of."""


def language_of(text: str) -> str | None:
    """The language that `text` is read as: "en", "zh", or None for one without tables.

    >>> language_of("想看 Nolan 的片子"), language_of("have you got 三体?"), language_of("ich will etwas")
    ('zh', 'en', None)
    >>> language_of("有 Lord of the Rings 吗")
    'zh'
    """
    words = tokens(text)
    if not text.isascii():
        letters = [unicodedata.name(c, "") for c in text if c.isalpha()]
        chinese = sum(bool(HAN.match(t.text)) for t in words)
        kana = sum("HIRAGANA" in name or "KATAKANA" in name for name in letters)
        if chinese and not kana and _is_chinese([t.text.casefold() for t in words], chinese):
            return "zh"
        if letters and sum("LATIN" in name for name in letters) + chinese < len(letters) / 2:
            return None
    foreign = _is_foreign([t.text.casefold() for t in words if not t.text[0].isdigit()])
    return None if foreign else LATIN


def _is_chinese(words: list[str], chinese: int) -> bool:
    """Whether a sentence with so many Chinese characters is in Chinese, and not about a Chinese title."""
    if HAN.match(words[0]) and HAN.match(words[-1]):
        return True
    others = len(words) - chinese
    asked = sum(word in ASKING for word in words)
    return chinese >= HAN_SHARE * len(words) and not (asked > 1 and others > chinese)


def _is_foreign(words: list[str]) -> bool:
    """Whether there are more function words of another language than English ones."""
    found = Counter(name for w in words for name in _languages_with().get(w, ()))
    most = max((found[name] for name in OTHERS), default=0)
    return most >= LEAST and most >= found[LATIN]


@cache
def _languages_with() -> dict[str, tuple[str, ...]]:
    """The languages of a function word: English by itself, or others."""
    from stopwordsiso import stopwords  # noqa: PLC0415

    found: dict[str, tuple[str, ...]] = dict.fromkeys(stopwords(LATIN), (LATIN,))
    for name in OTHERS:
        for word in stopwords(name):
            if found.get(word) != (LATIN,):
                found[word] = (*found.get(word, ()), name)
    return found
