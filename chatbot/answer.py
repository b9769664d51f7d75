"""Answers about items, read off their fields: questions, comparisons, explanations."""

from collections.abc import Callable, Sequence

from chatbot.contents import content_answer, content_question
from chatbot.fields_asked import (
    ASKED,
    answer_of_all,
    is_property,
    named_field,
    noun_asked,
    told_lines,
)
from chatbot.lacking import lacks
from chatbot.lexicon import Lexicon
from chatbot.mentions import link
from chatbot.series import begin_alike
from chatbot.voice import ENGLISH, Voice
from chatbot.words import pattern
from retrieval.item import WARNING_FACETS, Item, Schema, year_in_words
from retrieval.measures import Kind, words_of
from retrieval.stock import in_stock, is_out_of_stock, stock_fields
from retrieval.text import fold, singular, tokens

MOST_OF_SERIES = 8  # titles that are named of it
BRANDS = frozenset({"brand", "manufacturer", "maker", "vendor", "publisher", "label", "company"})
_Pick = Callable[..., tuple[float, Item]]
_SUPERLATIVES: tuple[tuple[str, tuple[Kind, ...], _Pick], ...] = (
    ("shortest", ("minutes", "pages"), min),
    ("longest", ("minutes", "pages"), max),
    ("newest", ("year",), max),
    ("oldest", ("year",), min),
    ("cheapest", ("money",), min),
    ("dearest", ("money",), max),
    ("best_rated", ("rating",), max),
    ("lightest", ("weight", "calories"), min),
    ("heaviest", ("weight", "calories"), max),
)


def answer(question: str, item: Item, lexicon: Lexicon, voice: Voice = ENGLISH) -> str:
    """What the catalogue knows that answers `question`; it says so where it knows nothing."""
    schema = lexicon.schema
    if content_question(question, voice.language):
        return content_answer(question, item, lexicon, voice)
    if stock_fields(schema) and voice.has("asked.stock", question):
        return _availability(item, schema, voice)
    if voice.has("asked.sequel", question):
        return _others_of_series(item, lexicon, voice)
    if voice.has("asked.unlisted", question):
        return voice.phrase("answer.silent", title=item.label())
    if noun := noun_asked(question, voice.language):
        if told := told_lines(noun, [item], schema, voice):
            return told
        if is_property(noun, voice.language) and not named_field(noun, schema, voice):
            return voice.phrase("answer.silent", title=item.label())
    for key, fields, kind in ASKED:
        measured = schema.measuring(kind) if kind else []
        field = next((f for f in (*fields, *measured) if f in schema.roles), None)
        if field and voice.has(f"asked.{key}", question):
            value = _worded(item, field, voice)
            if not value:
                return voice.phrase("answer.silent", title=item.label())
            return voice.phrase(f"answer.{key}", title=item.label(), value=value)
    if voice.has("asked.cast", question) and (field := _maker(item, schema)):
        value = _worded(item, field, voice)
        if not value:
            return voice.phrase("answer.silent", title=item.label())
        called = voice.field(field)
        return voice.phrase("answer.field", title=item.label(), field=called, value=value)
    found = link(question, tokens(question), lexicon, voice.language)
    asked = [m for m in found if m.kind != "title"]
    if asked and voice.has("asked.yes_no", question):
        senses = [(s.facet, s.value) for s in asked[0].senses]
        return _yes_or_no(asked[0].quote, senses, item, schema, voice)
    if field := _field_asked(question, schema):
        value = _worded(item, field, voice)
        if not value:
            return voice.phrase("answer.silent", title=item.label())
        called = voice.field(field)
        return voice.phrase("answer.field", title=item.label(), field=called, value=value)
    return describe(item, schema, voice)


def answers(
    question: str,
    about: Sequence[str],
    shown: Sequence[str],
    lexicon: Lexicon,
    voice: Voice = ENGLISH,
) -> tuple[list[str], str]:
    """The items that a question is about, and what answers it: of several only where it is asked what
    is in them ("are any of these scary?")."""
    of_all = [lexicon.items[i] for i in about]
    if len(of_all) > 1 and (
        said := answer_of_all(question, of_all, lexicon.schema, voice, _worded)
    ):
        return list(about), said
    several = len(about) if content_question(question, voice.language) else 1
    ids = targets(about, shown, several)
    return ids, voice.sentences(*(answer(question, lexicon.items[i], lexicon, voice) for i in ids))


