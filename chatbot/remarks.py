"""What is said of items: seen, loved, hated, asked about, wanted the like of; and comparatives."""

import re
from collections.abc import Collection, Sequence
from statistics import median

from chatbot.acts import Act, ActName
from chatbot.bounds import Bound
from chatbot.opinions import Opinion, opinion
from chatbot.profile import SIMILAR, Limit, Preference
from chatbot.reading import Reading
from chatbot.words import cues
from chatbot.words.filler import function_words
from retrieval.constraints import titled
from retrieval.text import Token

_COMPARATIVES = (
    (re.compile(r"\bshorter\b(?! than \d)", re.I), ("runtime", "duration", "length", "pages"), "<"),
    (re.compile(r"\blonger\b(?! than \d)", re.I), ("runtime", "duration", "length", "pages"), ">"),
    (
        re.compile(r"\b(?:newer|more recent|more modern)\b(?! than \d)", re.I),
        ("year", "published"),
        ">",
    ),
    (re.compile(r"\bolder\b(?! than \d)", re.I), ("year", "published"), "<"),
    (re.compile(r"\bcheaper\b(?! than \d)", re.I), ("price", "cost"), "<"),
)
_ACT_OF: dict[Opinion, ActName] = {"seen": "seen", "liked": "like", "disliked": "dislike"}


def read_items(
    reading: Reading,
    named: Sequence[tuple[int, int, tuple[str, ...], str]],
    asking: bool,
    missing: set[int],
    pointed: Collection[int],
) -> None:
    """Titles and references: what is said of them."""
    text, words, lexicon, turn = reading.text, reading.words, reading.lexicon, reading.turn
    inside = missing | {i for first, last, _, _ in named for i in range(first, last + 1)}
    for first, last, items, quote in named:
        before, after = _around(text, words, first, last, inside)
        said = opinion(before, after)
        if not items:
            reading.unclear = quote
            continue
        if said[0] not in ("similar", "excluded") or not asking:
            reading.about += items
        if asking:
            continue
        if "seen" in said and re.search(r"\b(?:all|every)\b", before):
            items = tuple(
                i
                for i, item in lexicon.items.items()
                if titled(item, lexicon.items[items[0]].title)
            )
        reading.acts += [Act(_ACT_OF[o], quote) for o in said if o in _ACT_OF]
        reading.seen += [i for i in items if "seen" in said]
        reading.liked += [i for i in items if "liked" in said]
        reading.disliked += [i for i in items if "disliked" in said]
        for id in items:
            item = lexicon.items[id]
            if "excluded" in said:
                cue = (
                    before.split()[-1:] if before.split()[-1:] != ["the"] else before.split()[-2:-1]
                )
                start = next(
                    (i for i in range(first - 1, -1, -1) if [words[i].folded] == cue), first
                )
                whole = text[words[start].start : words[last].end]
                reading.avoids.append(Preference("title", item.title, 1.0, whole, turn))
            elif "similar" in said or (
                "named" in said and not reading.acts and first not in pointed
            ):
                strength = 1.0 if "similar" in said else 0.8
                reading.wants.append(Preference(SIMILAR, id, strength, quote, turn, item.label()))


def _around(
    text: str, words: Sequence[Token], first: int, last: int, inside: set[int]
) -> tuple[str, str]:
    """The words of the clause before and after a name, other names and their "and" left out."""
    before: list[str] = []
    for at in range(first - 1, max(first - 9, -1), -1):
        gap = text[words[at].end : words[at + 1].start]
        if re.search(r"[.!?;\n]", gap) and words[at + 1].folded not in ("and", "or"):
            break
        if at in inside or (words[at].folded == "but" and not before):
            continue
        if words[at].folded in ("but", "although", "though"):
            break
        before.append(words[at].folded)
    while before and before[0] in ("and", "or", "also", "a", "an"):
        before.pop(0)
    after: list[str] = []
    for at in range(last + 1, min(last + 12, len(words))):
        if re.search(r"[.!?;\n]", text[words[at - 1].end : words[at].start]):
            break
        if at in inside:
            if set(after) - {"and", "or"}:
                break
            after.clear()
            continue
        after.append(words[at].folded)
    while after and after[0] in ("and", "but"):
        after.pop(0)
    return " ".join(reversed(before)), " ".join(after)


def read_comparatives(reading: Reading, limits: Sequence[Bound]) -> None:
    """ "Shorter", "newer": than the item that was pointed at, or than the middle of the list."""
    text, lexicon, turn = reading.text, reading.lexicon, reading.turn
    base = reading.about or list(reading.conversation.last_shown)
    for pattern, fields, op in _COMPARATIVES:
        match = pattern.search(text)
        facet = next((f for f in lexicon.schema.numbers if f in fields), None)
        if not match or facet is None or any(b.facet == facet for b in limits):
            continue
        known = [n for id in base if (n := lexicon.items[id].number(facet)) is not None]
        if known:
            value = median(known)
            reading.limits.append(Limit(facet, op, value, match[0], turn))  # type: ignore[arg-type]
            reading.acts.append(Act("critique", match[0]))


def read_unknown_titles(reading: Reading, used: set[int]) -> set[int]:
    """Capitalised names where a title stands, which the catalogue does not have. Gives their tokens."""
    words, taken = reading.words, set()
    for at in range(1, len(words)):
        before = words[at - 1].folded
        start = at - 1 if before == "the" and at > 1 else at
        cued = words[start - 1].folded in (*cues("watched"), "like", "to", "recommend")
        if at in used or at in taken or not cued or not _name_word(words[at]):
            continue
        last = at
        while (
            last + 1 < len(words)
            and last + 1 not in used
            and (
                words[last + 1].capitalised
                or words[last + 1].folded in ("of", "the", "and", "in", "a")
            )
        ):
            last += 1
        while not words[last].capitalised:
            last -= 1
        reading.unknown.append(reading.text[words[start].start : words[last].end])
        taken |= set(range(start, last + 1))
    return taken


def _name_word(word: Token) -> bool:
    return word.capitalised and len(word.text) > 1 and word.folded not in function_words()
