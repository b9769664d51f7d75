"""Whether words that equal a title are meant as one, and not as ordinary words."""

import calendar
import re
from collections.abc import Sequence

from chatbot.lexicon import Lexicon
from chatbot.opinions import opinion, remark
from chatbot.title_lists import GENRE_SIZED
from chatbot.words import cues, marked_only, pattern
from chatbot.words.everyday import EVERYDAY, frequency
from chatbot.words.filler import filler
from retrieval.stop_words import STOP_WORDS
from retrieval.text import HAN, Token, fold, joined

PRONOUNS = frozenset(["it", "her", "him", "them", "that", "this", "us", "you", "me"])
QUOTES = "\"“”„«»'‘’《》「」『』"
JUDGING = frozenset(
    ["saw", "seen", "watched", "already", "have", "loved", "liked", "love", "like", "hated", "know"]
)
"""Behind "I" or "we": what is said of an item that was named before."""
KINDS_BEHIND = frozenset("的片类题类式系书剧")
"""Behind words that a clause opens with: they say of what kind something should be."""
SHORTEST_CHINESE = 2  # characters of a title that is not in title marks
LOOKED_BACK = 6  # words
ASKS = frozenset(["is", "does", "did", "has", "was"])
"""At the start of a clause, before a title: something is asked of it."""
ASKED = frozenset(["have", "got", "end", "contain", "include", "take", "work", "come", "get"])
NO_VERBS = frozenset(
    ["the", "a", "an", "my", "our", "it", "this", "that", "some", "both", "all", "them", "one"]
) | frozenset(["are", "were", "and", "or", "nor", "but"])
"""Behind a verb, and not behind the name that opens a clause."""
SAYS = frozenset(["is", "was", "had", "has", "made", "makes", "isnt", "wasnt"])
OF_FILMS = frozenset(["film", "movie", "films", "movies", "book", "ever"])
FOLLOWING = frozenset(
    ["and", "but", "already", "yesterday", "last", "twice", "again", "too", "also"]
) | frozenset(["recently", "though", "once", "ages", "years"])
"""What goes on behind the name of an item that was seen."""
DAYS = frozenset(calendar.day_name[i].lower() for i in range(7)) | {
    calendar.month_name[i].lower() for i in range(1, 13)
}
VERY_COMMON = EVERYDAY + 1.2


def is_title(
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
    judged_behind = is_judged(text, words, first, last, language)
    asked = _is_asked(text, words, first, last)
    cued = listed or _cued(words, first, language) or _cued_behind(words, span, last)
    earlier = joined([w.folded for w in words[max(first - LOOKED_BACK, 0) : first]])
    cued = cued or bool(pattern("items", "leads_item", language).search(earlier))
    cued = cued or (len(names) > 1 and (asked or judged_behind))
    capital = bool(names or span) and all(w.capitalised for w in names or span)
    inside = capital and not starts_sentence(text, words[first])
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
    genre = is_value and _is_genre(span, lexicon)
    if len(span) == 1 and names and not genre and words[first].folded not in filler():
        common = frequency(words[first].folded) >= VERY_COMMON and not capital
        if judged_behind and not common and (not is_value or _is_of_films(words, last, capital)):
            return True
        plain = first > 0 and words[first - 1].folded in ("is", "was")
        if asked and not common and not (is_value and not capital) and not (plain and ordinary):
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
            capital
            and ((inside and (cued or _is_set_off(words, first, last)) and not about) or alone)
            and (alone or not _shouted(text))
        )
    if is_value:
        watched = first > 0 and words[first - 1].folded in cues("only_watched", language)
        if watched and not genre and len(span) == 1 and _stands_alone(text, words, last):
            return words[first].folded not in filler()
        return cued and not genre and (capital or not ordinary)
    everyday = all(w.folded in filler() or frequency(w.folded) >= EVERYDAY + 1 for w in names)
    judged = first > 0 and words[first - 1].folded in cues("judged", language)
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


