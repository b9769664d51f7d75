"""Names and facet values that were misspelt, found by a fuzzy matcher (rapidfuzz)."""

from collections.abc import Collection, Iterable, Sequence
from functools import cache, lru_cache

from rapidfuzz import fuzz, process

from chatbot.lexicon import SHORTEST_TITLE, Lexicon, Mention, Sense
from chatbot.words import concepts, cues
from chatbot.words.everyday import EVERYDAY, KNOWN, frequency
from chatbot.words.filler import filler
from retrieval.stop_words import STOP_WORDS
from retrieval.text import Token, fold

FUZZY_CUTOFF = 88  # rapidfuzz ratio, 0 to 100; two typos in a title of average length
VALUE_CUTOFF, VALUE_CUTOFF_NEGATED = 83, 80
"""Lower behind a negation: to keep out what was not meant costs less than to show what was."""
LONG_VALUE = 5  # characters; "no arnie" is nothing against anime
LONG_SPAN = 4  # words; a span so long may end in a word of talk ("... of the Spotless Mind")
RARE = 1.5  # Zipf frequency below which a word by itself may be a misspelt surname
LONGEST_TITLE = 8  # words
MOST_TITLES = 400  # that share a word with a span and are compared with it


def with_typos(
    text: str,
    words: Sequence[Token],
    mentions: list[Mention],
    lexicon: Lexicon,
    language: str = "en",
) -> list[Mention]:
    """Adds names that were misspelt: spans with an odd word in them, compared with titles and people."""
    taken = {
        i
        for m in mentions
        if m.kind == "person" or (m.kind == "title" and (m.last > m.first or _is_whole(m, lexicon)))
        for i in range(m.first, m.last + 1)
    }
    found = list(mentions)
    at = 0
    while at < len(words):
        mention = _misspelt_name(text, words, at, taken, lexicon, language)
        if mention:
            span = range(mention.first, mention.last + 1)
            found = [m for m in found if m.last not in span and m.first not in span]
            found.append(mention)
            taken |= set(span)
            at = mention.last
        at += 1
    taken = {i for m in found for i in range(m.first, m.last + 1)}
    for at, word in enumerate(words):
        if at not in taken and (groups := _misspelt_value(words, at, lexicon)):
            found.append(Mention(at, at, tuple(map(tuple, groups)), word.text))
    return sorted(found, key=lambda m: m.first)


def _is_whole(mention: Mention, lexicon: Lexicon) -> bool:
    """Whether a title was named in full, and not by a rare word of it."""
    return fold(mention.quote) == fold(lexicon.items[mention.senses[0].value].title)


def _misspelt_name(
    text: str,
    words: Sequence[Token],
    at: int,
    taken: set[int],
    lexicon: Lexicon,
    language: str,
) -> Mention | None:
    before = words[at - 1].folded if at else ""
    is_title, is_person = before in cues("title", language), before in cues("person", language)
    first = words[at]
    if not first.text.isascii() or (first.folded in _talk() and first.folded != "the"):
        return None
    free = next((n for n in range(len(words) - at) if at + n in taken), len(words))
    for length in range(min(LONGEST_TITLE, len(words) - at, free), 0, -1):
        span = words[at : at + length]
        if not _may_be_misspelt(span, lexicon):
            continue
        phrase = " ".join(w.folded for w in span)
        cued = is_title or is_person
        senses = _nearest_title(phrase, lexicon, cued or length > 1)
        if not senses and (cued or (length > 1 and all(w.capitalised for w in span))):
            senses = _nearest_person(phrase, lexicon)
        if not senses and length == 1 and frequency(phrase) < RARE:
            senses = _nearest_person(phrase, lexicon)
        if senses:
            return Mention(
                at, at + length - 1, (tuple(senses),), text[span[0].start : span[-1].end]
            )
    return None


@cache
def _talk() -> frozenset[str]:
    return STOP_WORDS | filler()


