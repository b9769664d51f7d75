"""What an utterance states: where a quote stands in it, and which numbers and titles it names."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from chatbot.beginnings import LONGEST_PHRASE
from chatbot.bounds import MEASURED
from chatbot.lexicon import Lexicon
from chatbot.quantities import Kind, number, quantities, units_of
from chatbot.words.filler import function_words
from retrieval.measures import measure_of
from retrieval.text import Token, fold, singular, stem, tokens

LONGEST_NUMBER = 6  # words: "one thousand two hundred and fifty"


def located(quote: str, words: Sequence[Token]) -> range | None:
    """Where in an utterance a quote stands, as places of its tokens; None if it was never said."""
    said, wanted = [w.folded for w in words], [t.folded for t in tokens(quote)]
    if not wanted:
        return None
    last = len(said) - len(wanted)
    at = next((i for i in range(last + 1) if said[i : i + len(wanted)] == wanted), None)
    return None if at is None else range(at, at + len(wanted))


def says_something(place: Iterable[int], words: Sequence[Token]) -> bool:
    """Whether any of these words says something by itself: a number, or no function word."""
    said = (words[i].folded for i in place)
    return any(w[:1].isdigit() or (len(w) > 2 and w not in function_words()) for w in said)


@dataclass(frozen=True)
class Amount:
    """Numbers that an utterance states at characters `start` to `end`. `kind` is None where it
    gives no unit."""

    values: tuple[float, ...]
    start: int
    end: int
    kind: Kind | None = None
    unit: str = ""

    def fits(self, facet: str) -> bool:
        """Whether it can be an amount of that facet: its unit says so, or it has none."""
        name = fold(facet)
        if self.kind == "count":
            meant = {fold(f) for f in units_of("en").get(singular(fold(self.unit)), ())}
            return stem(self.unit) in stem(name).split() or name in meant
        if self.kind in (None, "bare", "measure"):
            return True
        measured = measure_of(facet)
        return measured is not None and measured.kind == MEASURED[self.kind]


def amounts(text: str) -> list[Amount]:
    """Every number that `text` states, each once: with its unit, or by itself."""
    found: list[Amount] = []
    rest, this_year = text, datetime.now(UTC).year
    for q in quantities(text):
        rest = rest[: q.start] + "|" * (q.end - q.start) + rest[q.end :]
        ago = q.kind == "recent"
        values = (this_year - q.low, this_year - q.low - 1) if ago else (q.low, q.high)
        found.append(Amount(values, q.start, q.end, q.kind, q.unit))
    words, at = tokens(rest), 0
    while at < len(words):
        value, used = _longest_number(words, at)
        if value is not None:
            found.append(Amount((value,), words[at].start, words[at + used - 1].end))
        at += used
    return found


def _longest_number(words: Sequence[Token], at: int) -> tuple[float | None, int]:
    if words[at].folded != "a" and _number(words[at].text) is None:
        return None, 1
    for length in range(min(LONGEST_NUMBER, len(words) - at), 0, -1):
        value = _number(" ".join(w.text for w in words[at : at + length]))
        if value is not None:
            return value, length
    return None, 1


@lru_cache(maxsize=4096)
def _number(words: str) -> float | None:
    try:
        return number(words)
    except (ValueError, OverflowError):
        return None


def named(words: Sequence[Token], lexicon: Lexicon) -> set[str]:
    """Items whose title stands in an utterance; a title of function words alone ("It") names none."""
    found: set[str] = set()
    for first in range(len(words)):
        for last in range(first, min(first + LONGEST_PHRASE, len(words))):
            place = range(first, last + 1)
            phrase = " ".join(words[i].folded for i in place)
            if phrase in lexicon.titles and says_something(place, words):
                found |= {s.value for s in lexicon.titles[phrase]}
    return found
