"""What is in an item that may upset: whether that is asked, and what its record says of it.

"Is there anything upsetting in it?", "any sad parts?", "is it too scary for my kid?": the answer is what
the catalogue's content notes and tags say, and that it does not know where they are silent.
"""

import re
from collections.abc import Sequence

from chatbot.lexicon import Lexicon, Sense
from chatbot.mentions import link
from chatbot.voice import ENGLISH, Voice
from chatbot.words import pattern
from retrieval.item import WARNING_FACETS, Item
from retrieval.text import fold, singular, tokens

_SENTENCE = re.compile(r"[^.!?。！？\n]+[.!?。！？]*")


def content_question(text: str, language: str) -> str:
    """The sentence that asks what is in an item, and for no items; empty if none does."""
    asks = pattern("talk", "question.content", language)
    wished = pattern("talk", "question.content_wished", language)
    said = (m[0].strip() for m in _SENTENCE.finditer(text))
    return next((s for s in said if asks.search(s) and not wished.search(s)), "")


def content_answer(question: str, item: Item, lexicon: Lexicon, voice: Voice = ENGLISH) -> str:
    """What the record says of what is asked for: found, not found, or not known."""
    schema = lexicon.schema
    warnings = [f for f in schema.facets if f in WARNING_FACETS]
    known = [f for f in warnings if not item.is_silent(f)]
    notes = [v for f in known for v in item.values(f)]
    named = _asked(question, lexicon, voice.language)
    found: list[str] = []
    missed = False
    for quote, senses in named:
        carried = list(dict.fromkeys(s.value for s in senses if item.has(s.facet, s.value)))
        if carried:
            found.append(
                voice.phrase("answer.yes", values=voice.listed(carried), title=item.label())
            )
        else:
            missed = True
            found.append(voice.phrase("answer.no", quote=quote, title=item.label()))
    if not named:
        dark = [v for v in _upsetting(lexicon) if item.has(v.facet, v.value)]
        values = list(dict.fromkeys(v.value for v in dark if v.facet not in WARNING_FACETS))
        if notes:
            found.append(
                voice.phrase("answer.content", title=item.label(), values=voice.listed(notes))
            )
        elif known:
            found.append(voice.phrase("answer.content_none", title=item.label()))
        if values:
            found.append(voice.phrase("answer.content_tags", values=voice.listed(values)))
    elif notes and missed:
        found.append(voice.phrase("answer.warns", values=voice.listed(notes)))
    if not known:
        found.append(voice.phrase("answer.content_unknown", title=item.label()))
    return voice.sentences(*found)


def _asked(question: str, lexicon: Lexicon, language: str) -> list[tuple[str, Sequence[Sense]]]:
    """The things that are asked for by name, with what the catalogue can call them; who watches, and
    what only says that it may upset, are none."""
    found = link(question, tokens(question), lexicon, language)
    general = pattern("talk", "question.content_general", language)
    return [
        (m.quote, [s for s in m.senses if s.facet not in ("title",)])
        for m in found
        if m.kind == "value" and not general.fullmatch(singular(fold(m.quote)))
    ]


def _upsetting(lexicon: Lexicon) -> list[Sense]:
    return [s for group in lexicon.value_senses("upsetting") for s in group]
