"""Which items a sample's talk names, by our own linker instead of by the file's gold links."""

import html
from collections.abc import Callable
from functools import cache

from chatbot.lexicon import Lexicon
from finetune.dialogues import LONGEST, titles_in
from finetune.samples import Sample
from retrieval.text import clean

Linker = Callable[[Sample], tuple[str, ...]]


def own_links(lexicon: Lexicon) -> Linker:
    """What reads a sample's context as a live conversation is read: titles, by the rules.

    Utterances are read one by one, those of both sides, each once however many samples share it.
    """

    @cache
    def titles(text: str) -> tuple[str, ...]:
        return titles_in(clean(html.unescape(text), LONGEST), lexicon)

    def named(sample: Sample) -> tuple[str, ...]:
        return tuple(dict.fromkeys(id for said in sample.context for id in titles(said.text)))

    return named
