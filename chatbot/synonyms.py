"""What the catalogue calls a thing that a visitor has another word for: "couch" where it says "sofa".

Found by the sentence encoder among the facet values. Siblings are close too ("red" and "blue" at .73,
"cat" and "dog" at .66), so only what is closer than any siblings that were tried counts.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from chatbot.lexicon import Lexicon, Sense
from retrieval.encoder import Encoder, Vectors
from retrieval.item import WARNING_FACETS
from retrieval.text import HAN, fold

CLOSE = 0.77  # cosine, all-MiniLM-L6-v2
MOST_VALUES = 4_000  # the most frequent ones
MOST_WORDS = 3
FILE = "values.npz"
_DENIALS = ("free", "non", "no", "less", "without", "not", "anti")

Nearest = Callable[[str], Sequence[Sense]]


def nearest_values(lexicon: Lexicon, encoder: Encoder, folder: Path) -> Nearest:
    """A function from a folded phrase to the facet values that it is another word for, often none.

    The values' vectors are kept in `folder`, where they are found again by the encoder's name.
    """
    phrases = _phrases(lexicon)
    vectors = _vectors(phrases, encoder, folder / FILE)

    def nearest(phrase: str) -> Sequence[Sense]:
        words = phrase.split()
        if not phrases or not words or len(words) > MOST_WORDS or HAN.search(phrase):
            return ()
        if set(words) & set(_DENIALS):
            return ()
        close = vectors @ encoder.encode([phrase])[0]
        best = int(np.argmax(close))
        return lexicon.values[phrases[best]] if close[best] >= CLOSE else ()

    return nearest


def _phrases(lexicon: Lexicon) -> list[str]:
    found = {
        phrase: sum(s.count for s in senses)
        for phrase, senses in lexicon.values.items()
        if len(phrase.split()) <= MOST_WORDS
        and phrase.replace(" ", "").isalpha()
        and not HAN.search(phrase)
        and all(s.facet not in WARNING_FACETS for s in senses)
    }
    return sorted(found, key=lambda p: (-found[p], p))[:MOST_VALUES]


def _vectors(phrases: Sequence[str], encoder: Encoder, file: Path) -> Vectors:
    key = fold(encoder.name) + "\n" + "\n".join(phrases)
    try:
        with np.load(file, allow_pickle=False) as kept:
            if str(kept["key"]) == key:
                return np.asarray(kept["vectors"])
    except (OSError, ValueError, KeyError):
        pass
    vectors = encoder.encode(list(phrases)) if phrases else np.empty((0, 1), dtype=np.float32)
    half = file.with_name(f"half-{file.name}")
    np.savez(half, key=np.array(key), vectors=vectors)
    half.replace(file)
    return vectors
