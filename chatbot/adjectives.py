"""Limits in words without a figure: "recent", "short", "cheap", "with good reviews", "in stock".

What such a word means is a number all the same, and a visitor sees it on the chip and can change it.
Years and running times have fixed ones; what is cheap depends on what is looked for.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from statistics import quantiles

from chatbot.bounds import Bound
from chatbot.lexicon import Lexicon, Mention
from chatbot.words import pattern
from retrieval.constraints import Op
from retrieval.item import Item
from retrieval.measures import Kind, words_of

RECENT_YEARS = 10
OLD_BEFORE = 1980
SHORT_MINUTES, NOT_LONG_MINUTES, LONG_MINUTES, QUICK_MINUTES = 100, 120, 150, 30
SHORT_PAGES, NOT_LONG_PAGES, LONG_PAGES = 200, 300, 400
GOOD_OF_FIVE = 4.0
FEWEST = 8  # items with a number, fewer of which do not say what is cheap among them
_MEASURES: dict[str, Kind] = {
    "not old": "year",
    "recent": "year",
    "old": "year",
    "short": "minutes",
    "long": "minutes",
    "quick": "minutes",
    "in stock": "stock",
    "cheap": "money",
    "expensive": "money",
    "well rated": "rating",
    "lightweight": "weight",
    "low calorie": "calories",
}
"""What each word is about, in the order of looking; the first that is said of a field counts."""
_INSTEAD: dict[str, tuple[Kind, ...]] = {"short": ("pages",), "long": ("pages",)}
"""What else a word is about, where the catalogue does not know that."""
_RELATIVE: dict[str, tuple[Op, int]] = {
    "cheap": ("<=", 40),
    "expensive": (">=", 70),
    "well rated": (">=", 60),
    "lightweight": ("<=", 40),
    "low calorie": ("<=", 35),
}
"""Words that mean a percentile of what is looked for."""


def adjectives(
    text: str,
    lexicon: Lexicon,
    mentions: Sequence[Mention],
    taken: Sequence[tuple[int, int]],
    already: Collection[str],
    language: str,
    listed: bool = False,
) -> list[Bound]:
    """The limits that such words state, on fields that no figure is `already` given for. Where items
    are `listed`, words that compare ("something newer") are said of these: see `comparing`."""
    found: list[Bound] = []
    for word, kind in _MEASURES.items():
        match = pattern("limits", f"adjectives.{word}", language).search(text)
        facet = next(
            (f for k in (kind, *_INSTEAD.get(word, ())) for f in lexicon.schema.measuring(k)), None
        )
        if (
            not match
            or facet is None
            or facet in (*already, *(b.facet for b in found))
            or any(s < match.end() and match.start() < e for s, e in taken)
            or pattern("limits", "adjectives.unless", language).search(text[: match.start()])
            or (word == "quick" and not _is_work(facet))
            or (listed and pattern("limits", "adjectives.compares", language).search(match[0]))
        ):
            continue
        if word in _RELATIVE:
            meant = _among(word, facet, _looked_for(lexicon, mentions))
        else:
            meant = _fixed(word, match[0].casefold(), facet in lexicon.schema.measuring("pages"))
        if meant:
            found.append(Bound(facet, *meant, match.start(), match.end()))
    return found


def _fixed(word: str, said: str, paged: bool) -> tuple[Op, float]:
    match word:
        case "recent":
            return ">=", datetime.now(UTC).year - RECENT_YEARS
        case "not old":
            return ">=", OLD_BEFORE
        case "old":
            return "<", OLD_BEFORE
        case "short":
            long = "long" in said or "长" in said
            most = (NOT_LONG_PAGES, SHORT_PAGES) if paged else (NOT_LONG_MINUTES, SHORT_MINUTES)
            return "<=", most[0] if long else most[1]
        case "quick":
            return "<=", QUICK_MINUTES
        case "in stock":
            return ">", 0
        case _:
            return ">=", LONG_PAGES if paged else LONG_MINUTES


def _is_work(facet: str) -> bool:
    """Whether a time is one of preparing something; a quick film is none of half an hour."""
    return bool(set(words_of(facet)) & {"cook", "prep", "preparation", "total"})


def _looked_for(lexicon: Lexicon, mentions: Sequence[Mention]) -> list[Item]:
    """The items of the kind that an utterance names ("cheap headphones"); all, where it names none."""
    items = list(lexicon.items.values())
    for mention in mentions:
        if mention.kind == "value":
            kind = [i for i in items if any(i.has(s.facet, s.value) for s in mention.senses)]
            if len(kind) >= FEWEST:
                return kind
    return items


def _among(word: str, facet: str, items: Sequence[Item]) -> tuple[Op, float] | None:
    numbers = [n for item in items if (n := item.number(facet)) is not None]
    if len(numbers) < FEWEST:
        return None
    op, percent = _RELATIVE[word]
    if word == "well rated" and max(numbers) <= 5 and max(numbers) > GOOD_OF_FIVE:
        return op, GOOD_OF_FIVE
    value = quantiles(numbers, n=100, method="inclusive")[percent - 1]
    return op, round(value, 2) if abs(value) < 10 else float(round(value))