def _availability(item: Item, schema: Schema, voice: Voice) -> str:
    left = in_stock(item, schema)
    if left is None:
        return voice.phrase("answer.silent", title=item.label())
    key = "answer.in_stock" if left > 0 else "answer.out_of_stock"
    return voice.phrase(key, title=item.label(), value=f"{left:g}")


def _others_of_series(item: Item, lexicon: Lexicon, voice: Voice) -> str:
    """Titles that begin alike are all that a catalogue shows of a series."""
    others = voice.listed([i.label() for i in begin_alike(item, lexicon)[:MOST_OF_SERIES]])
    key = "answer.sequels" if others else "answer.no_sequel"
    return voice.phrase(key, title=item.label(), titles=others)


def _maker(item: Item, schema: Schema) -> str | None:
    """The field that says who made an item: one that it fills, else the first of people, or a brand."""
    makers = [*schema.named("person"), *(f for f in schema.facets if fold(f) in BRANDS)]
    return next((f for f in makers if item.values(f)), next(iter(makers), None))


def _field_asked(question: str, schema: Schema) -> str | None:
    """The field whose whole name is in a question: "what is the battery life?"."""
    said = set(singular(fold(question)).split())
    fields = (*schema.facets, *schema.numbers)
    named = [f for f in fields if words_of(f) and {singular(w) for w in words_of(f)} <= said]
    return max(named, key=lambda f: len(words_of(f)), default=None)


def _yes_or_no(
    asked: str, senses: Sequence[tuple[str, str]], item: Item, schema: Schema, voice: Voice
) -> str:
    carried = list(
        dict.fromkeys((*(v for f, v in senses if item.has(f, v)), *_holding(asked, senses, item)))
    )
    if carried:
        return voice.phrase("answer.yes", values=voice.listed(carried), title=item.label())
    notes = voice.listed(_warnings(item, schema))
    return voice.sentences(
        voice.phrase("answer.no", quote=asked, title=item.label()),
        voice.phrase("answer.warns", values=notes) if notes else "",
    )


def _holding(asked: str, senses: Sequence[tuple[str, str]], item: Item) -> list[str]:
    """Values of the same facets that hold the words: "eggs" and "quail eggs" for "egg"."""
    words = singular(fold(asked))
    values = [v for f in dict.fromkeys(f for f, _ in senses) for v in item.values(f)]
    return [
        v
        for v in values
        if f" {words} " in f" {singular(fold(v))} " and not lacks(singular(fold(v)), words)
    ]


def describe(item: Item, schema: Schema, voice: Voice = ENGLISH) -> str:
    """An item in two or three sentences, all of them its own fields."""
    prose = next(
        (str(item.fields[f]) for f in schema.named("description") if item.fields.get(f)), ""
    )
    known = voice.phrase("joint.semicolon").join(
        voice.phrase("answer.fact", field=voice.field(f), value=value)
        for f in (*schema.named("person"), *schema.numbers)
        if (value := _worded(item, f, voice))
    )
    facts = f"{known[:1].upper()}{known[1:]}"
    warned = voice.listed(_warnings(item, schema))
    return voice.sentences(
        voice.phrase("answer.title", title=item.label()),
        prose,
        voice.phrase("answer.facts", facts=facts) if facts else "",
        voice.phrase("answer.warned", values=warned) if warned else "",
        voice.phrase("reason.out_of_stock") if is_out_of_stock(item, schema) else "",
    )


def _warnings(item: Item, schema: Schema) -> list[str]:
    return [v for f in schema.facets if f in WARNING_FACETS for v in item.values(f)]


