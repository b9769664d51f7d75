"""Titles that the catalogue does not have: "something like Baby Driver" is not about The Driver."""

import re
from collections.abc import Sequence, Set

from chatbot.beginnings import LONGEST_PHRASE
from chatbot.called import ARTICLES, is_begun, without_article
from chatbot.lexicon import Lexicon, Mention
from chatbot.near_titles import is_owner, near_title, wider_title
from chatbot.reading import Reading
from chatbot.references import Reference
from chatbot.sequels import missing_sequels
from chatbot.title_words import DAYS, starts_sentence
from chatbot.words import cues, pattern
from chatbot.words.filler import function_words
from retrieval.stop_words import STOP_WORDS
from retrieval.text import Token, fold

LINKING = frozenset(
    ["of", "the", "and", "in", "a", "an", "at", "for", "with", "to", "on", "from", "by"]
)
"""Small words inside of titles."""
DESCRIBING = frozenset(["tags", "genres", "content_notes"])
"""Facets whose values can be words of a title; a country or a person beside a title describes it."""
LED = ("and", "the")
NAMING = ("judges_title", "names_title")
LONG = 3  # words of a name that is compared with titles, though it has one of them in it
AT_MOST = 2  # words before a title in small letters that make it another
_JOINS = re.compile(r"\s*(?:,|&|/|\+|,?\s*\b(?:and|or|plus|then))\s*(?:the |an? )?$", re.IGNORECASE)
_TOGETHER = re.compile(r"[ \-–—/'’]|: | & ")
SPEAKING = frozenset(["i", "im", "ive", "id", "ill"])
NO_START = SPEAKING | {a.strip() for a in ARTICLES}
OUTSIDE = STOP_WORDS | {"tv"}


def without_others(
    reading: Reading, mentions: Sequence[Mention], pointed: Sequence[Reference]
) -> tuple[list[Mention], set[int]]:
    """Mentions that are not part of a title the catalogue lacks, and the words of such titles, which
    the reading notes."""
    text, words = reading.text, reading.words
    shown = [(r.start, r.end) for r in pointed]
    others, near = _told_apart(
        text,
        words,
        unknown_titles(text, words, mentions, shown, reading.lexicon, reading.language),
        mentions,
        reading.lexicon,
    )
    spans = [(words[p.start].start, words[p.stop - 1].end) for p in others]
    reading.unknown += [text[start:end] for start, end in spans]
    reading.spent += spans
    missing = {i for place in others for i in place}
    kept = _apart_from(mentions, missing | _places(near))
    titled = (m for m in kept if m.kind == "title")
    near += [w for m in titled if (w := wider_title(text, words, m, reading.lexicon))]
    kept = _apart_from(kept, _places(near))
    return sorted([*kept, *near], key=lambda m: m.first), missing


def _places(mentions: Sequence[Mention]) -> set[int]:
    return {i for m in mentions for i in range(m.first, m.last + 1)}


def _apart_from(mentions: Sequence[Mention], taken: set[int]) -> list[Mention]:
    return [m for m in mentions if taken.isdisjoint(range(m.first, m.last + 1))]


def _told_apart(
    text: str,
    words: Sequence[Token],
    places: Sequence[range],
    mentions: Sequence[Mention],
    lexicon: Lexicon,
) -> tuple[list[range], list[Mention]]:
    """Names that are none of the catalogue's, and what the others mean: a title that is said in another
    way, or people by their surname."""
    missing: list[range] = []
    meant: list[Mention] = []
    for place in sorted(places, key=lambda p: p.start):
        titled = [m for m in (*mentions, *meant) if m.kind == "title" and m.last < place.start]
        before = max(titled, key=lambda m: m.last, default=None)
        parts = _parts(words, place)
        near = [near_title(text, words, part, before, lexicon) for part in (place, *parts)]
        if near[0]:
            meant.append(near[0])
        elif any(near):
            meant += [m for m in near if m]
            missing += [p for p, m in zip(parts, near[1:], strict=True) if not m]
        elif not _are_people(words, place, lexicon):
            missing.append(place)
    return missing, meant


def _parts(words: Sequence[Token], place: range) -> list[range]:
    """The names that "and" joins in one."""
    ands = [i for i in place if words[i].folded == "and"]
    starts = [place.start, *(i + 1 for i in ands)]
    return [range(a, b) for a, b in zip(starts, [*ands, place.stop], strict=True)] if ands else []


def _are_people(words: Sequence[Token], place: range, lexicon: Lexicon) -> bool:
    """Whether a name is a surname that several have: "Bergman", and not "The Whale"."""
    if words[place.start].folded == "the" and words[place.start].capitalised:
        return False
    said = [words[i].folded for i in place if words[i].folded not in LINKING]
    return len(said) == 1 and said[0] in lexicon.surnames


