"""Titles that are said almost as the catalogue writes them: "Three Colors: Blue", "Pixar's Up"."""

from collections.abc import Sequence

from chatbot.called import in_figures, without_article
from chatbot.lexicon import Lexicon, Mention, Sense
from chatbot.typos import most_alike
from retrieval.stop_words import STOP_WORDS
from retrieval.text import Token, stem

ALIKE = 90  # rapidfuzz ratio, of stems
ROUGHLY, FEW = 70, 8  # of the words as they are, and how many titles are looked at more closely
SHORTEST = 8  # characters that may be written otherwise
LONGEST_GAP = 4  # characters more or less
SEVERAL = 3  # words that stand for a longer title which holds them in their order
WIDER = 4  # words before a title that may make it another
JOINING = frozenset(["of", "the", "and"])
MOST = 400  # titles that share a word and are compared


def near_title(
    text: str, words: Sequence[Token], place: range, before: Mention | None, lexicon: Lexicon
) -> Mention | None:
    """The title that words are meant as, without whose it is ("Ghibli's Ponyo"), with the first word of
    the one before it in a list ("Before Sunrise, Sunset"), or spelt in another way."""
    for first in (place.start, place.start + 1):
        if first > place.start and not is_owner(words[place.start]):
            break
        said = " ".join(w.folded for w in words[first : place.stop])
        if found := _titled(said, lexicon, whole=first > place.start):
            return _as(text, words, place, found)
    if before is not None:
        begun = f"{words[before.first].folded} {words[place.start].folded}"
        if len(place) == 1 and (found := lexicon.titles.get(begun, [])):
            return _as(text, words, place, found)
    return None


def wider_title(
    text: str, words: Sequence[Token], title: Mention, lexicon: Lexicon
) -> Mention | None:
    """The longer title that words before a title make of it, spelt almost so: "lord of the ring" is not
    The Ring."""
    for first in range(max(title.first - WIDER, 0), title.first - 1):
        place = range(first, title.last + 1)
        said = " ".join(w.folded for w in words[first : place.stop])
        spaced = all(text[words[i].end : words[i + 1].start] == " " for i in place[:-1])
        starts = words[first].folded not in STOP_WORDS and words[title.first - 1].folded in JOINING
        found = _titled(said, lexicon, whole=False) if spaced and starts else []
        if found and found[0].value != title.senses[0].value:
            return _as(text, words, place, found)
    return None


def _as(text: str, words: Sequence[Token], place: range, senses: Sequence[Sense]) -> Mention:
    quote = text[words[place.start].start : words[place.stop - 1].end]
    return Mention(place.start, place.stop - 1, (tuple(senses[:1]),), quote)


def is_owner(word: Token) -> bool:
    """Whether a word says whose the next is: "Dickens's"."""
    return word.text.endswith(("'s", "’s"))


def _titled(said: str, lexicon: Lexicon, whole: bool) -> list[Sense]:
    if whole and said in lexicon.titles:
        return lexicon.titles[said]
    said = without_article(said)
    shared: list[str] = []
    for word in said.split():
        if word not in STOP_WORDS:
            shared += lexicon.by_word.get(word, [])[:MOST]
    titles, numbers = list(dict.fromkeys(shared)), _numbers(said)
    if len(said.split()) >= SEVERAL:
        holding = [t for t in titles if f" {t}".endswith(f" {said}") and _numbers(t) == numbers]
        if len({s.value for t in holding for s in lexicon.titles[t]}) == 1:
            return lexicon.titles[holding[0]]
    if len(said) < SHORTEST:
        return []
    near = [t for t in titles if abs(len(without_article(t)) - len(said)) <= LONGEST_GAP]
    stems = {_stems(t): t for t in most_alike(said, near, ROUGHLY, FEW) if _numbers(t) == numbers}
    best = most_alike(_stems(said), list(stems), ALIKE)
    return lexicon.titles[stems[best[0]]] if best else []


def _stems(phrase: str) -> str:
    return " ".join(map(stem, without_article(phrase).split()))


def _numbers(phrase: str) -> list[str]:
    return [w for w in in_figures(phrase).split() if w.isdigit()]
