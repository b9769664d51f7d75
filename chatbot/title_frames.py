"""Everyday words that only the talk around them shows to be a title: "how long is heat", "ran or
ponyo?", "my top three: once, drive, moon".

The turns of phrase are in `words/<language>/items.toml`, each as what stands before and what behind.
"""

import re
from collections.abc import Sequence
from functools import cache

from chatbot.lexicon import Lexicon, Mention, Sense
from chatbot.title_lists import GENRE_SIZED, LONGEST_TITLE
from chatbot.words import cues, entries
from chatbot.words.filler import filler
from retrieval.stop_words import STOP_WORDS
from retrieval.text import Token

SUBJECTS = frozenset(["it", "that", "this", "you", "they", "these", "those", "there", "i", "we"])
"""Words that stand for themselves far more often than for a title."""
LEAST_LISTED = 3  # titles in a row that show each other to be titles
FEWER_LISTED = 2  # the same, behind "loved" or "seen", or where one is to be chosen
_JOINS = re.compile(
    r"\s*(?:,\s*(?:(?:and|then|or|plus)\b\s*)*|(?:and|plus|or|vs\.?|versus|then)\b\s*(?:then\s+)?|[&/>]\s*)",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"\s*(?:$|[.,!?:;)])|\s+(?:but|so|i|we|that|thats|again|too|already|for|first|which|tonight|the|better|any|more)\b",
    re.IGNORECASE,
)
_CHOICE = re.compile(r"\b(?:or|vs|versus)\b|>", re.IGNORECASE)
Row = list[tuple[int, int, Sense]]


def is_framed(text: str, words: Sequence[Token], first: int, last: int, lexicon: Lexicon) -> bool:
    """Whether what stands around words that equal a title asks for one, or speaks of one."""
    phrase = " ".join(w.folded for w in words[first : last + 1])
    if phrase in SUBJECTS or is_kind(phrase, lexicon):
        return False
    tables = ["frames.any", "frames.valued"]
    if not lexicon.value_senses(phrase):
        tables.append("frames.plain")
    if first == last and (phrase in filler() or phrase in STOP_WORDS):
        tables = ["frames.any"]
    elif words[first].folded == "the":
        tables.append("frames.the")
    before, after = text[: words[first].start].lower(), text[words[last].end :].lower()
    return any(
        right.match(after) and left.search(before)
        for table in tables
        for left, right in _frames(table)
    )


def is_kind(phrase: str, lexicon: Lexicon) -> bool:
    """Whether a phrase names what so many items are that it is a kind of thing."""
    return any(s.count >= GENRE_SIZED for g in lexicon.value_senses(phrase) for s in g)


def listed_alone(
    text: str, words: Sequence[Token], mentions: Sequence[Mention], lexicon: Lexicon
) -> list[Mention]:
    """With the titles that stand in a row of nothing but titles."""
    found, at = list(mentions), 0
    while at < len(words):
        row = _row(text, words, at, lexicon) if _opens(text, words, at) else []
        if not _is_told(text, words, row, lexicon):
            at += 1
            continue
        for first, last, sense in row:
            if not any(m.kind == "title" and m.first <= last and first <= m.last for m in found):
                found = [m for m in found if m.last < first or last < m.first]
                quote = text[words[first].start : words[last].end]
                found.append(Mention(first, last, ((sense,),), quote))
        at = row[-1][1] + 1
    return sorted(found, key=lambda m: m.first)


def _opens(text: str, words: Sequence[Token], at: int) -> bool:
    before = text[: words[at].start].rstrip()
    return not before or before[-1] in ".:!?;," or words[at - 1].folded in cues("opens_row")


def _row(text: str, words: Sequence[Token], at: int, lexicon: Lexicon) -> Row:
    """The titles from a word on, with nothing but joining words between them."""
    row: Row = []
    while at < len(words):
        for last in range(min(at + LONGEST_TITLE, len(words)) - 1, at - 1, -1):
            phrase = " ".join(w.folded for w in words[at : last + 1])
            if phrase not in lexicon.titles or phrase in SUBJECTS:
                continue
            joins, ends = (p.match(text, words[last].end) for p in (_JOINS, _ENDS))
            if (joins or ends) and not is_kind(phrase, lexicon):
                row.append((at, last, lexicon.titled(phrase)[0]))
                break
        else:
            return row
        end = joins.end() if joins else len(text)
        at = next((i for i, w in enumerate(words) if i > last and w.start >= end), len(words))
    return row


def _is_told(text: str, words: Sequence[Token], row: Row, lexicon: Lexicon) -> bool:
    """Whether a row is long enough, and all but one of it can hardly be anything else: no value of a
    facet, and no function word."""
    if not row:
        return False
    start = row[0][0]
    fewer = start > 0 and words[start - 1].folded in cues("opens_row")
    fewer = fewer or bool(_CHOICE.search(text, words[start].end, words[row[-1][0]].start))
    phrases = [" ".join(w.folded for w in words[first : last + 1]) for first, last, _ in row]
    loose = filler() | STOP_WORDS
    plain = [p for p in phrases if p not in loose and not lexicon.value_senses(p)]
    return len(row) >= (FEWER_LISTED if fewer else LEAST_LISTED) and len(plain) >= max(
        len(row) - 1, FEWER_LISTED
    )


@cache
def _frames(table: str) -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    pairs = entries("items", table)
    return tuple((re.compile(rf"(?:{left})\s*$"), re.compile(right)) for left, right in pairs)