def unknown_titles(
    text: str,
    words: Sequence[Token],
    mentions: Sequence[Mention],
    known: Sequence[tuple[int, int]],
    lexicon: Lexicon,
    language: str,
) -> list[range]:
    """The words of names that stand where a title does and are none of the catalogue's, and not among
    the characters that are `known` to point at shown items. Capitals show
    how far a name goes; without, only a title that lacks its article and has other words before it
    is found: "loved baby driver"."""
    titled = [m for m in mentions if m.kind == "title"]
    pointed = {i for i, w in enumerate(words) if any(s < w.end and w.start < e for s, e in known)}
    found: list[range] = []
    begins, ends = {m.first for m in titled}, {m.last for m in titled}
    begun = {m.last for m in titled if _goes_on(words, m, lexicon)}
    ends -= begun
    at = 1
    while at < len(words) and not text.isupper():
        name = _name(text, words, at, begins, ends, language)
        start = at - 1 if words[at - 1].folded + " " in ARTICLES and at > 1 else at
        if name and _stands_for_title(text, words, start, ends, lexicon, language):
            place = range(start, name.stop)
            known_to = _title_end(words, place, name.start, begun, lexicon)
            if known_to is None and pointed.isdisjoint(place):
                other = _is_other(words, place, name.start, mentions, lexicon)
                near = len(place) >= LONG and near_title(text, words, place, None, lexicon)
                found += [place] if other or near else []
            ends.add(place.stop - 1 if known_to is None else known_to)
            at = max(name.stop, (known_to or 0) + 1)
        else:
            at += 1
    taken = {i for place in found for i in place}
    wider = (_with_words_before(text, words, m, mentions, lexicon, language) for m in titled)
    found += [place for place in wider if place and taken.isdisjoint(place)]
    taken = {i for place in found for i in place}
    if lexicon.schema.named("person"):
        later = missing_sequels(text, words, titled, lexicon)
        found += [place for place in later if taken.isdisjoint(place)]
    return found


def _name(
    text: str,
    words: Sequence[Token],
    at: int,
    begins: Set[int],
    ends: Set[int],
    language: str,
) -> range | None:
    """The words in capitals from a word on, small words between them included, but not behind a title."""
    word = words[at]
    if not word.capitalised or starts_sentence(text, word) or word.folded in NO_START:
        return None
    last = at
    for i in range(at + 1, len(words)):
        if not _TOGETHER.fullmatch(text[words[i - 1].end : words[i].start]):
            break
        if words[i].folded in SPEAKING or words[i].folded in DAYS:
            break
        if words[i].folded == "and" and (i - 1 in ends or i + 1 in begins):
            break
        if words[i].capitalised or words[i].text.isdigit():
            last = i
        elif words[i].folded not in LINKING or i - 1 in ends:
            break
    follows = last + 1 < len(words) and text[words[last].end : words[last + 1].start] == " "
    behind = words[last + 1].folded if follows else ""
    if behind in cues("of_kinds", language):
        return None  # "Bollywood films" are a kind of film
    if last == at and behind and behind not in function_words():
        return None  # "Christmas lights"
    if last == at and (len(word.text) < 2 or word.folded in OUTSIDE | function_words()):
        return None
    return range(at, last + 1)


def _stands_for_title(
    text: str, words: Sequence[Token], start: int, ends: Set[int], lexicon: Lexicon, language: str
) -> bool:
    """Whether a title is said where a word begins: behind "loved" or "something like", or in a list
    behind another."""
    before, leading = text[: words[start].start], words[start - 1]
    if leading.capitalised and not starts_sentence(text, leading) and start - 1 not in ends:
        return False  # "Something Like The Matrix": capitals say nothing here
    said = before.rstrip().lower() + " "
    if pattern("items", "judges_title", language).search(said):
        return bool(lexicon.schema.named("person"))  # "I hated Marmite" is of no dish
    if pattern("items", "names_title", language).search(said) or _is_owned(
        text, words, start, lexicon
    ):
        return True
    last = max((end for end in ends if end < start), default=None)
    return last is not None and bool(_JOINS.fullmatch(before[words[last].end :]))


def _is_owned(text: str, words: Sequence[Token], start: int, lexicon: Lexicon) -> bool:
    """Whether a sentence is nothing but somebody's work in capitals: "Dickens's Great Expectations?"."""
    owner, rest = words[start - 1], re.split(r"[.!?\n]", text[words[start].start :])[0]
    named = [w for w in words[start:] if w.start < words[start].start + len(rest)]
    return (
        is_owner(owner)
        and owner.capitalised
        and starts_sentence(text, owner)
        and any(
            owner.folded.removesuffix("s") in known for known in (lexicon.surnames, lexicon.people)
        )
        and len(named) > 1
        and all(w.capitalised or w.folded in LINKING for w in named)
    )


