"""Linking: which phrases of an utterance name something in the catalogue."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from chatbot.beginnings import LONGEST_PHRASE
from chatbot.called import ARTICLES, NUMBERS
from chatbot.lexicon import Lexicon, Mention, Sense
from chatbot.series import in_series
from chatbot.title_frames import is_framed, listed_alone
from chatbot.title_lists import listed_before
from chatbot.title_words import DAYS, is_judged, is_title, quoted, starts_sentence
from chatbot.typos import with_typos
from chatbot.words import concepts, cues, renderings
from chatbot.words.everyday import EVERYDAY, frequency
from chatbot.words.filler import filler
from retrieval.stop_words import STOP_WORDS
from retrieval.text import Token

BETWEEN = frozenset(["and", "or", "also", "plus", "the", "nor", "和", "与", "跟", "及"])


@dataclass(frozen=True)
class _Said:
    """What is linked: a text, its words, in which language, to which catalogue, after which list."""

    text: str
    words: Sequence[Token]
    lexicon: Lexicon
    language: str
    shown: Collection[str]


def link(
    text: str,
    words: Sequence[Token],
    lexicon: Lexicon,
    language: str = "en",
    shown: Collection[str] = (),
) -> list[Mention]:
    """Mentions in `text`, longest first where they overlap, in order of appearance."""
    said = _Said(text, words, lexicon, language, shown)
    mentions: list[Mention] = []
    at = 0
    while at < len(words):
        listed = _goes_on(text, words, mentions[-1], at) if mentions else False
        mention = _longest(said, at, listed)
        if mention and f"{words[at].folded} " in ARTICLES and at + 1 < len(words):
            # "the Star Wars films" is not The Star
            inner = _longest(said, at + 1, listed)
            mention = None if inner and inner.last > mention.last else mention
        if mention:
            mentions.append(mention)
            at = mention.last + 1
        else:
            at += 1
    mentions = listed_before(text, words, mentions, lexicon)
    mentions = listed_alone(text, words, mentions, lexicon) if language == "en" else mentions
    mentions = in_series(text, words, mentions, lexicon)
    return with_typos(text, words, mentions, lexicon, language)


def _goes_on(text: str, words: Sequence[Token], last: Mention, at: int) -> bool:
    """Whether a list of titles goes on: only joining words between the last title and here."""
    between = {w.folded for w in words[last.last + 1 : at]}
    gap = text[words[last.last].end : words[at].start]
    return (
        last.kind == "title"
        and len(between) < 3
        and between <= BETWEEN
        and (bool(between) or bool(re.search(r"[,，、/&]", gap)))
        and (bool(between) or not re.search(r"[.!?;。！？；]", gap))
    )


def _longest(said: _Said, at: int, listed: bool) -> Mention | None:
    text, words = said.text, said.words
    folded = [w.folded for w in words[at : at + LONGEST_PHRASE]]
    for length in range(said.lexicon.beginnings.longest(folded), 0, -1):
        last = at + length - 1
        phrase = " ".join(folded[:length])
        readings = _readings(said, at, last, phrase, listed)
        owns = words[last].text.endswith(("'s", "’s"))
        if owns and (not readings or is_judged(text, words, at, last, said.language)):
            owner = phrase.removesuffix("s")  # "Gremlins's", "wilderpeople's a ripper"
            readings = (
                readings
                if readings and not said.lexicon.titled(owner)
                else _readings(said, at, last, owner, listed)
            )
        for groups in readings:
            last = _with_year(words, last, groups, said.lexicon)
            return Mention(at, last, groups, text[words[at].start : words[last].end])
    return None


def _readings(
    said: _Said, first: int, last: int, phrase: str, listed: bool
) -> list[tuple[tuple[Sense, ...], ...]]:
    """What a phrase can mean here, the likeliest first."""
    text, words, lexicon, language = said.text, said.words, said.lexicon, said.language
    found: list[tuple[tuple[Sense, ...], ...]] = []
    values = lexicon.value_senses(phrase)
    called = phrase in lexicon.nouns and phrase not in concepts()
    called = called and not (first and words[first - 1].folded == "about")
    if (
        called
        or phrase in cues("never_values", language)
        or (phrase in concepts() and _is_of(words, last, cues("heads", language)))
        or (
            phrase in filler()
            and not _is_name(text, words, first, values)
            and not lexicon.is_category(values)
        )
    ):
        values = []
    exact = phrase in lexicon.values or phrase in concepts()
    people = lexicon.person_senses(phrase)
    inside = words[first].capitalised and not starts_sentence(text, words[first])
    if people and (
        " " in phrase
        or phrase in renderings("names")
        or (inside and phrase not in filler() and phrase not in STOP_WORDS)
    ):
        found.append((tuple(people),))
    if (titled := lexicon.titled(phrase, year := _year_after(words, last))) and not (
        words[last].folded in NUMBERS and "," in text[words[first].end : words[last].start]
    ):
        if year is not None:
            known = lexicon.items[titled[0].value].number("year")
            year = year if known is not None and abs(known - year) <= 1 else None
        here = [s for s in titled if s.value in said.shown and phrase not in STOP_WORDS]
        sure = year is not None or bool(here) or quoted(text, words[first : last + 1])
        if sure or (
            not _goes_on_as_name(words, last)
            and (
                is_title(text, words, first, last, exact, lexicon, listed, language)
                or (language == "en" and is_framed(text, words, first, last, lexicon))
            )
        ):
            found.insert(0 if sure or not found else 1, (tuple((here or titled)[:1]),))
    if not found and not values and _may_be_name(said, first, last, phrase):
        people = lexicon.name_senses(phrase)
        found += [(tuple(people),)] if people else []
    if values:
        found.append(tuple(tuple(group) for group in values))
    return found


def _is_of(words: Sequence[Token], last: int, heads: Collection[str]) -> bool:
    """Whether a word goes with the one behind it, which is what is spoken of: "laugh track"."""
    return last + 1 < len(words) and words[last + 1].folded in heads


def _goes_on_as_name(words: Sequence[Token], last: int) -> bool:
    """Whether a title would go on behind a phrase: "for", "of" or the like, and a capital."""
    if last + 2 >= len(words) or not words[last].capitalised:
        return False
    joins, name = words[last + 1].folded, words[last + 2]
    return (
        joins in ("for", "of", "on", "from", "at") and name.capitalised and name.folded not in DAYS
    )


def _is_name(
    text: str, words: Sequence[Token], first: int, values: Sequence[Sequence[Sense]]
) -> bool:
    """Whether a filler word is written as the name it can also be: "Nice", the town."""
    capital = words[first].capitalised and not starts_sentence(text, words[first])
    return capital and any(s.value[:1].isupper() for group in values for s in group)


def _year_after(words: Sequence[Token], last: int) -> int | None:
    if last + 1 < len(words) and re.fullmatch(r"(?:18|19|20)\d\d", words[last + 1].folded):
        return int(words[last + 1].folded)
    return None


def _with_year(
    words: Sequence[Token], last: int, groups: tuple[tuple[Sense, ...], ...], lexicon: Lexicon
) -> int:
    """A year right behind a title belongs to it, if the item is of about that year."""
    sense, year = groups[0][0], _year_after(words, last)
    if sense.kind != "title" or year is None:
        return last
    known = lexicon.items[sense.value].number("year")
    return last + 1 if known is not None and abs(known - year) <= 1 else last


def _may_be_name(said: _Said, first: int, last: int, phrase: str) -> bool:
    """Whether a part of a name is meant as one: "De Niro", "Tarantino", "the Coens", "Denzel"."""
    words, language = said.words, said.language
    if phrase in STOP_WORDS or phrase in filler() or len(phrase) < 3:
        return False
    if last > first:
        return phrase in said.lexicon.surnames  # a surname of several words is a name by itself
    word = words[first]
    beside = [words[i] for i in (first - 1, first + 1) if 0 <= i < len(words)]
    beside = [w for w in beside if not _apart(said.text, word, w)]
    cued = first > 0 and words[first - 1].folded in cues("person", language)
    if word.capitalised and any(_is_other_name(w, language) for w in beside):
        return False  # "Agatha Christie" is not whichever Christie the catalogue has
    if phrase in said.lexicon.ordinary or frequency(phrase) >= EVERYDAY + (
        0.5 if word.capitalised else 0
    ):
        return word.capitalised and first > 0 and cued
    return word.capitalised or cued


def _apart(text: str, one: Token, other: Token) -> bool:
    """Whether a sentence ends between two words."""
    first, second = sorted((one, other), key=lambda w: w.start)
    return bool(re.search(r"[.!?;,]", text[first.end : second.start]))


def _is_other_name(word: Token, language: str) -> bool:
    known = (
        word.folded in STOP_WORDS
        or word.folded in filler()
        or word.folded in cues("person", language)
    )
    return word.capitalised and not known
