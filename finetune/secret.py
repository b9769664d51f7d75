"""What would give a target away: its title, or all the words of it that tell it from other items."""

from collections.abc import Collection, Iterable
from functools import cached_property, lru_cache

from chatbot.words.filler import function_words
from retrieval.item import Item
from retrieval.text import fold, is_unspaced, singular, tokens


def folded_words(text: str) -> list[str]:
    """The words of a text, folded, in order."""
    return [t.folded for t in tokens(text)]


@lru_cache(maxsize=65536)
def main_words(title: str) -> frozenset[str]:
    """The words of a title that say something, in the singular; all, where none does."""
    words = folded_words(title)
    said = [w for w in words if w not in function_words()]
    return frozenset(singular(w) for w in said or words)


class Secret:
    """A title that must not be said; `others` are the titles that its words could also mean."""

    def __init__(self, target: Item, others: Iterable[str]) -> None:
        self.target = target
        self._others = others

    @cached_property
    def _sequence(self) -> str:
        return f" {' '.join(folded_words(self.target.title))} "

    @cached_property
    def main(self) -> frozenset[str]:
        """The words that name the target if they are all said and no other title has them all."""
        own = main_words(self.target.title)
        shared = any(own <= main_words(t) for t in self._others if t != self.target.title)
        return frozenset() if shared else own

    def is_told_by(self, text: str, before: Collection[str] = ()) -> bool:
        """Whether a text names the target: its title, word by word (of several words, also inside
        others), or the last of its main words, where `before` holds the words said earlier."""
        words = folded_words(text)
        if self._sequence.strip() and self._sequence in f" {' '.join(words)} ":
            return True
        title = fold(self.target.title).strip()
        if (" " in title or is_unspaced(title)) and title in fold(text):
            return True
        said = {singular(w) for w in words} | set(before)
        return bool(self.main) and self.main <= said
