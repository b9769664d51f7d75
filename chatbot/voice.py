"""What we say, in the visitor's language: the templates of `words/<language>/replies.toml`.

A key is a path below the headings of that file. A text is a `str.format` template; a list holds
expressions, names or phrases. What a language lacks is said in English, and a test forbids that.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from chatbot.words import FOLDER, pattern, phrases
from retrieval.measures import words_of
from retrieval.phrase_words import SUFFIX
from retrieval.text import HAN, simplified
from retrieval.text import listed as in_a_row

FIRST = "en"
TABLE = "replies"


@dataclass(frozen=True)
class Voice:
    """A language to reply in, "en" or "zh"."""

    language: str = FIRST

    def phrase(self, key: str, /, **parts: object) -> str:
        """The text of `key` with its parts put in.

        Raises KeyError for a key that is no text of the table, and for a part that is not given.
        """
        text = template(self.language, key)
        try:
            return text.format(**parts)
        except KeyError as missing:
            raise KeyError(
                f"{key!r} in {_file(self.language)} needs {missing}, and only {[*parts]} are given."
            ) from None

    def plural(self, key: str, n: int, /, **parts: object) -> str:
        """The text for one or for another number, which `{n}` stands for."""
        return self.phrase(f"{key}.{'one' if n == 1 else 'other'}", n=n, **parts)

    def listed(self, words: Sequence[str], joint: str = "and") -> str:
        """Words in a row, each once: "a, b and c", "a、b和c". `joint` is "and" or "or"."""
        joined = self.phrase(f"joint.{joint}")
        if self.language == FIRST:
            return in_a_row(words, joined.strip())
        each = list(dict.fromkeys(words))
        head = self.phrase("joint.comma").join(each[:-1])
        return f"{head}{joined}{each[-1]}" if head else "".join(each)

    def quoted(self, quotes: Iterable[str]) -> list[str]:
        """Each of the visitor's phrases once, in quotation marks."""
        return [f"“{q}”" for q in dict.fromkeys(quotes)]

    def sentences(self, *said: str) -> str:
        """Sentences behind one another, empty ones left out, as the language spaces them."""
        return self.phrase("joint.sentences").join(s for s in said if s)

    def field(self, name: str) -> str:
        """A field of the catalogue as a visitor would call it; its own name where we know none."""
        known = _table(self.language).get(f"fields.{name.casefold()}")
        return (
            known
            if isinstance(known, str)
            else " ".join(words_of(name.removesuffix(SUFFIX))) or name
        )

    def counted(self, n: int) -> str:
        """A number in words, for the first of a sentence; in digits beyond ten."""
        words = self.all("counts")
        return words[n] if n < len(words) else str(n)

    def all(self, key: str) -> tuple[str, ...]:
        """The entries of a list."""
        found = _table(self.language).get(key, _table(FIRST).get(key))
        if not isinstance(found, tuple):
            raise KeyError(f"There is no list {key!r} in {_file(self.language)}.")
        return found

    def has(self, key: str, text: str) -> bool:
        """Whether an expression of the list `key` is in what the visitor wrote."""
        text = simplified(text) if HAN.search(text) else text
        return bool(pattern(TABLE, key, self.language).search(text))

    def folded(self, key: str) -> frozenset[str]:
        """The phrases of a list, folded."""
        return phrases(TABLE, key, self.language)


ENGLISH = Voice()


def template(language: str, key: str) -> str:
    """The text of a key, English where the language has none."""
    text = _table(language).get(key, _table(FIRST).get(key))
    if not isinstance(text, str):
        raise KeyError(f"There is no text {key!r} in {_file(language)}.")
    return text


def placeholders(text: str) -> frozenset[str]:
    """The parts that a template asks for."""
    return frozenset(re.findall(r"{(\w+)}", text))


@cache
def table(language: str) -> Mapping[str, str | tuple[str, ...]]:
    """Every text and list of a language by its key."""
    with _path(language).open("rb") as opened:
        return dict(_flat("", tomllib.load(opened)))


@cache
def _table(language: str) -> Mapping[str, str | tuple[str, ...]]:
    return table(language if _path(language).exists() else FIRST)


def _flat(path: str, value: object) -> Iterable[tuple[str, str | tuple[str, ...]]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(f"{path}.{key}" if path else key, inner)
    else:
        yield path, value if isinstance(value, str) else tuple(value)  # type: ignore[arg-type]


def _path(language: str) -> Path:
    return FOLDER / language / f"{TABLE}.toml"


def _file(language: str) -> str:
    return f"chatbot/words/{language}/{TABLE}.toml"
