"""Linking: which phrases of an utterance name something in the catalogue."""

import re
from collections.abc import Collection, Sequence

from chatbot.called import ARTICLES
from chatbot.lexicon import LONGEST_PHRASE, Lexicon, Mention, Sense
from chatbot.title_lists import GENRE_SIZED, listed_before
from chatbot.typos import with_typos
from chatbot.words import concepts, cues, marked_only
from chatbot.words.everyday import EVERYDAY, frequency
from chatbot.words.filler import filler
from retrieval.find import STOP_WORDS
from retrieval.text import HAN, Token

PRONOUNS = frozenset(["it", "her", "him", "them", "that", "this", "us", "you", "me"])
QUOTES = "\"“”„«»'‘’《》「」『』"
JUDGING = frozenset(
    ["saw", "seen", "watched", "already", "have", "loved", "liked", "love", "like", "hated", "know"]
)
"""Behind "I" or "we": what is said of an item that was named before."""
BETWEEN = frozenset(["and", "or", "also", "plus", "the", "nor", "和", "与", "跟", "及"])
KINDS_BEHIND = frozenset("的片类题类式系书剧")
"""Behind words that a clause opens with: they say of what kind something should be."""
SHORTEST_CHINESE = 2  # characters of a title that is not in title marks


def link(
    text: str,
    words: Sequence[Token],
    lexicon: Lexicon,
    language: str = "en",
    shown: Collection[str] = (),
) -> list[Mention]:
    """Mentions in `text`, longest first where they overlap, in order of appearance."""
    mentions: list[Mention] = []
    at = 0
    while at < len(words):
        listed = _goes_on(text, words, mentions[-1], at) if mentions else False
        mention = _longest(text, words, at, lexicon, listed, language, shown)
        if mention and f"{words[at].folded} " in ARTICLES and at + 1 < len(words):
            # "the Star Wars films" is not The Star
            inner = _longest(text, words, at + 1, lexicon, listed, language, shown)
            mention = None if inner and inner.last > mention.last else mention
        if mention:
            mentions.append(mention)
            at = mention.last + 1
        else:
            at += 1
    mentions = listed_before(text, words, mentions, lexicon)
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


def _longest(
    text: str,
    words: Sequence[Token],
    at: int,
    lexicon: Lexicon,
    listed: bool,
    language: str,
    shown: Collection[str],
) -> Mention | None:
    for length in range(min(LONGEST_PHRASE, len(words) - at), 0, -1):
        last = at + length - 1
        phrase = " ".join(w.folded for w in words[at : last + 1])
        readings = _readings(text, words, at, last, phrase, lexicon, listed, language, shown)
        if not readings and words[last].text.endswith(("'s", "’s")):
            owner = phrase.removesuffix("s")  # "Gremlins's", "wilderpeople's a ripper"
            readings = _readings(text, words, at, last, owner, lexicon, listed, language, shown)
        for groups in readings:
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
    language: str,
    shown: Collection[str],
) -> list[tuple[tuple[Sense, ...], ...]]:
    """What a phrase can mean here, the likeliest first."""
    found: list[tuple[tuple[Sense, ...], ...]] = []
    values = lexicon.value_senses(phrase)
    called = phrase in lexicon.nouns and phrase not in concepts()
    called = called and not (first and words[first - 1].folded == "about")
    if (
        called
        or phrase in cues("never_values", language)
        or (
            phrase in filler()
            and not _is_name(text, words, first, values)
            and not lexicon.is_category(values)
        )
    ):
        values = []
    exact = phrase in lexicon.values or phrase in concepts()
    people = lexicon.person_senses(phrase)
    inside = words[first].capitalised and not _starts_sentence(text, words[first])
    if people and (
        " " in phrase or (inside and phrase not in filler() and phrase not in STOP_WORDS)
    ):
        found.append((tuple(people),))
    if titled := lexicon.titled(phrase, year := _year_after(words, last)):
        if year is not None:
            known = lexicon.items[titled[0].value].number("year")
            year = year if known is not None and abs(known - year) <= 1 else None
        here = [s for s in titled if s.value in shown and phrase not in STOP_WORDS]
        sure = year is not None or bool(here) or _quoted(text, words[first : last + 1])
        if sure or (
            not _goes_on_as_name(words, last)
            and _is_title(text, words, first, last, exact, lexicon, listed, language)
        ):
            found.insert(0 if sure or not found else 1, (tuple((here or titled)[:1]),))
    if (
        not found
        and not values
        and _may_be_name(text, words, first, last, phrase, lexicon, language)
    ):
        people = lexicon.name_senses(phrase)
        found += [(tuple(people),)] if people else []
    if values:
        found.append(tuple(tuple(group) for group in values))
    return found


