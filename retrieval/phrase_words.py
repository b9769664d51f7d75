"""Words for phrases: "1 large onion, chopped" in a list of ingredients makes the item one with onion.

A list of phrases ("ingredients", "materials", "features") is not something to wish for word by word:
nobody says "2-3 champignon mushrooms (optional)". The head of each phrase is: the last noun before
what explains it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from retrieval.item import Role
from retrieval.text import fold, singular

SUFFIX = ".words"
"""The name of a field of such words: that of the phrases, and this."""
LEAST_LENGTH = 14  # characters of a phrase on average
LEAST_DISTINCT = 0.4  # of all phrases; a facet's values come again and again
FEWEST = 2  # items of a word that is kept
_ASIDES = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\*+|_+")
_ENDS = re.compile(
    r"[,;:/–]|\s-\s|\b(?:or|with|without|for|to|in|from|as|if|cut|until|such|preferably|plus|and)\b",
    re.I,
)
_OF = re.compile(r"^.*\bof\b(?=\s+\S)", re.I)
_AMOUNT = re.compile(r"^[\W\d½¼¾⅓⅔]+[a-zµ]{0,3}\b(?=\s)|\d+\s*[a-z]{1,2}\b")
_MEASURES = frozenset(
    [
        "teaspoon",
        "teaspoons",
        "tbsp",
        "tbs",
        "tablespoon",
        "tablespoons",
        "tsp",
        "cup",
        "cups",
        "clove",
        "cloves",
        "can",
        "cans",
        "jar",
        "tin",
        "pinch",
        "ounce",
        "ounces",
        "lbs",
        "gram",
        "grams",
        "pound",
        "pounds",
        "slice",
        "slices",
        "piece",
        "pieces",
        "bunch",
        "stick",
        "sticks",
        "handful",
        "dash",
        "sprig",
        "sprigs",
        "head",
        "large",
        "small",
        "medium",
        "big",
        "fresh",
        "freshly",
        "ground",
        "chopped",
        "diced",
        "sliced",
        "minced",
        "dried",
    ]
)
"""Words of amount and make, which are no part of what a thing is."""
_LETTERS = re.compile(r"[^\W\d_]{3,}")


def with_words(
    rows: list[dict[str, Any]], roles: Mapping[str, Role]
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The rows with a field of words for each list of phrases; and those fields, each with the one
    that it is read off."""
    found: dict[str, str] = {}
    for field in [f for f, role in roles.items() if role == "facet"]:
        if not _is_phrases(rows, field):
            continue
        heads = [[h for v in _values(row, field) for h in heads_of(v)] for row in rows]
        items = Counter(singular(h) for row in heads for h in set(row))
        usual = _usual_forms(h for row in heads for h in row)
        kept = [
            list(dict.fromkeys(usual[singular(h)] for h in row if items[singular(h)] >= FEWEST))
            for row in heads
        ]
        if any(kept):
            name = field + SUFFIX
            rows = [{**row, name: words} for row, words in zip(rows, kept, strict=True)]
            found[name] = field
    return rows, found


def _usual_forms(words: Iterable[str]) -> dict[str, str]:
    """For each word in the singular, the form in which it is most often written."""
    forms: dict[str, Counter[str]] = {}
    for word in words:
        forms.setdefault(singular(word), Counter())[word] += 1
    return {word: counts.most_common(1)[0][0] for word, counts in forms.items()}


def heads_of(phrase: str) -> list[str]:
    """The head of a phrase and, where it has two words or more, the last two, folded.

    >>> heads_of("1 large onion, chopped"), heads_of("2 tbsp of extra virgin olive oil")
    (['onion'], ['oil', 'olive oil'])
    """
    text = _ASIDES.sub(" ", phrase)
    text = _AMOUNT.sub(" ", text.strip())
    text = next((part for part in _ENDS.split(text) if _LETTERS.search(part)), "")
    text = _OF.sub(" ", text)
    words = [w for w in fold(text).split() if _LETTERS.fullmatch(w) and w not in _MEASURES]
    return [words[-1], *([" ".join(words[-2:])] if len(words) > 1 else [])] if words else []


def _values(row: Mapping[str, Any], field: str) -> Sequence[str]:
    value = row.get(field)
    return [str(v) for v in value] if isinstance(value, list) else []


def _is_phrases(rows: Sequence[Mapping[str, Any]], field: str) -> bool:
    values = [v for row in rows for v in _values(row, field)]
    if len(values) < 2 * len(rows) or not values:
        return False
    long = sum(map(len, values)) / len(values) >= LEAST_LENGTH
    spaced = sum(" " in v for v in values) > 0.7 * len(values)
    return long and spaced and len(set(values)) >= LEAST_DISTINCT * len(values)
