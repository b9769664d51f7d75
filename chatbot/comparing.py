"""Comparatives: "shorter", "something newer", "less old": than what was pointed at, or than the list."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from statistics import median

from chatbot.acts import Act
from chatbot.bounds import Bound, field_named
from chatbot.profile import SPECIAL, Limit, Removal
from chatbot.reading import Reading
from chatbot.words import entries, pattern
from retrieval.constraints import Op, permitted
from retrieval.item import Item


def read_comparatives(reading: Reading, limits: Sequence[Bound]) -> None:
    """Limits from the item that was pointed at, or from the middle of the list."""
    text, lexicon, turn = reading.text, reading.lexicon, reading.turn
    if pattern("talk", "question.unclear", reading.language).search(text):
        return
    base = reading.about or list(reading.conversation.last_shown)
    for what, expression in entries("limits", "comparatives", reading.language):
        word, op = what.split()
        match = re.search(expression, text, re.I)
        facet = next(iter(field_named(word, lexicon.schema, reading.language)), None)
        if not match or facet is None or any(b.facet == facet for b in limits):
            continue
        known = sorted(n for id in base if (n := lexicon.items[id].number(facet)) is not None)
        if known:
            sign: Op = "<" if op == "<" else ">"
            reading.removals += _turned(facet, sign, reading)
            reading.limits.append(_moved(Limit(facet, sign, 0, match[0], turn), known, reading))
            reading.acts.append(Act("critique", match[0]))


def _moved(limit: Limit, known: Sequence[float], reading: Reading) -> Limit:
    """The limit at the middle of what is known of the list; nearer to its end where otherwise nothing
    would be left of what is wished for: "newer" than films of the fifties is no wish for other films."""
    middle = median(known)
    beyond = [n for n in known if (n < middle if limit.op == ">" else n > middle)]
    steps = [middle, *sorted(dict.fromkeys(beyond), reverse=limit.op == ">")]
    tried = [replace(limit, value=int(n) if float(n).is_integer() else n) for n in steps]
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
    return [
        item
        for id, item in reading.lexicon.items.items()
        if id not in out
        and all(any(item.has(f, v) for f, v in group) for group in groups.values())
        and permitted(item, [c for c in profile.constraints if c.facet not in lifted])
    ]


def _meets(item: Item, limit: Limit) -> bool:
    return permitted(item, (limit.constraint,))
