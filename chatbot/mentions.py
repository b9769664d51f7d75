"""Linking: which phrases of an utterance name something in the catalogue."""

import re
from collections.abc import Sequence

from chatbot.lexicon import LONGEST_PHRASE, Lexicon, Mention, Sense
from chatbot.typos import with_typos
from chatbot.words import concepts, cues
from chatbot.words.filler import filler
from retrieval.find import STOP_WORDS
from retrieval.text import Token

PRONOUNS = frozenset(["it", "her", "him", "them", "that", "this", "us", "you", "me"])
QUOTES = "\"“”„«»'‘’"


def link(text: str, words: Sequence[Token], lexicon: Lexicon) -> list[Mention]:
    """Mentions in `text`, longest first where they overlap, in order of appearance."""
    mentions: list[Mention] = []
    at = 0
    while at < len(words):
        listed = _goes_on(words, mentions[-1], at) if mentions else False
        mention = _longest(text, words, at, lexicon, listed)
        if mention:
            mentions.append(mention)
            at = mention.last + 1
        else:
            at += 1
    return with_typos(text, words, mentions, lexicon)


def _goes_on(words: Sequence[Token], last: Mention, at: int) -> bool:
    """Whether a list of titles goes on: only joining words between the last title and here."""
    between = {w.folded for w in words[last.last + 1 : at]}
    return (
        last.kind == "title"
        and len(between) < 3
        and between <= {"and", "or", "also", "plus", "the", "nor"}
    )


def _longest(
    text: str, words: Sequence[Token], at: int, lexicon: Lexicon, listed: bool
) -> Mention | None:
    for length in range(min(LONGEST_PHRASE, len(words) - at), 0, -1):
        last = at + length - 1
        phrase = " ".join(w.folded for w in words[at : last + 1])
        for groups in _readings(text, words, at, last, phrase, lexicon, listed):
            last = _with_year(words, last, groups, lexicon)
            return Mention(at, last, groups, text[words[at].start : words[last].end])
    return None


def _readings(
    text: str,
    words: Sequence[Token],
    first: int,
    last: int,
    phrase: str,
    lexicon: Lexicon,
    listed: bool,
) -> list[tuple[tuple[Sense, ...], ...]]:
    """What a phrase can mean here, the likeliest first."""
    found: list[tuple[tuple[Sense, ...], ...]] = []
    values = lexicon.value_senses(phrase)
    if phrase in cues("never_values") or (
        phrase in filler() and not _is_name(text, words, first, values)
    ):
        values = []
    exact = phrase in lexicon.values or phrase in concepts()
    if phrase in lexicon.titles and _is_title(text, words, first, last, exact, lexicon, listed):
        year = _year_after(words, last)
        found.append((tuple(lexicon.titled(phrase, year)[:1]),))
    if people := lexicon.person_senses(phrase):
        inside = words[first].capitalised and not _starts_sentence(text, words[first])
        if " " in phrase or (inside and phrase not in filler() and phrase not in STOP_WORDS):
            found.append((tuple(people),))
    elif not values and _may_be_name(words, first, last, phrase, lexicon):
        people = lexicon.name_senses(phrase)
        found += [(tuple(people),)] if people else []
    if values:
        found.append(tuple(tuple(group) for group in values))
    return found


def _is_name(
    text: str, words: Sequence[Token], first: int, values: Sequence[Sequence[Sense]]
) -> bool:
    """Whether a filler word is written as the name it can also be: "Nice", the town."""
    capital = words[first].capitalised and not _starts_sentence(text, words[first])
    return capital and any(s.value[:1].isupper() for group in values for s in group)


def _is_title(
    text: str,
    words: Sequence[Token],
    first: int,
    last: int,
    is_value: bool,
    lexicon: Lexicon,
    listed: bool,
) -> bool:
    """Whether a phrase that equals a title is meant as one, and not as ordinary words."""
    span = words[first : last + 1]
    if _year_after(words, last) is not None or _quoted(text, span):
        return True
    names = [w for w in span if w.folded not in STOP_WORDS]
    ordinary = all(w.folded in lexicon.ordinary for w in names)
    if len(span) >= 3 and names and not is_value:
        return True
    if len(span) == 2 and names and not ordinary and not is_value:
        return True
    cued = listed or _cued(words, first)
    capital = bool(names or span) and all(w.capitalised for w in names or span)
    inside = capital and not _starts_sentence(text, words[first])
    alone = len(span) == len(words)
    if not names:
        about = first > 0 and words[first - 1].folded == "about"
        watched = (
            first > 0
            and words[first - 1].folded in cues("watched")
            and words[first].folded not in PRONOUNS
            and _stands_alone(text, words, last)
        )
        return watched or (capital and ((inside and cued and not about) or alone))
    if is_value:
        genre = any(
            s.count >= 40 for g in lexicon.value_senses(" ".join(w.folded for w in span)) for s in g
        )
        return cued and not genre and (capital or not ordinary)
    return cued or inside or (capital and len(span) > 1) or (not ordinary and (capital or alone))


def _cued(words: Sequence[Token], first: int) -> bool:
    """Whether a word before it says that a title comes, articles and lists looked through."""
    for back in range(first - 1, max(first - 4, -1), -1):
        word = words[back].folded
        if word in cues("title"):
            return True
        if word not in ("the", "a", "an", "to", "of", "really", "already", "movie", "film"):
            return False
    return False


def _stands_alone(text: str, words: Sequence[Token], last: int) -> bool:
    """Whether nothing that a phrase could belong to follows: "seen up, and", not "seen up close"."""
    after = text[words[last].end :].lstrip()
    following = words[last + 1].folded if last + 1 < len(words) else ""
    return not after or after[0] in ",.;!?)" or following in ("and", "but", "already", "yesterday")


def _quoted(text: str, span: Sequence[Token]) -> bool:
    before = text[: span[0].start].rstrip()[-1:]
    after = text[span[-1].end :].lstrip()[:1]
    return bool(before) and bool(after) and before in QUOTES and after in QUOTES


def _starts_sentence(text: str, word: Token) -> bool:
    before = text[: word.start].rstrip()
    return not before or before[-1] in ".!?\n"


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


def _may_be_name(
    words: Sequence[Token], first: int, last: int, phrase: str, lexicon: Lexicon
) -> bool:
    """Whether a part of a name is meant as one: "De Niro", "Tarantino", "the Coens", "Denzel"."""
    if phrase in STOP_WORDS or phrase in filler() or len(phrase) < 3:
        return False
    if last > first:
        return phrase in lexicon.surnames  # a surname of several words is a name by itself
    word = words[first]
    beside = [words[i] for i in (first - 1, first + 1) if 0 <= i < len(words)]
    cued = first > 0 and words[first - 1].folded in cues("person")
    if word.capitalised and any(_is_other_name(w) for w in beside):
        return False  # "Agatha Christie" is not whichever Christie the catalogue has
    if phrase in lexicon.ordinary:
        return word.capitalised and first > 0 and cued
    return word.capitalised or cued


def _is_other_name(word: Token) -> bool:
    known = word.folded in STOP_WORDS or word.folded in filler() or word.folded in cues("person")
    return word.capitalised and not known
