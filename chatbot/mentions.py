"""Linking: which phrases of an utterance name something in the catalogue."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process

from chatbot.lexicon import LONGEST_PHRASE, Lexicon, Sense
from chatbot.words import concepts
from chatbot.words.filler import FILLER
from retrieval.find import STOP_WORDS
from retrieval.text import Token

TITLE_CUES = frozenset(
    [
        "like",
        "love",
        "loved",
        "liked",
        "seen",
        "watched",
        "saw",
        "called",
        "titled",
        "named",
        "enjoyed",
        "hated",
        "disliked",
        "adore",
        "adored",
        "rewatched",
        "finished",
        "similar",
        "recommend",
        "than",
        "vein",
        "reminds",
        "film",
        "movie",
        "favorite",
        "favourite",
        "about",
        "not",
        "isnt",
        "except",
        "besides",
        "know",
    ]
)
PERSON_CUES = frozenset(
    [
        "with",
        "by",
        "starring",
        "stars",
        "featuring",
        "from",
        "director",
        "directed",
        "actor",
        "actress",
        "no",
        "not",
        "nothing",
        "without",
    ]
)
NEVER_VALUES = STOP_WORDS | frozenset(
    [
        "love",
        "loved",
        "loves",
        "loving",
        "liked",
        "night",
        "nights",
        "life",
        "story",
        "end",
        "death",
    ]
)
"""Words too common in talk to name a facet's value by themselves."""
QUOTES = "\"“”„«»'‘’"
FUZZY_CUTOFF = 88  # rapidfuzz ratio, 0 to 100; two typos in a title of average length
SHORTEST_FUZZY = 6  # characters


@dataclass(frozen=True)
class Mention:
    """A phrase that names something: tokens `first` to `last` (inclusive), and what it can mean.

    `groups` are senses that are all meant; the senses of one group are alternatives.
    """

    first: int
    last: int
    groups: tuple[tuple[Sense, ...], ...]
    quote: str

    @property
    def kind(self) -> str:
        """What it names: a value, a person or a title."""
        return self.groups[0][0].kind

    @property
    def senses(self) -> list[Sense]:
        """All senses of all groups."""
        return [sense for group in self.groups for sense in group]


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
    return _with_typos(text, words, mentions, lexicon)


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
    if phrase in NEVER_VALUES or (phrase in FILLER and not _is_name(text, words, first, values)):
        values = []
    exact = phrase in lexicon.values or phrase in concepts()
    if phrase in lexicon.titles and _is_title(text, words, first, last, exact, lexicon, listed):
        year = _year_after(words, last)
        found.append((tuple(lexicon.titled(phrase, year)[:1]),))
    if people := lexicon.person_senses(phrase):
        if " " in phrase or words[first].capitalised:
            found.append((tuple(people),))
    elif (
        first == last
        and _may_be_surname(words, first, phrase, lexicon)
        and (people := lexicon.surname_senses(phrase))
    ):
        found.append((tuple(people),))
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
        return capital and ((inside and cued and not about) or alone)
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
        if word in TITLE_CUES:
            return True
        if word not in ("the", "a", "an", "to", "of", "really", "already", "movie", "film"):
            return False
    return False


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


def _may_be_surname(words: Sequence[Token], at: int, phrase: str, lexicon: Lexicon) -> bool:
    word = words[at]
    if phrase in STOP_WORDS or len(phrase) < 3:
        return False
    cued = at > 0 and words[at - 1].folded in PERSON_CUES
    if phrase in lexicon.ordinary:
        return word.capitalised and at > 0 and cued
    return word.capitalised or cued


def _with_typos(
    text: str, words: Sequence[Token], mentions: list[Mention], lexicon: Lexicon
) -> list[Mention]:
    """Adds names that were misspelt: the words behind a cue, compared with titles and people."""
    taken = {i for m in mentions for i in range(m.first, m.last + 1)}
    found = list(mentions)
    for at in range(1, len(words)):
        before = words[at - 1].folded
        is_title, is_person = before in TITLE_CUES, before in PERSON_CUES
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
    return sorted(found, key=lambda m: m.first)


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
def _choices(lexicon: Lexicon) -> tuple[list[str], list[str]]:
    titles = [t for t in lexicon.titles if len(t) >= SHORTEST_FUZZY]
    return titles, [p for p in lexicon.people if len(p) >= SHORTEST_FUZZY]
