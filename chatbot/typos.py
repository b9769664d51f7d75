"""Names and facet values that were misspelt, found by a fuzzy matcher (rapidfuzz)."""

from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz import fuzz, process

from chatbot.lexicon import Lexicon, Mention, Sense
from chatbot.words import concepts, cues
from chatbot.words.filler import filler
from retrieval.find import STOP_WORDS
from retrieval.text import Token

FUZZY_CUTOFF = 88  # rapidfuzz ratio, 0 to 100; two typos in a title of average length
VALUE_CUTOFF_NEGATED = 80
"""Lower behind a negation: to keep out what was not meant costs less than to show what was."""
SHORTEST_FUZZY = 6  # characters


def with_typos(
    text: str, words: Sequence[Token], mentions: list[Mention], lexicon: Lexicon
) -> list[Mention]:
    """Adds names that were misspelt: the words behind a cue, compared with titles and people."""
    taken = {i for m in mentions for i in range(m.first, m.last + 1)}
    found = list(mentions)
    for at in range(1, len(words)):
        before = words[at - 1].folded
        is_title, is_person = before in cues("title"), before in cues("person")
        if at in taken or not (is_title or is_person):
            continue
        for length in range(min(5, len(words) - at), 0, -1):
            span = range(at, at + length)
            phrase = " ".join(words[i].folded for i in span)
            if taken & set(span) or not _worth_guessing(words[at : at + length], phrase, lexicon):
                continue
            senses = _nearest(phrase, lexicon, titles=is_title, people=True)
            if senses:
                quote = text[words[at].start : words[span[-1]].end]
                found.append(Mention(at, span[-1], (tuple(senses),), quote))
                taken |= set(span)
                break
    for at, word in enumerate(words):
        if at not in taken and (groups := _misspelt_value(words, at, lexicon)):
            found.append(Mention(at, at, tuple(map(tuple, groups)), word.text))
    return sorted(found, key=lambda m: m.first)


def _misspelt_value(words: Sequence[Token], at: int, lexicon: Lexicon) -> list[list[Sense]]:
    """The facet value that an unknown word was meant to be: "horor", or "no gor"."""
    word = words[at].folded
    negated = at > 0 and words[at - 1].folded in ("no", "not", "without", "any", "too", "or", "nor")
    if (
        len(word) < (3 if negated else 5)
        or word in lexicon.known
        or word in filler()
        or word.isdigit()
    ):
        return []
    cutoff = VALUE_CUTOFF_NEGATED if negated else FUZZY_CUTOFF
    best = process.extractOne(word, _choices(lexicon)[2], scorer=fuzz.ratio, score_cutoff=cutoff)
    return lexicon.value_senses(best[0]) if best and best[0][:1] == word[:1] else []


def _worth_guessing(span: Sequence[Token], phrase: str, lexicon: Lexicon) -> bool:
    known = all(w.folded in STOP_WORDS or w.folded in lexicon.ordinary for w in span)
    return (
        len(phrase) >= SHORTEST_FUZZY and not known and span[0].folded not in STOP_WORDS - {"the"}
    )


def _nearest(phrase: str, lexicon: Lexicon, titles: bool, people: bool) -> list[Sense]:
    choices = _choices(lexicon)
    for wanted, names, senses in (
        (titles, choices[0], lexicon.titles),
        (people, choices[1], lexicon.people),
    ):
        best = process.extractOne(phrase, names, scorer=fuzz.ratio, score_cutoff=FUZZY_CUTOFF)
        if wanted and best and best[0][:1] == phrase[:1]:
            return senses[best[0]][:1] if senses is lexicon.titles else senses[best[0]]
    return []


@lru_cache(maxsize=8)
def _choices(lexicon: Lexicon) -> tuple[list[str], list[str], list[str]]:
    titles = [t for t in lexicon.titles if len(t) >= SHORTEST_FUZZY]
    people = [p for p in lexicon.people if len(p) >= SHORTEST_FUZZY]
    return (
        titles,
        people,
        [v for v in (*lexicon.values, *concepts()) if " " not in v and len(v) > 3],
    )
