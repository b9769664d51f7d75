"""Comparatives: "shorter", "something newer", "less old": than what was pointed at, or than the list."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from statistics import median

import numpy as np

from chatbot.acts import Act
from chatbot.bounds import Bound, field_named
from chatbot.conversation import Conversation
from chatbot.profile import SPECIAL, Limit, Removal
from chatbot.reading import Reading
from chatbot.remarks import Named
from chatbot.words import cues, entries, pattern
from retrieval.constraints import Op, permitted
from retrieval.item import Item
from retrieval.text import fold


def read_comparatives(reading: Reading, limits: Sequence[Bound], named: Sequence[Named]) -> None:
    """Limits from the item that is compared with or was pointed at, or from the middle of the list; said
    of all of them ("than any of those"), from the one that goes furthest."""
    text, lexicon = reading.text, reading.lexicon
    if pattern("talk", "question.unclear", reading.language).search(text):
        return
    for what, expression in entries("limits", "comparatives", reading.language):
        word, op = what.split()
        match = re.search(expression, text, re.I)
        facet = next(iter(field_named(word, lexicon.schema, reading.language)), None)
        if not match or facet is None or _is_of_pace(match[0], reading):
            continue
        than = pattern("talk", "critique.than", reading.language).match(text[match.end() :])
        if _is_said(match, facet, op, limits, bool(than)):
            continue
        known, told = _compared_with(facet, match.end(), than, reading, named)
        if known:
            _limit_to(match, facet, "<" if op == "<" else ">", known, told, reading)


def _is_of_pace(said: str, reading: Reading) -> bool:
    """Whether "faster" means what happens in works, of which the catalogue says how fast it goes."""
    word = fold(said)
    return word in cues("paced", reading.language) and bool(reading.lexicon.value_senses(word))


def _compared_with(
    facet: str, end: int, than: re.Match[str] | None, reading: Reading, named: Sequence[Named]
) -> tuple[list[float], bool]:
    """The values of what a comparison is with, in order, and whether it was named there."""
    start = end + than.end() if than else len(reading.text)
    words = reading.words
    told = [n for n in named if words[n.first].start <= start <= words[n.last].end]
    base = told[0].items if told else reading.about or list(reading.conversation.last_shown)
    items = (reading.lexicon.items[id] for id in base)
    return sorted(n for item in items if (n := item.number(facet)) is not None), bool(told)


def _limit_to(
    match: re.Match[str], facet: str, sign: Op, known: Sequence[float], told: bool, reading: Reading
) -> None:
    of_all = pattern("talk", "critique.than_all", reading.language).match(
        reading.text[match.end() :]
    )
    limit = Limit(facet, sign, 0, match[0], reading.turn)
    if of_all:
        limit = _at(limit, known[0] if sign == "<" else known[-1])
    else:
        limit = _at(limit, median(known)) if told else _moved(limit, known, reading)
    beside = [x for x in reading.limits if x.facet == facet and x.op[0] == sign]
    if any((float(x.value) < float(limit.value)) == (sign == "<") for x in beside):
        return  # a figure goes further
    reading.removals += _turned(facet, sign, reading)
    reading.limits = [x for x in reading.limits if x not in beside]
    reading.limits.append(limit)
    reading.acts.append(Act("critique", match[0]))


def _at(limit: Limit, value: float) -> Limit:
    return replace(limit, value=int(value) if float(value).is_integer() else value)


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


def _moved(limit: Limit, known: Sequence[float], reading: Reading) -> Limit:
    """The limit at the middle of what is known of the list; nearer to its end where otherwise nothing
    would be left of what is wished for: "newer" than films of the fifties is no wish for other films."""
    middle = median(known)
    beyond = [n for n in known if (n < middle if limit.op == ">" else n > middle)]
    steps = [middle, *sorted(dict.fromkeys(beyond), reverse=limit.op == ">")]
    tried = [_at(limit, n) for n in steps]
    wished = _wished_for(reading, {r.facet for r in reading.removals if r.section == "limits"})
    return next((x for x in tried if any(_meets(i, x) for i in wished)), tried[0])


def _turned(facet: str, sign: Op, reading: Reading) -> list[Removal]:
    """An earlier comparative the other way gives way: "newer", and then "older"."""
    said = [re.compile(e, re.I) for _, e in entries("limits", "comparatives", reading.language)]
    opposite = "<" if sign == ">" else ">"
    earlier = (x for x in reading.conversation.profile.limits if x.facet == facet)
    return [
        Removal("limits", facet, x.value, x.op)
        for x in earlier
        if x.op == opposite and any(e.search(x.quote) for e in said)
    ]


def _wished_for(reading: Reading, lifted: Collection[str]) -> Collection[Item]:
    """The items that could still be shown and meet every wish of the profile, hedged ones too."""
    conversation = reading.conversation
    profile = conversation.profile
    groups: dict[tuple[int, str, int], list[tuple[str, str]]] = {}
    for want in (w for w in profile.wants if w.facet not in SPECIAL and not w.is_faded):
        groups.setdefault((want.turn, want.quote, want.part), []).append((want.facet, want.value))
    if not groups:
        return ()
    out = {*conversation.shown, *profile.seen, *profile.liked, *profile.disliked}
    columns = reading.lexicon.catalogue.columns
    left = columns.allowed([c for c in profile.constraints if c.facet not in lifted], out)
    for group in groups.values():
        left &= columns.carrying_any(group)
    return [reading.lexicon.items[columns.ids[row]] for row in np.flatnonzero(left)]


def _meets(item: Item, limit: Limit) -> bool:
    return permitted(item, (limit.constraint,))


def is_kept(bound: Bound, conversation: Conversation) -> bool:
    """Whether a limit without a figure would only loosen one that stands: "quick" after "10 minutes"."""
    standing = [x for x in conversation.profile.limits if x.facet == bound.facet]
    return any(
        x.op[0] == bound.op[0] != "!"
        and not isinstance(x.value, str)
        and (x.value < bound.value) == (bound.op[0] == "<")
        for x in standing
    )
