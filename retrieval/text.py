"""Folding and splitting text, the same way everywhere it is compared."""

import re
import threading
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
HAN = re.compile(f"[{_HAN}]")
"""A Chinese character. Each is a word of its own here, as in UAX 29 (Unicode word boundaries)."""
_WORD = re.compile(rf"\d+(?:[.,]\d+)*(?![^\W_{_HAN}])|[{_HAN}]|[^\W_{_HAN}]+(?:['’][^\W_{_HAN}]+)*")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff]")
_GAPS = re.compile(r"[^\w]+")
_of_thread = threading.local()


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """`text` without case, accents and punctuation: `"Amélie!"` becomes `"amelie"`.

    Chinese is made simplified, with a space around every character: `"懸疑"` becomes `"悬 疑"`.
    """
    if text.isascii():
        plain = text.casefold().replace("'", "")
    else:
        text = text.replace("½", " 1 2")
        plain = unicodedata.normalize("NFKD", text.casefold().replace("'", "").replace("’", ""))
        plain = "".join(c for c in plain.casefold() if not unicodedata.combining(c))
        if HAN.search(plain):
            plain = HAN.sub(r" \g<0> ", simplified(plain))
    return _GAPS.sub(" ", plain.replace("_", " ")).strip()


def simplified(text: str) -> str:
    """Chinese in simplified characters, character by character, so that places in it stay."""
    return _converter().convert(text)  # type: ignore[no-any-return]


@cache
def _converter():  # type: ignore[no-untyped-def]
    from opencc import OpenCC  # noqa: PLC0415

    return OpenCC("t2s")


def spaced(text: str) -> str:
    """`text` with a space around every Chinese character, simplified, for a full-text index."""
    return HAN.sub(r" \g<0> ", simplified(text)) if HAN.search(text) else text


def joined(words: Sequence[str]) -> str:
    """Folded words in a row, Chinese ones without spaces between them."""
    return re.sub(rf"(?<=[{_HAN}]) (?=[{_HAN}\d])|(?<=\d) (?=[{_HAN}])", "", " ".join(words))


@dataclass(frozen=True)
class Token:
    """One word of an utterance: as written, folded, and where it stands (character offsets)."""

    text: str
    folded: str
    start: int
    end: int

    @property
    def capitalised(self) -> bool:
        """Whether the visitor wrote it with a capital letter."""
        return self.text[:1].isupper()


def tokens(text: str) -> list[Token]:
    """The words and numbers of `text`, in order."""
    found = (Token(m[0], fold(m[0]), m.start(), m.end()) for m in _WORD.finditer(text))
    return [t for t in found if t.folded]


def written_words(text: str) -> set[str]:
    """The different words and numbers of `text` as they are written. As `tokens`, for much prose."""
    return set(_WORD.findall(text))


def _stemmer() -> Any:
    """That of this thread: a stemmer keeps the word that it works on in itself."""
    if not hasattr(_of_thread, "stemmer"):
        import snowballstemmer  # noqa: PLC0415

        _of_thread.stemmer = snowballstemmer.stemmer("english")
    return _of_thread.stemmer


@lru_cache(maxsize=65536)
def stem(folded: str) -> str:
    """The Snowball (Porter2) stem of each word of a folded phrase."""
    stems: list[str] = _stemmer().stemWords(folded.split())
    return " ".join(stems)


def singular(folded: str) -> str:
    """Each word of a folded phrase without a plural's ending (the S-stemmer, Harman 1991, and -es)."""
    return " ".join(map(_singular, folded.split()))


@lru_cache(maxsize=65536)
def _singular(word: str) -> str:
    if len(word) < 4 or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("toes") and len(word) > 5:
        return word[:-2]
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith(("ches", "shes", "xes", "sses", "zes")):
        return word[:-2]
    return word.removesuffix("s")


def is_unspaced(folded: str) -> bool:
    """Whether a phrase is in a script that is written without spaces: Han, kana, Thai, Lao, Khmer."""
    return bool(_UNSPACED.search(folded))


def clean(text: str, longest: int) -> str:
    """What a visitor typed, fit to keep: no control or invisible formatting characters, cut."""
    kept = (
        c if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs") else " " for c in text
    )
    return re.sub(r"[ \t]{2,}", " ", "".join(kept)).strip()[:longest]


_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
    "|[\u200c\u200d](?=[\x00-\u024f\u0370-\u052f\u2e80-\u9fff\uff00-\uffef]|$)"
    "|(?<=[\x00-\u024f\u0370-\u052f\u2e80-\u9fff\uff00-\uffef])[\u200c\u200d]"
)
"""What nothing draws, or what only turns text round: zero-width, bidirectional, tag and filler characters. Joiners
and direction marks stay inside scripts that need them."""


_DIRECTION = re.compile("[\u200e\u200f]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


def visible(text: str) -> str:
    """A text of an item without characters that a reader cannot see and a model reads."""
    if text.isascii():
        return text
    text = _INVISIBLE.sub("", text)
    return text if _RIGHT_TO_LEFT.search(text) else _DIRECTION.sub("", text)


def listed(words: Sequence[str], joint: str = "and") -> str:
    """Words in a row, each once: "a, b and c"."""
    words = list(dict.fromkeys(words))
    if len(words) < 3:
        return f" {joint} ".join(words)
    return f"{', '.join(words[:-1])} {joint} {words[-1]}"
