"""Slips of the finger: two neighbouring letters exchanged, "plaese", "sceond", "soprts".

A word that nobody knows becomes the everyday word, or the catalogue's, that it is with two letters
exchanged back. Its length stays, so every place in the text does; quotes stay as they were written.
"""

import re

from chatbot.lexicon import Lexicon
from chatbot.words.everyday import EVERYDAY, KNOWN, frequency
from retrieval.text import tokens

_THEN = re.compile(
    r"(\b(?:\w{2,}er|more|less) )then(?= (?:[€$£]?\d|an hour\b|one\b|two\b|three\b|half\b))",
    re.I,
)
SHORTEST = 5  # letters; in shorter words the other word is as likely to be meant


def unslipped(text: str, lexicon: Lexicon) -> str:
    """The text with such words put right; of the same length."""
    text = _THEN.sub(lambda m: f"{m[1]}than", text)
    for word in tokens(text):
        if word.text == word.folded and word.text.isascii() and word.text.isalpha():
            meant = _meant(word.folded, lexicon)
            text = text[: word.start] + meant + text[word.end :]
    return text


def _meant(word: str, lexicon: Lexicon) -> str:
    named = word in lexicon.known or word in lexicon.surnames or word in lexicon.given_names
    if len(word) < SHORTEST or named or frequency(word) >= KNOWN:
        return word
    swapped = (word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1))
    likely = [w for w in swapped if w != word and (w in lexicon.known or frequency(w) >= EVERYDAY)]
    return max(likely, key=frequency, default=word)
