"""Limits by comparison: "shorter", "newer than the second", "cheaper than all of these"."""

import re
from collections.abc import Sequence
from statistics import median

from chatbot.acts import Act
from chatbot.bounds import Bound, field_named
from chatbot.profile import Limit
from chatbot.reading import Reading
from chatbot.remarks import Named
from chatbot.words import entries, pattern
from retrieval.constraints import Op


def read_comparatives(reading: Reading, limits: Sequence[Bound], named: Sequence[Named]) -> None:
    """ "Shorter", "newer": than the item that was pointed at, or than the middle of the list; said of
    all of them ("than any of those"), than the one that goes furthest."""
    text, lexicon, turn = reading.text, reading.lexicon, reading.turn
    if pattern("talk", "question.unclear", reading.language).search(text):
        return
    base = reading.about or list(reading.conversation.last_shown)
    for what, expression in entries("limits", "comparatives", reading.language):
        word, op = what.split()
        match = re.search(expression, text, re.I)
        facet = next(iter(field_named(word, lexicon.schema, reading.language)), None)
        if not match or facet is None:
            continue
        behind = text[match.end() :]
        than = pattern("talk", "critique.than", reading.language).match(behind)
        if _is_said(match, facet, op, limits, bool(than)):
            continue
        start = match.end() + than.end() if than else len(text)
        told = [
            n for n in named if reading.words[n.first].start <= start <= reading.words[n.last].end
        ]
        known = [
            n
            for id in (told[0].items if told else base)
            if (n := lexicon.items[id].number(facet)) is not None
        ]
        if known:
            of_all = pattern("talk", "critique.than_all", reading.language).match(behind)
            furthest = min(known) if op == "<" else max(known)
            value: float = furthest if of_all else median(known)
            value = int(value) if float(value).is_integer() else value
            sign: Op = "<" if op == "<" else ">"
            beside = [x for x in reading.limits if x.facet == facet and x.op[0] == op]
            if any((x.value < value) == (op == "<") for x in beside):  # type: ignore[operator]
                continue  # a figure goes further
            reading.limits = [x for x in reading.limits if x not in beside]
            reading.limits.append(Limit(facet, sign, value, match[0], turn))
            reading.acts.append(Act("critique", match[0]))


def _is_said(
    match: re.Match[str], facet: str, op: str, limits: Sequence[Bound], than: bool
) -> bool:
    """Whether a figure says it: in the same words, or on the same side of the field where the comparison
    names nothing itself: "shorter, under 90 minutes"."""
    return any(
        b.facet == facet
        and (
            (b.start < match.end() and match.start() < b.end)
            or b.op == "="
            or (b.op[0] == op and not than)
        )
        for b in limits
    )


def compared(reading: Reading, limits: Sequence[Bound]) -> list[Bound]:
    """Of limits in words without a figure, those that compare with a list that is there: "more recent"
    is then more recent than that, and not of the last ten years."""
    if not reading.conversation.last_shown:
        return []
    spans = [
        match.span()
        for what, expression in entries("limits", "comparatives", reading.language)
        if what.split()[0] in ("year", "年份")
        for match in re.finditer(expression, reading.text, re.I)
    ]
    return [b for b in limits if any(s < b.end and b.start < e for s, e in spans)]
