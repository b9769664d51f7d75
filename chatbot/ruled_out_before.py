"""What is ruled out right before an amount: "no nuts under 500 calories" is two promises, and "no lamps over
a hundred" is one."""

from collections.abc import Sequence

from chatbot.bounds import Bound
from chatbot.context import GENRES
from chatbot.lexicon import CATEGORY_FACETS, Mention
from chatbot.words import pattern
from retrieval.text import Token, fold

Spans = list[tuple[int, int]]


def with_stops(
    text: str, words: Sequence[Token], mentions: Sequence[Mention], language: str
) -> str:
    """The text, as long as before, with a stop behind what is ruled out where the amount behind it is a wish
    of its own: an upper limit behind anything but a kind of goods, a year behind what no item is."""
    for mention in mentions:
        start, end = words[mention.first].start, words[mention.last].end
        if mention.kind == "title" or not (denial := _denial(text, start, language)):
            continue
        kind, rest = _kind(mention), text[end:]
        apart = "without" in denial or kind == "trait"
        upper = pattern("limits", "words.upper_follows", language).match(rest)
        year = pattern("limits", "words.year_follows", language).match(rest)
        if (upper and (apart or kind != "goods")) or (year and apart):
            text = f"{text[:end]};{text[end + 1 :]}"
    linked = {i for m in mentions for i in range(m.first, m.last + 1)}
    for end in (w.end for i, w in enumerate(words) if i not in linked):
        upper = pattern("limits", "words.upper_follows", language).match(text[end:])
        if upper and pattern("limits", "words.word_ruled_out", language).search(text[:end]):
            text = f"{text[:end]};{text[end + 1 :]}"
    return text


def without_traits(
    bound: Bound, words: Sequence[Token], mentions: Sequence[Mention], text: str, language: str
) -> Spans:
    """The characters of a bound but for what it rules out on the way: of "nothing with nuts over 500
    calories" nuts are ruled out too."""
    inside = [(words[m.first].start, words[m.last].end) for m in mentions if _kind(m) == "trait"]
    inside = [(s, e) for s, e in inside if bound.start < s and e < bound.end]
    if not inside or not _denial(text, inside[0][0], language):
        return [(bound.start, bound.end)]
    return [(inside[-1][1], bound.end)]


def _denial(text: str, start: int, language: str) -> str:
    found = pattern("limits", "words.negated", language).search(text[:start])
    return found[0].casefold() if found else ""


def _kind(mention: Mention) -> str:
    """What a value is of an item: a kind of goods, a genre, somebody who is in it, or a trait of it."""
    facets = {fold(s.facet) for s in mention.senses}
    if mention.kind != "value":
        return mention.kind
    if facets & CATEGORY_FACETS:
        return "goods"
    return "genre" if facets & GENRES else "trait"