def _goes_on_as_name(words: Sequence[Token], last: int) -> bool:
    """Whether a title would go on behind a phrase: "for", "of" or the like, and a capital."""
    if last + 2 >= len(words) or not words[last].capitalised:
        return False
    return (
        words[last + 1].folded in ("for", "of", "on", "from", "at") and words[last + 2].capitalised
    )


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
    language: str,
) -> bool:
    """Whether a phrase that equals a title is meant as one, and not as ordinary words."""
    span = words[first : last + 1]
    if HAN.match(span[0].text):
        if len(span) < SHORTEST_CHINESE or " ".join(w.folded for w in span) in marked_only():
            return False
        return len(span) >= (4 if is_value else 3) or (
            not is_value and _cued_in_chinese(words, first, last, language)
        )
    names = [w for w in span if w.folded not in STOP_WORDS]
    ordinary = all(_is_ordinary(w, lexicon) for w in names)
    cued = listed or _cued(words, first, language) or _cued_behind(words, span, last)
    capital = bool(names or span) and all(w.capitalised for w in names or span)
    inside = capital and not _starts_sentence(text, words[first])
    alone = len(span) == len(words)
    if listed and is_value and len(names) > 1:
        return True
    if len(span) > 2 and names and is_value:
        return True  # "beauty and the beast" is a film before it is a tag
    if len(span) > 1 and names and not is_value:
        described = span[0].folded in ("a", "an", "about", "one") and not capital
        rare = min(frequency(w.folded) for w in names) < EVERYDAY + 0.8
        enough = len(names) > 1 or len(span) > 2 or not ordinary
        if not described and enough and (capital or cued or alone or rare or len(names) > 2):
            return True
    if not names:
        about = first > 0 and words[first - 1].folded == "about"
        watched = (
            first > 0
            and words[first - 1].folded in cues("watched", language)
            and words[first].folded not in PRONOUNS
            and _stands_alone(text, words, last)
        )
        return watched or (
            capital and ((inside and cued and not about and not _shouted(text)) or alone)
        )
    if is_value:
        genre = any(
            s.count >= GENRE_SIZED
            for g in lexicon.value_senses(" ".join(w.folded for w in span))
            for s in g
        )
        return cued and not genre and (capital or not ordinary)
    everyday = all(w.folded in filler() or frequency(w.folded) >= EVERYDAY + 1 for w in names)
    judged = first > 0 and words[first - 1].folded in cues("watched", language)
    if len(span) == 1 and judged and _stands_alone(text, words, last) and not is_value:
        return words[first].folded not in filler() and words[first].folded not in PRONOUNS
    alike = first > 1 and words[first - 1].folded == "like"
    if alike and words[first - 2].folded in cues("leads_like", language):
        return not any(w.folded in filler() for w in names)
    if listed and len(span) == 1 and not everyday:
        return True
    if everyday and len(span) == 1:
        return capital and inside and cued and not _shouted(text)
    if ordinary:
        return (
            (cued and (capital or len(span) > 1))
            or (inside and len(span) == 1 and not _shouted(text) and not everyday)
            or (capital and len(span) > 1)
            or (alone and capital)
        )
    rare = all(frequency(w.folded) < EVERYDAY - 0.5 for w in names)
    return cued or inside or capital or alone or rare


def _is_ordinary(word: Token, lexicon: Lexicon) -> bool:
    return frequency(word.folded) >= EVERYDAY or (
        word.folded in lexicon.ordinary and frequency(word.folded) >= EVERYDAY - 1
    )


def _shouted(text: str) -> bool:
    """Whether an utterance is in capitals, which then say nothing."""
    letters = [c for c in text if c.isalpha()]
    return len(letters) > 8 and sum(c.isupper() for c in letters) > 0.7 * len(letters)


def _cued_in_chinese(words: Sequence[Token], first: int, last: int, language: str) -> bool:
    """Whether the characters before or behind say that a title stands here."""
    before = "".join(w.folded for w in words[max(first - 3, 0) : first])
    after = "".join(w.folded for w in words[last + 1 : last + 4])
    starts = tuple(w.replace(" ", "") for w in cues("title_behind", language))
    ends = tuple(w.replace(" ", "") for w in cues("title", language) if HAN.match(w))
    opens = first == 0 or words[first - 1].end < words[first].start
    closes = last == len(words) - 1 or words[last].end < words[last + 1].start
    return bool((ends and before.endswith(ends)) or (starts and after.startswith(starts))) or (
        opens and (closes or words[last + 1].folded not in KINDS_BEHIND)
    )


def _cued(words: Sequence[Token], first: int, language: str) -> bool:
    """Whether a word before it says that a title comes, articles and lists looked through."""
    for back in range(first - 1, max(first - 4, -1), -1):
        word = words[back].folded
        if word in cues("title", language):
            return True
        if word not in ("the", "a", "an", "to", "of", "really", "already", "movie", "film", "all"):
            return False
    return False


def _cued_behind(words: Sequence[Token], span: Sequence[Token], last: int) -> bool:
    """Whether what follows several words speaks of an item: "city of god i watched already"."""
    after = [w.folded for w in words[last + 1 : last + 3]]
    said = len(after) == 2 and after[0] in ("i", "we", "ive", "weve") and after[1] in JUDGING
    return len(span) > 1 and (said or after[:1] in (["was"], ["were"]))


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
    return not before or before[-1] in ".!?\n。！？"


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
    text: str,
    words: Sequence[Token],
    first: int,
    last: int,
    phrase: str,
    lexicon: Lexicon,
    language: str,
) -> bool:
    """Whether a part of a name is meant as one: "De Niro", "Tarantino", "the Coens", "Denzel"."""
    if phrase in STOP_WORDS or phrase in filler() or len(phrase) < 3:
        return False
    if last > first:
        return phrase in lexicon.surnames  # a surname of several words is a name by itself
    word = words[first]
    beside = [words[i] for i in (first - 1, first + 1) if 0 <= i < len(words)]
    beside = [w for w in beside if not _apart(text, word, w)]
    cued = first > 0 and words[first - 1].folded in cues("person", language)
    if word.capitalised and any(_is_other_name(w, language) for w in beside):
        return False  # "Agatha Christie" is not whichever Christie the catalogue has
    if phrase in lexicon.ordinary or frequency(phrase) >= EVERYDAY + (
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
