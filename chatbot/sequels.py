"""Parts of a series that the catalogue does not have: "Frozen 2" where it has Frozen only."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from chatbot.called import PARTS, in_figures, is_begun, without_article
from chatbot.lexicon import Lexicon, Mention
from chatbot.profile import Preference
from retrieval.stop_words import STOP_WORDS
from retrieval.text import Token, fold

HIGHEST = 13
_GAP = re.compile(r"[ :,.\-–—]{1,3}")
_COUNTING = frozenset(["or", "to", "of", "on"])
"""Behind a number, where it counts or is a date."""


def missing_sequels(
    text: str, words: Sequence[Token], titled: Sequence[Mention], lexicon: Lexicon
) -> Iterator[range]:
    """The words of titles with the number of another part behind them, which the catalogue lacks."""
    for title in titled:
        if (behind := _numbered(text, words, title.last + 1)) is None:
            continue
        last, number = behind
        known = fold(lexicon.items[title.senses[0].value].title)
        said = without_article(fold(title.quote))
        if without_article(known) == said and number == 1:
            continue
        if not _has_part(without_article(known), said, number):
            yield range(title.first, last + 1)


def _numbered(text: str, words: Sequence[Token], at: int) -> tuple[int, int] | None:
    """The last word of the number that stands at a word, "part" before it included, and the number."""
    part = at < len(words) and words[at].folded in PARTS
    last = at + part
    if last >= len(words) or not all(
        _GAP.fullmatch(text[words[i - 1].end : words[i].start]) for i in range(at, last + 1)
    ):
        return None
    if not part and text[words[at - 1].end : words[at].start] != " ":
        return None
    figures = in_figures(f"part {words[last].folded}").split()[-1]
    written = words[last].text.isdigit() or words[last].text.isupper() or part
    if not written or not figures.isdigit() or not 1 <= int(figures) <= HIGHEST:
        return None
    ends = last + 1 == len(words) or bool(
        re.search(r"[^\w\s]", text[words[last].end : words[last + 1].start])
    )
    follows = "" if ends else words[last + 1].folded
    if not (part or ends or (follows in STOP_WORDS and follows not in _COUNTING)):
        return None  # "Alien 3 times"
    return last, int(figures)


def _has_part(known: str, said: str, number: int) -> bool:
    """Whether a known title begins as is said and is the part with a number: "Kill Bill: Volume 1"."""
    if not known.startswith(said):
        return False
    rest = in_figures(f"part {known.removeprefix(said)}").split()
    return str(number) in rest or (number == 1 and not any(w.isdigit() for w in rest))


def begun_alike(id: str, out: Preference, lexicon: Lexicon) -> list[Preference]:
    """What is meant where an item's title is ruled out: where only its first words are said, all titles
    that begin with them, "no Monty Python"."""
    phrase = without_article(fold(out.phrase))
    if not is_begun(phrase, out.value):
        return [out]
    words = lexicon.by_word.get(phrase.partition(" ")[0], ())
    alike = {s.value for title in words for s in lexicon.titles[title]} - {id}
    begun = (f"{phrase} ", f"{phrase}s ")
    titles = [lexicon.items[i].title for i in sorted(alike)]
    also = [t for t in titles if without_article(fold(t)).startswith(begun)]
    return [out, *(replace(out, value=title) for title in also)]