def superlative(
    question: str, items: Sequence[Item], schema: Schema, voice: Voice = ENGLISH
) -> tuple[str, tuple[str, ...]]:
    """The one of the list that is longest, newest and so on, in words and as its id; nothing if that
    was not asked."""
    for key, kinds, pick in _SUPERLATIVES:
        field = next((f for kind in kinds for f in schema.measuring(kind)), "")
        known = [(n, i) for i in items if field and (n := i.number(field)) is not None]
        if known and voice.has(f"most.{key}", question):
            value, item = pick(known, key=lambda pair: pair[0])
            number, called = f"{value:g}", voice.field(field)
            said = voice.phrase("compare.most", title=item.label(), field=called, value=number)
            return said, (item.id,)
    return "", ()


def most_of(
    question: str, items: Sequence[Item], two: bool, lexicon: Lexicon, voice: Voice = ENGLISH
) -> tuple[str, tuple[str, ...]]:
    """Which of a list is most of something, by a number or by what the catalogue lists, or that the
    catalogue does not say; `two` items that were named are better compared."""
    found = superlative(question, items, lexicon.schema, voice)
    if found[0] or two:
        return found
    what = pattern("talk", "question.of_what", voice.language).search(question)
    if what and (told := told_lines(what["what"], items, lexicon.schema, voice)):
        return voice.sentences(told, voice.phrase("compare.untold")), ()
    if items and any(voice.has(f"most.{key}", question) for key, _, _ in _SUPERLATIVES):
        return voice.phrase("answer.silent_of_all"), ()
    found = most_like(question, items, lexicon, voice)
    return (
        found if found[0] or not what or not items else (voice.phrase("answer.silent_of_all"), ())
    )


def most_like(
    question: str, items: Sequence[Item], lexicon: Lexicon, voice: Voice = ENGLISH
) -> tuple[str, tuple[str, ...]]:
    """Which of a list have what is asked for most of ("which is the funniest?"), as far as the
    catalogue lists it: it does not weigh how much. Nothing if no such thing was asked."""
    if not voice.has("most.any", question):
        return "", ()
    said = tokens(question)
    asked = [(w.text, lexicon.value_senses(w.folded)) for w in said if w.folded.endswith("est")]
    quote, groups = next(((q, g) for q, g in asked if g), ("", []))
    senses = [s for group in groups for s in group]
    held = [i for i in items if any(i.has(s.facet, s.value) for s in senses)]
    if not senses:
        return "", ()
    if not held:
        return voice.phrase("compare.none_like", quote=quote), ()
    titles = voice.listed([i.label() for i in held])
    return voice.phrase("compare.like", quote=quote, titles=titles), tuple(i.id for i in held)


def compare(first: Item, second: Item, schema: Schema, voice: Voice = ENGLISH) -> str:
    """What two items share and where they differ, field by field."""
    say = voice.phrase
    lines = [say("compare.head", first=first.label(), second=second.label())]
    for name in schema.numbers:
        a, b = _worded(first, name, voice), _worded(second, name, voice)
        if a and b:
            same = say("compare.same", value=a)
            said = same if a == b else say("compare.against", first=a, second=b)
            lines.append(_line(name, said, voice))
    for name in schema.facets:
        told = {
            "both": [v for v in first.values(name) if second.has(name, v)],
            "first": [v for v in first.values(name) if not second.has(name, v)],
            "second": [v for v in second.values(name) if not first.has(name, v)],
        }
        parts = [say(f"compare.{k}", values=voice.listed(vs)) for k, vs in told.items() if vs]
        if parts:
            lines.append(_line(name, say("joint.semicolon").join(parts), voice))
    return "\n".join(lines)


def _line(field: str, said: str, voice: Voice) -> str:
    return voice.phrase("compare.line", field=voice.field(field).capitalize(), said=said)


def _worded(item: Item, field: str, voice: Voice) -> str:
    number = item.number(field)
    if field == "year" and number is not None:
        return year_in_words(number if number < 0 else f"{number:g}")
    return f"{number:g}" if number is not None else voice.listed(item.values(field))


def targets(about: Sequence[str], shown: Sequence[str], n: int) -> list[str]:
    """The items a question is about: those named, or the first of the list."""
    return list(dict.fromkeys((*about, *shown)))[:n] if len(about) < n else list(about)[:n]
