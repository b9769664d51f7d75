"""Titles that only the list they stand in shows to be titles."""

from collections.abc import Sequence

from chatbot.lexicon import Lexicon, Mention
from chatbot.words.everyday import EVERYDAY, frequency
from retrieval.stop_words import STOP_WORDS
from retrieval.text import Token

LONGEST_TITLE = 8  # words
GENRE_SIZED = 40  # items; a value that so many carry is a kind of thing and hardly a title


def listed_before(
    text: str, words: Sequence[Token], mentions: list[Mention], lexicon: Lexicon
) -> list[Mention]:
    """Titles that only the list they stand in shows to be titles: "perfect blue, paprika and Akira"."""
    found = list(mentions)
    ahead = [m for m in mentions if m.kind == "title" and m.first > 0]
    while ahead:
        after = ahead.pop()
        end = after.first - 1
        gap = text[words[end].end : words[after.first].start]
        if words[end].folded in ("and", "or") and end > 0:
            end, gap = end - 1, ","
        if any(m.kind != "value" and m.first <= end <= m.last for m in found) or "," not in gap:
            continue
        for first in range(max(end - LONGEST_TITLE + 1, 0), end + 1):
            span = words[first : end + 1]
            senses = lexicon.titled(" ".join(w.folded for w in span))
            if any(m.kind != "value" and m.last >= first and m.first <= end for m in found):
                continue
            if senses and _may_be_listed(span, words[after.first], lexicon):
                found = [m for m in found if m.last < first or m.first > end]
                quote = text[span[0].start : span[-1].end]
                found.append(Mention(first, end, ((senses[0],),), quote))
                ahead.append(found[-1])
                break
    return sorted(found, key=lambda m: m.first)


def _may_be_listed(span: Sequence[Token], after: Token, lexicon: Lexicon) -> bool:
    """Whether words beside a title in a list can be one: several words, or a name written like it."""
    told = [w for w in span if w.folded not in STOP_WORDS]
    if len(span) > 1 and told:
        return True
    genre = any(s.count >= GENRE_SIZED for g in lexicon.value_senses(span[0].folded) for s in g)
    if len(span) > 1 and all(w.capitalised for w in (*span, after)):
        return True  # "The Thing, Alien"
    alike = span[0].capitalised == after.capitalised
    return bool(told) and alike and not genre and (span[0].capitalised or _is_rare(span[0]))


def _is_rare(word: Token) -> bool:
    """Whether a word in small letters is hardly an everyday one."""
    return frequency(word.folded) < EVERYDAY
