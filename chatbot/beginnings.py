"""How phrases of several words begin: most words of an utterance begin none."""

from collections.abc import Iterable, Sequence
from itertools import chain

from chatbot.called import in_figures
from chatbot.words import concepts, places, renderings
from chatbot.words.spellings import respelt
from retrieval.text import singular

LONGEST_PHRASE = 14  # words, or Chinese characters
UNIT = 4  # words in which a name of several that is spelt otherwise is seen


class Beginnings:
    """The first two words of what a catalogue or the word lists name with several."""

    def __init__(self, named: Iterable[Iterable[str]]) -> None:
        self._longest: dict[str, int] = {}
        words = (concepts(), places(), renderings("names"), renderings("titles"))
        for phrase in chain(*named, *words):
            if gaps := phrase.count(" "):
                pair = _pair(phrase)
                self._longest[pair] = max(self._longest.get(pair, 0), gaps + 1)

    def longest(self, words: Sequence[str]) -> int:
        """How many of these folded words, counted from the first, can name something together, however
        it is written: no more of them need to be looked up."""
        most = min(LONGEST_PHRASE, len(words))
        if most < 2:
            return most
        ahead = " ".join(words[:UNIT])
        spelt = respelt(ahead)
        if spelt.count(" ") != ahead.count(" "):  # "spring onion", "scallion"
            return most
        pair = _pair(ahead)  # a number is a word of several when it is folded: "2.0"
        forms = {_pair(spelt)}
        for said in (pair, pair.removesuffix("s")):  # "Part Two's ending"
            forms |= {said, singular(said), respelt(said), in_figures(said)}
        return min(most, max(self._longest.get(form, 1) for form in forms))


def _pair(phrase: str) -> str:
    """The first two words."""
    return " ".join(phrase.split(" ", 2)[:2])