def _may_be_misspelt(span: Sequence[Token], lexicon: Lexicon) -> bool:
    """Whether a span can be a name with a slip in it: not too short, not all of common words, and
    not ended by a word of talk."""
    if sum(len(w.folded) + 1 for w in span) - 1 < SHORTEST_TITLE:
        return False
    if len(span) < LONG_SPAN and span[-1].folded in _talk():
        return False
    return any(
        frequency(w.folded) < KNOWN + 0.5 and len(w.folded) > 3 and w.folded not in lexicon.values
        for w in span
    ) or (len(span) > 1 and any(frequency(w.folded) < EVERYDAY for w in span))


def _nearest_title(phrase: str, lexicon: Lexicon, sure: bool) -> list[Sense]:
    """The title most like `phrase` among those that share a word with it; if it is one word only,
    among those of one word."""
    words = phrase.split()
    choices: list[str] = []
    for word in words:
        if word not in STOP_WORDS:
            choices += lexicon.by_word.get(word, [])[:MOST_TITLES]
    if len(words) == 1:
        if frequency(phrase.removesuffix("s")) >= KNOWN:
            return []
        choices += _single_titles(lexicon).get(phrase[:1], [])
    cutoff = FUZZY_CUTOFF if sure else FUZZY_CUTOFF + 2
    best = process.extractOne(
        phrase, list(dict.fromkeys(choices)), scorer=fuzz.ratio, score_cutoff=cutoff
    )
    near = best and abs(len(best[0]) - len(phrase)) <= max(2, len(phrase) // 6)
    return lexicon.titles[best[0]][:1] if best and near else []


def most_alike(phrase: str, choices: Collection[str], cutoff: float, most: int = 1) -> list[str]:
    """The texts that are most like a phrase, at least so much (rapidfuzz ratio, 0 to 100)."""
    best = process.extract(phrase, choices, scorer=fuzz.ratio, score_cutoff=cutoff, limit=most)
    return [text for text, *_ in best]


def _nearest_person(phrase: str, lexicon: Lexicon) -> list[Sense]:
    names = _names(lexicon).get(phrase[:1], [])
    best = process.extractOne(phrase, names, scorer=fuzz.ratio, score_cutoff=FUZZY_CUTOFF)
    if not best:
        return []
    return lexicon.people.get(best[0]) or lexicon.name_senses(best[0])


def _misspelt_value(words: Sequence[Token], at: int, lexicon: Lexicon) -> list[list[Sense]]:
    """The facet value that an unknown word was meant to be: "horor", or "no gor"."""
    word = words[at].folded
    negated = at > 0 and words[at - 1].folded in (
        "no", "not", "without", "any", "too", "or", "nor", "nt",
    )  # fmt: skip
    if (
        not word.isascii()
        or len(word) < (3 if negated else 4)
        or word in lexicon.known
        or word in filler()
        or word.isdigit()
        or frequency(word) >= (EVERYDAY if negated else KNOWN + 0.3)
    ):
        return []
    cutoff = VALUE_CUTOFF_NEGATED if negated and len(word) < LONG_VALUE else VALUE_CUTOFF
    choices = _values(lexicon).get(word[:1], [])
    best = process.extractOne(word, choices, scorer=fuzz.ratio, score_cutoff=cutoff)
    return lexicon.value_senses(best[0]) if best else []


@lru_cache(maxsize=8)
def _single_titles(lexicon: Lexicon) -> dict[str, list[str]]:
    """Titles of one word by their first letter."""
    return _by_letter(t for t in lexicon.titles if " " not in t and len(t) >= SHORTEST_TITLE)


@lru_cache(maxsize=8)
def _names(lexicon: Lexicon) -> dict[str, list[str]]:
    """Full names and rare surnames by their first letter."""
    surnames = (s for s in lexicon.surnames if len(s) >= SHORTEST_TITLE)
    return _by_letter([*(p for p in lexicon.people if len(p) >= SHORTEST_TITLE), *surnames])


@lru_cache(maxsize=8)
def _values(lexicon: Lexicon) -> dict[str, list[str]]:
    """Facet values, the words of the lists, and parts of compound values, by their first letter."""
    return _by_letter(v for v in (*lexicon.values, *concepts()) if " " not in v and len(v) > 3)


def _by_letter(phrases: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for phrase in phrases:
        found.setdefault(phrase[:1], []).append(phrase)
    return found
