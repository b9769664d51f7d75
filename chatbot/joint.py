"""Wishes whose words go together: "no leather or wool jacket" is a jacket, "only blue or grey" is either."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from chatbot.lexicon import CATEGORY_FACETS, Mention
from chatbot.polarity import LISTED, Stance
from chatbot.profile import Limit
from retrieval.text import Token


def heads_list(
    text: str,
    words: Sequence[Token],
    mention: Mention,
    mentions: Sequence[Mention],
    stance: Sequence[Stance],
) -> bool:
    """Whether a kind of thing stands behind a list of what it must not be: "no leather or wool jacket"."""
    before = next((m for m in mentions if m.last == mention.first - 1), None)
    if before is None or before.first == 0 or before.kind != "value":
        return False
    listed = words[before.first - 1].folded in LISTED
    apart = text[words[before.last].end : words[mention.first].start] != " "
    kinds = [any(s.facet in CATEGORY_FACETS for s in m.senses) for m in (before, mention)]
    return listed and not apart and stance[before.first].negative and kinds == [False, True]


def together(limits: Sequence[Limit], choices: Mapping[str, str]) -> list[Limit]:
    """Limits with those that "or" joins made one, which any of them satisfies. `choices` are the words
    of a whole choice by the words of each part."""
    found: dict[str, Limit] = {}
    for number, limit in enumerate(limits):
        key = choices.get(limit.quote, f"/{number}")
        first = found.get(key)
        if first is None:
            found[key] = replace(limit, quote=choices.get(limit.quote, limit.quote))
            continue
        also = ((limit.facet, str(limit.value)), *limit.unless)
        found[key] = replace(first, unless=(*first.unless, *also))
    return list(found.values())
