"""What a visitor calls the things of a catalogue: "a film", "something to read", "一本书".

Learned from the catalogue's name, from the tables `words/<language>/scenes.toml`, and from nouns
that the catalogue's owner gives.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from chatbot.words import entries, languages
from retrieval.text import HAN, fold, simplified, singular

SHORTEST = 3  # letters of a word of a catalogue's name that can name its things


@dataclass(frozen=True)
class SceneWords:
    """The words of one catalogue: `nouns` name its kind of thing, `verbs` are what is done with it.

    `table` is the name of the tables' entry that they were taken from, empty if there is none.
    """

    name: str
    nouns: tuple[str, ...]
    verbs: tuple[str, ...] = ()
    table: str = ""

    def heading(self, language: str) -> str:
        """What stands over its lists: "Films", "电影"; the name of a catalogue that no table has."""
        found = entries("scenes", f"{self.table}.heading", language) if self.table else ()
        return str(found[0]) if found else self.name.replace("_", " ").replace("-", " ").title()

    def named(self, text: str) -> list[tuple[int, int]]:
        """Where its nouns stand in `text` (simplified), as characters."""
        return [m.span() for m in _pattern(self.nouns).finditer(text)]

    def done(self, text: str) -> bool:
        """Whether one of its verbs is in `text` (simplified)."""
        return bool(_pattern(self.verbs).search(text))


def scene_words(name: str, given: Sequence[str] = ()) -> SceneWords:
    """The words of the catalogue `name`; `given` are nouns of its owner, in any language."""
    parts = [w for w in fold(name).split() if len(w) >= SHORTEST and not w.isdigit()]
    learned = [form for w in parts for form in (w, singular(w))]
    table = next((t for t in _tables() if {*learned} & {*_words(t, "nouns")}), "")
    listed = _words(table, "nouns") if table else ()
    both = dict.fromkeys(simplified(n.casefold()) for n in (*learned, *given, *listed) if n)
    return SceneWords(name, tuple(both), _words(table, "verbs") if table else (), table)


def folded(words: SceneWords) -> frozenset[str]:
    """The nouns as a lexicon compares them."""
    return frozenset(fold(noun) for noun in words.nouns)


def _tables() -> tuple[str, ...]:
    return entries("scenes", "tables")


@cache
def _words(table: str, key: str) -> tuple[str, ...]:
    found: Iterable[str] = (
        w for language in languages() for w in entries("scenes", f"{table}.{key}", language)
    )
    return tuple(dict.fromkeys(found))


@cache
def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    ordered = sorted(phrases, key=len, reverse=True)
    return re.compile("|".join(map(_expression, ordered)) if ordered else r"(?!)", re.I)


def _expression(phrase: str) -> str:
    spaced = r"\s+".join(map(re.escape, phrase.split()))
    return spaced if HAN.search(phrase) else rf"\b{spaced}\b"
