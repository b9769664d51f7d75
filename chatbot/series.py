"""Films of a series, by their number: "the second Toy Story", "toy story 2 and 3"."""

import re
from collections.abc import Sequence

from chatbot.called import without_article
from chatbot.lexicon import Lexicon, Mention, Sense
from retrieval.item import Item
from retrieval.text import HAN, Token, fold

PLACES = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}


def in_series(
    text: str, words: Sequence[Token], mentions: Sequence[Mention], lexicon: Lexicon
) -> list[Mention]:
    """Mentions, with the number before or behind a title taken for the number in its series."""
    found: list[Mention] = []
    for mention in mentions:
        if mention.kind != "title":
            found.append(mention)
            continue
        placed = _placed(text, words, mention, lexicon)
        found += [placed, *_going_on(words, placed, mentions, lexicon)]
    return found


def begin_alike(item: Item, lexicon: Lexicon) -> list[Item]:
    """The other items whose titles begin as an item's does, the oldest first: "Toy Story 2" and "Toy
    Story", "Alien" and "Aliens"; whether they have anything else to do with it, nobody says."""
    base = _base(item.title.partition(":")[0])
    if not base:
        return []
    behind = "" if HAN.search(base) else r"s?(?:$|\W)"
    begins = re.compile(rf"(?:(?:the|an?) )?{re.escape(base)}{behind}", re.IGNORECASE)
    found = [i for i in lexicon.items.values() if i.id != item.id and begins.match(_written(i))]
    year = next(iter(lexicon.schema.measuring("year")), "")
    return sorted(found, key=lambda i: (i.number(year) or 0.0, i.title))


def _written(item: Item) -> str:
    """A title with its words folded, and its colon where it is."""
    head, colon, rest = item.title.partition(":")
    return f"{fold(head)}{colon} {fold(rest)}".strip()


def _base(said: str) -> str:
    """What a series is called: the words without an article, and without a number at their end."""
    base = re.sub(r" (?:part |chapter |volume |vol )?(?:\d|i{1,3}|iv|v)$", "", fold(said))
    return without_article(base)


def _number(base: str, number: int, lexicon: Lexicon) -> list[Sense]:
    """The film of a series with that number; nothing, where no film has the number two."""
    if not lexicon.titled(f"{base} 2"):
        return []
    if number > 1:
        return lexicon.titled(f"{base} {number}")[:1]
    titled = lexicon.titled(base)
    return [s for s in titled if without_article(fold(lexicon.items[s.value].title)) == base][:1]


def _placed(text: str, words: Sequence[Token], mention: Mention, lexicon: Lexicon) -> Mention:
    """ "The second Matrix" is its second film."""
    at = mention.first - 1
    number = PLACES.get(words[at].folded) if at >= 0 else None
    gap = text[words[at].end : words[mention.first].start]
    if not number or not gap.isspace():
        return mention
    senses = _number(_base(mention.quote), number, lexicon)
    if not senses:
        return mention
    return Mention(
        at, mention.last, (tuple(senses),), text[words[at].start : words[mention.last].end]
    )


def _going_on(
    words: Sequence[Token],
    mention: Mention,
    others: Sequence[Mention],
    lexicon: Lexicon,
) -> list[Mention]:
    """ "Toy Story 2 and 3": the numbers that are listed behind a numbered title."""
    if not re.fullmatch(r"\d|i{1,3}", words[mention.last].folded):
        return []
    found, at = [], mention.last + 1
    taken = {i for m in others if m is not mention for i in range(m.first, m.last + 1)}
    while at < len(words) and (words[at].folded in ("and", "or") or words[at].folded.isdigit()):
        number = (
            int(words[at].folded)
            if len(words[at].folded) == 1 and words[at].folded.isdigit()
            else 0
        )
        senses = _number(_base(mention.quote), number, lexicon) if number else []
        if senses and at not in taken:
            found.append(Mention(at, at, (tuple(senses),), words[at].text))
        elif number or words[at].folded.isdigit():
            break
        at += 1
    return found
