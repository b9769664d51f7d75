"""Titles that the catalogue does not have."""

from chatbot.reading import Reading
from chatbot.words import cues
from chatbot.words.filler import function_words
from retrieval.text import Token


def read_unknown_titles(reading: Reading, used: set[int]) -> set[int]:
    """Capitalised names where a title stands, which the catalogue does not have. Gives their tokens."""
    words, taken = reading.words, set()
    for at in range(1, len(words)):
        before = words[at - 1].folded
        start = at - 1 if before == "the" and at > 1 else at
        cued = words[start - 1].folded in (
            *cues("watched", reading.language), "like", "to", "recommend",
        )  # fmt: skip
        if at in used or at in taken or not cued or not _name_word(words[at]):
            continue
        last = at
        while (
            last + 1 < len(words)
            and last + 1 not in used
            and (
                words[last + 1].capitalised
                or words[last + 1].folded in ("of", "the", "and", "in", "a")
            )
        ):
            last += 1
        while not words[last].capitalised:
            last -= 1
        reading.unknown.append(reading.text[words[start].start : words[last].end])
        taken |= set(range(start, last + 1))
    return taken


def _name_word(word: Token) -> bool:
    return word.capitalised and len(word.text) > 1 and word.folded not in function_words()
