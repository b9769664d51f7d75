"""A few turns with a release before visitors get it: does it answer, and does it keep to limits?"""

import math
from collections.abc import Iterator
from statistics import median
from time import monotonic

from chatbot.conversation import Conversation
from chatbot.events import Finished
from chatbot.parts import Parts
from chatbot.profile import Limit, Preference, ProfileChange
from chatbot.respond import respond
from retrieval.constraints import permitted

SLOWEST_S = 30.0
"""Seconds that one of these turns may take: a turn that takes longer is as good as none."""
Step = tuple[str, ProfileChange | None]


def smoke(parts: Parts) -> str:
    """What is wrong with a release, in a sentence; empty where a few turns find nothing."""
    conversation = Conversation("smoke check", parts.retriever.catalogue.name)
    for said, change in _steps(parts):
        begun = monotonic()
        try:
            *_, finished = respond(conversation, said, parts, change)
        except Exception as error:  # whatever it is, no visitor may meet it
            return f"the turn {said!r} failed: {type(error).__name__}: {error}"
        assert isinstance(finished, Finished)
        if (took := monotonic() - begun) > SLOWEST_S:
            return f"the turn {said!r} took {took:.0f} seconds"
        if wrong := _wrong(finished, conversation, parts):
            return f"the turn {said!r} {wrong}"
        conversation = finished.conversation
    return ""


def _steps(parts: Parts) -> Iterator[Step]:
    """What is said: something open, what is like the first shown, a wish, an exclusion, a bound."""
    yield "hello", None
    yield "surprise me", None
    yield "more like the first one", None
    columns, schema = parts.retriever.columns, parts.lexicon.schema
    for facet in schema.named("facet")[:1]:
        counts = {value: len(rows) for value, rows in columns.vocabulary(facet).items()}
        common = sorted(counts, key=lambda value: (-counts[value], value))[:2]
        for value in common[:1]:
            wish = Preference(facet, value, 1.0, value, 1)
            yield f"something {value}", ProfileChange(wants=(wish,))
        for value in common[1:]:
            yield f"nothing {value}", ProfileChange(limits=(Limit(facet, "!=", value, value, 1),))
    for field in schema.numbers[:1]:
        known = [n for i in parts.lexicon.items.values() if (n := i.number(field)) is not None]
        if known:
            middle = median(known)
            limit = Limit(field, "<=", middle, f"at most {middle:g}", 1)
            yield f"at most {middle:g}", ProfileChange(limits=(limit,))
    yield "more", None


def _wrong(finished: Finished, before: Conversation, parts: Parts) -> str:
    if not finished.reply:
        return "was answered with nothing"
    profile = finished.conversation.profile
    hidden = {*before.shown, *profile.disliked, *profile.seen, *parts.rules.hidden}
    for card in finished.cards:
        if not permitted(card.item, profile.constraints):
            return f"showed {card.item.label()}, which breaks a limit"
        if card.item.id in hidden:
            return f"showed {card.item.label()}, which is hidden"
        if not math.isfinite(card.score):
            return f"gave {card.item.label()} a score that is no number"
    free = int(parts.retriever.columns.allowed(profile.constraints, hidden).sum())
    if finished.action == "recommend" and not finished.cards and free and not profile.wants:
        return f"showed nothing, though {free} items may be shown"
    return ""
