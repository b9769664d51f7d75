"""Answers about items, read off their fields: questions, comparisons, explanations."""

import re
from collections.abc import Callable, Sequence

from chatbot.lexicon import WARNING_FACETS, Lexicon
from chatbot.mentions import link
from retrieval.item import Item, Schema
from retrieval.text import listed, tokens

_ASKED: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (r"\bwho\b.*\b(?:direct|made)|\bdirector\b", ("directors", "director"), "{title} was directed by {value}."),
    (r"\bwho\b.*\b(?:wrote|author)", ("authors", "author", "writers"), "{title} was written by {value}."),
    (r"\bwho\b|\bcast\b|\bactors?\b", ("cast", "actors", "stars"), "In {title}: {value}."),
    (r"\bhow long\b|\bruntime\b|\blength\b|\blong\b", ("runtime", "duration"), "{title} runs {value} minutes."),
    (r"\bwhen\b|\bwhat year\b|\bhow old\b|\bold\b", ("year", "published"), "{title} is from {value}."),
    (r"\bhow much\b|\bprice\b|\bcost\b", ("price",), "{title} costs {value}."),
    (r"\bgenres?\b|\bkind\b", ("genres", "categories", "category"), "{title}: {value}."),
    (r"\bwhere\b.*\bfrom\b|\bcountry\b|\bmade\b", ("countries", "country"), "{title} comes from {value}."),
)  # fmt: skip

_Pick = Callable[..., tuple[float, Item]]
_SUPERLATIVES: tuple[tuple[str, tuple[str, ...], _Pick], ...] = (
    (r"\bshortest\b", ("runtime", "duration", "pages"), min),
    (r"\blongest\b", ("runtime", "duration", "pages"), max),
    (r"\b(?:newest|latest|most recent)\b", ("year", "published"), max),
    (r"\b(?:oldest|earliest)\b", ("year", "published"), min),
    (r"\bcheapest\b", ("price", "cost"), min),
    (r"\b(?:dearest|most expensive)\b", ("price", "cost"), max),
)


def answer(question: str, item: Item, lexicon: Lexicon) -> str:
    """What the catalogue knows that answers `question`; it says so where it knows nothing."""
    schema = lexicon.schema
    for pattern, fields, sentence in _ASKED:
        field = next((f for f in fields if f in schema.roles), None)
        if field and re.search(pattern, question, re.I):
            value = _worded(item, field)
            if not value:
                return f"The catalogue does not say that of {item.label()}."
            return sentence.format(title=item.label(), value=value)
    asked = [m for m in link(question, tokens(question), lexicon) if m.kind != "title"]
    if asked and re.search(r"^\s*(?:is|does|has|are)\b|\bis (?:it|that|this)\b", question, re.I):
        return _yes_or_no(
            asked[0].quote, [(s.facet, s.value) for s in asked[0].senses], item, schema
        )
    return describe(item, schema)


def _yes_or_no(asked: str, senses: Sequence[tuple[str, str]], item: Item, schema: Schema) -> str:
    carried = list(dict.fromkeys(v for f, v in senses if item.has(f, v)))
    if carried:
        return f"Yes: the catalogue lists {listed(carried)} for {item.label()}."
    notes = [v for f in schema.facets if f in WARNING_FACETS for v in item.values(f)]
    warned = f" It warns of {listed(notes)}." if notes else ""
    return f"The catalogue does not list “{asked}” for {item.label()}.{warned}"


def describe(item: Item, schema: Schema) -> str:
    """An item in two or three sentences, all of them its own fields."""
    prose = next(
        (str(item.fields[f]) for f in schema.named("description") if item.fields.get(f)), ""
    )
    facts = [
        f"{f.replace('_', ' ')}: {w}"
        for f in (*schema.named("person"), *schema.numbers)
        if (w := _worded(item, f))
    ]
    warned = [v for f in schema.facets if f in WARNING_FACETS for v in item.values(f)]
    return " ".join(
        part
        for part in (
            f"{item.label()}.",
            prose,
            f"{'; '.join(facts)[:1].upper()}{'; '.join(facts)[1:]}." if facts else "",
            f"Be warned of {listed(warned)}." if warned else "",
        )
        if part
    )


def superlative(
    question: str, items: Sequence[Item], schema: Schema
) -> tuple[str, tuple[str, ...]]:
    """The one of the list that is longest, newest and so on, in words and as its id; nothing if that
    was not asked."""
    for pattern, fields, pick in _SUPERLATIVES:
        field = next((f for f in fields if f in schema.roles), None)
        known = [(n, i) for i in items if field and (n := i.number(field)) is not None]
        if known and re.search(pattern, question, re.I):
            value, item = pick(known, key=lambda pair: pair[0])
            said = f"That is {item.label()}: {field.replace('_', ' ') if field else ''} {value:g}."
            return said, (item.id,)
    return "", ()


def compare(first: Item, second: Item, schema: Schema) -> str:
    """What two items share and where they differ, field by field."""
    lines = [f"{first.label()} and {second.label()}:"]
    for name in schema.numbers:
        a, b = _worded(first, name), _worded(second, name)
        if a and b:
            said = f"both {a}" if a == b else f"{a} against {b}"
            lines.append(f"{name.replace('_', ' ').capitalize()}: {said}.")
    for name in schema.facets:
        both = [v for v in first.values(name) if second.has(name, v)]
        one = [v for v in first.values(name) if not second.has(name, v)]
        other = [v for v in second.values(name) if not first.has(name, v)]
        parts = [f"both {listed(both)}" if both else ""]
        parts += [f"only the first {listed(one)}" if one else ""]
        parts += [f"only the second {listed(other)}" if other else ""]
        said = "; ".join(p for p in parts if p)
        if said:
            lines.append(f"{name.replace('_', ' ').capitalize()}: {said}.")
    return "\n".join(lines)


def _worded(item: Item, field: str) -> str:
    number = item.number(field)
    return f"{number:g}" if number is not None else listed(item.values(field))


def targets(about: Sequence[str], shown: Sequence[str], n: int) -> list[str]:
    """The items a question is about: those named, or the first of the list."""
    return list(dict.fromkeys((*about, *shown)))[:n] if len(about) < n else list(about)[:n]
