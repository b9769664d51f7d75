"""What is asked of all that is shown, in hardly more than a word: "prices?", "and the directors?", "battery?"."""

import re
from collections.abc import Callable, Iterator, Sequence

from chatbot.conversation import Conversation
from chatbot.lexicon import Lexicon
from chatbot.references import references
from chatbot.voice import Voice
from chatbot.words import entries, pattern, patterns
from retrieval.item import Item, Schema
from retrieval.measures import Kind, words_of
from retrieval.text import fold, singular

ASKED: tuple[tuple[str, tuple[str, ...], Kind | None], ...] = (
    ("directors", ("directors", "director"), None),
    ("authors", ("authors", "author", "writer", "writers"), None),
    ("cast", ("cast", "actors"), None),
    ("runtime", ("runtime", "duration"), None),
    ("minutes", (), "minutes"),
    ("year", ("year", "published"), "year"),
    ("price", ("price",), "money"),
    ("genres", ("genres", "categories", "category"), None),
    ("countries", ("countries", "country"), None),
    ("pages", ("pages",), "pages"),
)
"""What can be asked, by its key in the table of replies, and the fields that answer it: by name, or
by what they measure."""
_SENTENCES = re.compile(r"[^.!?。！？]+[.!?。！？]*")


def asked_of(
    text: str, conversation: Conversation, lexicon: Lexicon, language: str
) -> tuple[str, ...]:
    """The items of which an utterance asks one thing, and says nothing else: the one that is talked of,
    or the list. Empty where it may be a wish: a value, or a word that nothing shown speaks of."""
    shown, turns = conversation.last_shown, conversation.turns
    looks_at = conversation.page and conversation.page_opened == len(turns)
    listed = turns and turns[-1].shown and not looks_at
    what, schema = noun_asked(text, language), lexicon.schema
    if not what:
        return ()
    here, all_of_it = (
        tuple(i for i in dict.fromkeys(ids) if i in lexicon.items)
        for ids in (conversation.focus, shown)
    )
    about = all_of_it if listed else here or all_of_it
    if not about:
        return ()
    if named_field(what, schema, Voice(language)) or is_property(what, language):
        return about
    if lexicon.value_senses(fold(what)) or references(text, conversation, lexicon, language):
        return ()
    told = (
        ids
        for ids in (about, all_of_it)
        if any(told_of(what, lexicon.items[i], schema) for i in ids)
    )
    return next(told, ())


def noun_asked(text: str, language: str) -> str:
    """The words of a question that is only a noun, without what stands around it; empty for others."""
    found = (e.search(text) for e in patterns("talk", "question.of_all", language))
    return next((m["what"] for m in found if m), "")


def is_property(what: str, language: str) -> bool:
    """Whether words are what people ask of any goods, be it known or not: "size", "delivery"."""
    return bool(pattern("talk", "question.property", language).fullmatch(singular(fold(what))))


def named_field(what: str, schema: Schema, voice: Voice) -> str:
    """The field that a noun is for; empty if there is none."""
    nouns = {what.casefold(), singular(fold(what))}
    keys = {
        key
        for noun, *keys in entries("talk", "question.nouns", voice.language)
        for key in keys
        if noun in nouns
    }
    for key, field in _fields(schema):
        expression = pattern("replies", f"asked.{key}", voice.language)
        if key in keys or any(expression.fullmatch(noun) for noun in nouns):
            return field
    called = {f: singular(" ".join(words_of(f))) for f in (*schema.facets, *schema.numbers)}
    return next((f for f, name in called.items() if name in nouns), "") or next(
        (f for f, name in called.items() if name.split()[0] in nouns), ""
    )


def _fields(schema: Schema) -> Iterator[tuple[str, str]]:
    """What can be asked of these items, by its key, and the field for it."""
    for key, fields, kind in ASKED:
        measured = schema.measuring(kind) if kind else []
        if field := next((f for f in (*fields, *measured) if f in schema.roles), ""):
            yield key, field
    yield from (("description", field) for field in schema.named("description")[:1])


def told_of(what: str, item: Item, schema: Schema) -> str:
    """The sentence of a thing's description that speaks of it; none of a work's, which tells a story."""
    if schema.named("person"):
        return ""
    words = singular(fold(what))
    prose = (str(item.fields.get(f) or "") for f in schema.named("description"))
    told = (m[0].strip() for text in prose for m in _SENTENCES.finditer(text))
    return next((s for s in told if f" {words} " in f" {singular(fold(s))} "), "")


def told_lines(what: str, items: Sequence[Item], schema: Schema, voice: Voice) -> str:
    """What the descriptions say of it, item by item; empty if they say nothing."""
    told = [(i, s) for i in items if (s := told_of(what, i, schema))]
    head = voice.phrase("answer.told", quote=what)
    lines = (voice.phrase("answer.told_line", title=i.label(), words=s) for i, s in told)
    return "\n".join((head, *lines)) if told else ""


def _opening(prose: str) -> str:
    """The first sentence, without its stop."""
    found = _SENTENCES.match(prose)
    return found[0].strip().rstrip(".。") if found else ""


def answer_of_all(
    question: str, items: Sequence[Item], schema: Schema, voice: Voice, worded: Callable[..., str]
) -> str:
    """One thing of every item, a line each; `worded` gives an item's value of a field in words. Empty
    if it is not asked so."""
    what = noun_asked(question, voice.language)
    if what:
        field = named_field(what, schema, voice)
    elif pattern("talk", "question.of_them", voice.language).search(question):
        field = next((f for k, f in _fields(schema) if voice.has(f"asked.{k}", question)), "")
    else:
        return ""
    if not field and not what:
        return ""
    if not field:
        return told_lines(what, items, schema, voice) or voice.phrase("answer.silent_of_all")
    if field in schema.named("description"):
        values = [_opening(str(item.fields.get(field) or "")) for item in items]
    else:
        values = [worded(item, field, voice) for item in items]
    if not any(values):
        return voice.phrase("answer.silent_of_all")
    unknown = voice.phrase("answer.not_said")
    lines = (
        voice.phrase("compare.line", field=item.label(), said=value or unknown)
        for item, value in zip(items, values, strict=True)
    )
    return "\n".join((voice.phrase("answer.of_all", field=voice.field(field).capitalize()), *lines))