def _is_other(
    words: Sequence[Token],
    place: range,
    first: int,
    mentions: Sequence[Mention],
    lexicon: Lexicon,
) -> bool:
    """Whether a name, whose first word after an article is given, is neither a title of the catalogue
    nor made of what else it knows."""
    inside = [m for m in mentions if m.first < place.stop and place.start <= m.last]
    linked = {i for m in inside for i in range(m.first, m.last + 1)}
    rest = [i for i in range(first, place.stop) if i not in linked]
    rest = [i for i in rest if words[i].folded not in LINKING]
    titles = [m for m in inside if m.kind == "title"]
    if not titles:
        written = place.start < first and words[place.start].capitalised  # "The Crown"
        return (bool(rest) or written) and not any(m.kind == "person" for m in inside)
    title = titles[-1]
    said = " ".join(words[i].folded for i in range(first, place.stop))
    if said in fold(lexicon.items[title.senses[0].value].title):
        return False
    if title.last >= place.stop or title.first < place.start:
        return False
    later = [words[i] for i in rest if i > title.last]
    if later:
        return not all(w.text.isdigit() or w.folded in cues("editions") for w in later)
    behind = range(title.last + 1, place.stop)
    if title.first == first and is_begun(*_said_and_known(words, title, lexicon)):
        told = {i for m in inside if m.kind == "person" for i in range(m.first, m.last + 1)}
        if any(words[i].capitalised and words[i].folded not in LINKING for i in behind):
            return told.isdisjoint(behind)
    partly = title.first == title.last or _lacks_article(words, title, lexicon)
    if rest or title.first == first:
        return bool(rest) and partly
    others = [m for m in inside if m.kind == "value"]
    return partly and bool(others) and all(s.facet in DESCRIBING for m in others for s in m.senses)


def _title_end(
    words: Sequence[Token], place: range, first: int, begun: Set[int], lexicon: Lexicon
) -> int | None:
    """The last word of a title that a name is, goes on to, or has something told behind: "Barbie with
    Sarah"; None where it is none."""
    inside = [i for i in place if i + 1 < place.stop and words[i + 1].folded in LINKING]
    last = min(place.start + LONGEST_PHRASE, len(words)) - 1
    ends: list[int] = [*range(last, place.stop - 2, -1), *inside]
    for end in (e for e in ends if e not in begun):
        for start in {place.start, first}:
            if " ".join(w.folded for w in words[start : end + 1]) in lexicon.titles:
                return end
    return None


def _goes_on(words: Sequence[Token], title: Mention, lexicon: Lexicon) -> bool:
    """Whether another title begins as one of the catalogue's: "Harry Potter and the Goblet of Fire"."""
    said = " ".join(w.folded for w in words[title.first : title.last + 3])
    behind = words[title.last + 1 : title.last + 4]
    phrase, known = _said_and_known(words, title, lexicon)
    return (
        is_begun(phrase, known)
        and tuple(w.text for w in behind[: len(LED)]) == LED
        and behind[-1].capitalised
        and fold(known).startswith(said)
    )


def _said_and_known(words: Sequence[Token], title: Mention, lexicon: Lexicon) -> tuple[str, str]:
    """The words that a title is named by, folded, and the title."""
    phrase = " ".join(w.folded for w in words[title.first : title.last + 1])
    return phrase, lexicon.items[title.senses[0].value].title


def _lacks_article(words: Sequence[Token], title: Mention, lexicon: Lexicon) -> bool:
    phrase, known = _said_and_known(words, title, lexicon)
    return phrase != fold(known) and without_article(fold(known)) == phrase


def _with_words_before(
    text: str,
    words: Sequence[Token],
    title: Mention,
    mentions: Sequence[Mention],
    lexicon: Lexicon,
    language: str,
) -> range | None:
    """A title in small letters and without its article, with the words before it that are part of a
    longer name."""
    if words[title.first].capitalised or not _lacks_article(words, title, lexicon):
        return None
    linked = {i for m in mentions for i in range(m.first, m.last + 1)}
    for first in range(title.first - 1, max(title.first - 1 - AT_MOST, 0), -1):
        word = words[first]
        gap = text[word.end : words[first + 1].start]
        small = word.folded in function_words() or word.folded in cues("describes_title", language)
        if first in linked or gap != " " or small or word.folded.endswith(("ing", "ly")):
            return None
        before = text[: word.start].rstrip().lower() + " "
        if any(pattern("items", k, language).search(before) for k in NAMING):
            return range(first, title.last + 1)
    return None