def _is_genre(span: Sequence[Token], lexicon: Lexicon) -> bool:
    """Whether so many items carry what a phrase names that it is a kind of thing."""
    groups = lexicon.value_senses(" ".join(w.folded for w in span))
    return any(s.count >= GENRE_SIZED for g in groups for s in g)


def is_judged(text: str, words: Sequence[Token], first: int, last: int, language: str) -> bool:
    """Whether a phrase opens a clause of which the rest says what one thinks of an item: "rocky
    still slaps", "Gravity annoyed me"."""
    if HAN.match(words[first].text) or not _opens_clause(text, words, first):
        return False
    stop = re.search(r"[.!?;:\n]", text[words[last].end :])
    end = words[last].end + stop.start() if stop else len(text)
    after = [w.folded for w in words[last + 1 :] if w.start < end]
    if not after and stop and stop[0] in ":?":
        clause = re.split(r"[.!?;,\n]", text[end + 1 :].lstrip(" ?!."))[0]
        return bool(set(remark(fold(clause), language)) & {"liked", "disliked"})
    if words[last].text.endswith(("'s", "’s")):
        after.insert(0, "is")
    elif not after or after[0] in NO_VERBS | {words[last].folded}:
        return False
    said = opinion("", joined(after), language)
    named = last > first and after[0] in SAYS and len(words) > last + 2
    return named or bool(set(said) & {"liked", "disliked", "seen"})


def _opens_clause(text: str, words: Sequence[Token], first: int) -> bool:
    before = text[: words[first].start].rstrip()
    joins = ("and", "but", "though", "ok", "okay", "honestly", "yeah", "so", "lol", "well")
    return not before or before[-1] in ".!?\n,;:-…" or words[first - 1].folded in joins


def _is_of_films(words: Sequence[Token], last: int, capital: bool) -> bool:
    """Whether what is said behind a word that is a facet's value too is said of one item."""
    after = [w.folded for w in words[last + 1 : last + 10]]
    return after[0] != "is" or capital or bool(set(after) & OF_FILMS)


def _is_asked(text: str, words: Sequence[Token], first: int, last: int) -> bool:
    """Whether a clause asks something of what a phrase names: "does gravity have", "is die hard"."""
    if first == 0 or words[first - 1].folded not in ASKS or last + 1 >= len(words):
        return False
    if not _opens_clause(text, words, first - 1):
        return False
    verb, after = words[first - 1].folded, words[last + 1].folded
    if verb in ("is", "was") or last > first:
        return after not in ("that", "too", "is", "there", "it", "than", "and", "or")
    return after in ASKED


def _is_set_off(words: Sequence[Token], first: int, last: int) -> bool:
    """Whether several words in capitals stand between words that have none."""
    beside = [words[i] for i in (first - 1, last + 1) if 0 <= i < len(words)]
    return last > first and not any(w.capitalised for w in beside)


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
    return said or (len(span) > 1 and after[:1] in (["was"], ["were"]))


def _stands_alone(text: str, words: Sequence[Token], last: int) -> bool:
    """Whether nothing that a phrase could belong to follows: "seen up, and", not "seen up close"."""
    after = text[words[last].end :].lstrip()
    following = words[last + 1].folded if last + 1 < len(words) else ""
    return not after or after[0] in ",.;!?)" or following in FOLLOWING


def quoted(text: str, span: Sequence[Token]) -> bool:
    """Whether words stand in quotation marks."""
    before = text[: span[0].start].rstrip()[-1:]
    after = text[span[-1].end :].lstrip()[:1]
    return bool(before) and bool(after) and before in QUOTES and after in QUOTES


def starts_sentence(text: str, word: Token) -> bool:
    """Whether a word is the first of its sentence."""
    before = text[: word.start].rstrip()
    return not before or before[-1] in ".!?\n。！？"
