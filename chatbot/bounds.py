"""Limits in words: "after 2000", "under two hours", "from the 70s", "nothing older than 1990".

The words are in `words/<language>/limits.toml`; what is here is how they go together.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache

from chatbot.denied_amounts import denied_from, negated
from chatbot.quantities import Kind, Quantity, converted, fields_called, quantities, units_of
from chatbot.roughly import roughly, said_roughly
from chatbot.words import entries, pattern
from retrieval.constraints import Op
from retrieval.item import Schema
from retrieval.measures import Kind as MeasureKind
from retrieval.measures import measure_of
from retrieval.text import HAN, fold, singular, stem

MEASURED: dict[Kind, MeasureKind] = {
    "year": "year",
    "decade": "year",
    "century": "year",
    "recent": "year",
    "minutes": "minutes",
    "clock": "minutes",
    "money": "money",
    "person": "age",
}
"""What a field has to measure for an amount of a kind to be about it."""
SERVED = ("servings", "serves")
"""What a number of people is about."""
DENIED: dict[Op, Op] = {"<": ">=", ">=": "<", "<=": ">", ">": "<="}
ORDER: tuple[Op, ...] = ("<=", ">=", "<", ">")
"""The operators in the order of looking for their words."""


@dataclass(frozen=True)
class Bound:
    """A limit that was found in text, and the characters that say it."""

    facet: str
    op: Op
    value: float
    start: int
    end: int


def bounds(
    text: str, schema: Schema, taken: Iterable[tuple[int, int]], language: str = "en"
) -> list[Bound]:
    """Limits on the catalogue's numbers in `text`; `taken` are characters that are titles."""
    taken = list(taken)
    text = pattern("limits", "words.correction", language).sub(lambda m: ";".ljust(len(m[0])), text)
    counted = [word for name in schema.numbers for word in fold(name).split()]
    found_amounts = quantities(text, language, counted)
    amounts = [q for q in found_amounts if not any(s < q.end and q.start < e for s, e in taken)]
    found: list[Bound] = []
    at = 0
    while at < len(amounts):
        used, limits = _read(text, amounts, at, schema, language)
        found += limits
        at += used
    return found


def uncounted(
    text: str, schema: Schema, taken: Iterable[tuple[int, int]], language: str = "en"
) -> list[str]:
    """Bounds of figures of which nothing says what they count here: "with at least 16"."""
    taken = list(taken)
    amounts = [
        q
        for q in quantities(text, language)
        if not any(s < q.end and q.start < e for s, e in taken)
    ]
    found: list[str] = []
    for at, amount in enumerate(amounts):
        before, after = _before(text, amounts, at), text[amount.end :]
        compared = _comparison(before, language)
        unit = pattern("limits", "words.uncounted", language).match(after)
        alone = unit or re.match(r"\s*(?:[.,;!?]|$)", after)
        if amount.kind != "bare" or not compared or not alone:
            continue
        if _facet(amount, schema, before, after, language)[0] is None:
            end = amount.end + (unit.end() if unit else 0)
            found.append(text[compared[0].start() : end].strip())
    return found


def denials(bound: Bound, among: Sequence[Bound]) -> list[tuple[Op, float]]:
    """What a bound means where what follows denies it: "over two hours is too long". Of a span of
    years every year is ruled out, by its lower bound."""
    span = [b for b in among if (b.start, b.end) == (bound.start, bound.end)]
    if len(span) == 1:
        return [("!=" if bound.op == "=" else DENIED.get(bound.op, bound.op), bound.value)]
    if bound.op != ">=" or "!=" in {b.op for b in span}:
        return [] if bound.op in (">=", "<=") else [(bound.op, bound.value)]
    last = next(b.value for b in span if b.op == "<=")
    return [("!=", float(year)) for year in range(int(bound.value), int(last) + 1)]


def field_named(word: str, schema: Schema, language: str) -> list[str]:
    """The number fields that a visitor's word is about: "length", "how expensive"."""
    meant = fields_called(language).get(fold(word), [])
    named = [n for n in schema.numbers if fold(n) == fold(word) or fold(n) in meant]
    kinds = dict.fromkeys(m.kind for f in meant if (m := measure_of(f)))
    alike = [n for kind in kinds for n in schema.measuring(kind)]
    return list(dict.fromkeys([*named, *alike]))


def _read(
    text: str, amounts: Sequence[Quantity], at: int, schema: Schema, language: str
) -> tuple[int, list[Bound]]:
    """The limits that start with one amount, and how many amounts they used up."""
    before = _before(text, amounts, at)
    run = _joined(text, amounts, at, language)
    amount = run[-1] if amounts[at].kind == "bare" and len(run) > 1 else amounts[at]
    facet, factor = _facet(amount, schema, before, text[amount.end :], language)
    told = pattern("limits", "words.told_behind", language).match(text, amount.end)
    setting = pattern("limits", "words.setting", language).search(before)
    meant = setting and said_roughly(amount.kind, before, text[amount.end :], language)
    if facet is None or told or (setting and not meant):
        return 1, []
    if amount.kind == "recent":
        return 1, _recent(text, amount, facet, before, language)
    if len(run) > 1 and not _comparison(before, language):
        return len(run), _ranged(text, [_scaled(q, factor) for q in run], facet, before, language)
    amount = _scaled(amounts[at], factor)
    return 1, _single(amount, facet, before, text[amount.end :], language)


def _recent(text: str, amount: Quantity, facet: str, before: str, language: str) -> list[Bound]:
    """ "The last ten years" reaches back from today, "not from the last ten" ends there; "last year" is
    one year."""
    this_year = datetime.now(UTC).year
    if amount.low and negated(before, language):
        start = denied_from(before, language, amount.start)
        return [Bound(facet, "<", this_year - amount.low, start, amount.end)]
    if amount.low:
        return [Bound(facet, ">=", this_year - amount.low, amount.start, amount.end)]
    said = text[amount.start : amount.end]
    last = pattern("limits", "words.last", language).search(said)
    return [Bound(facet, "=", this_year - (1 if last else 0), amount.start, amount.end)]


def _ranged(
    text: str, run: Sequence[Quantity], facet: str, before: str, language: str
) -> list[Bound]:
    """From the lowest to the highest of several amounts, or none of them."""
    low, high = min(q.low for q in run), max(q.high for q in run)
    start, end = _start(before, language, run[0].start), run[-1].end
    if negated(before, language):
        start = denied_from(before, language, start)
        years = (y for q in run for y in range(int(q.low), int(q.high) + 1))
        return [Bound(facet, "!=", y, start, end) for y in years]
    if low == high:
        return [Bound(facet, "=", low, start, end)]
    listed = pattern("limits", "words.either", language).search(text[run[0].end : run[-1].start])
    gaps = _gaps(facet, run, start) if listed else []
    return [Bound(facet, ">=", low, start, end), Bound(facet, "<=", high, start, end), *gaps]


def _single(amount: Quantity, facet: str, before: str, after: str, language: str) -> list[Bound]:
    start = _start(before, language, amount.start)
    comparison = _comparison(before, language)
    for op in ORDER:
        behind = pattern("limits", f"after.{op}", language).match(after)
        if behind and not (comparison and comparison[1] not in ("<=", ">=")):
            if comparison:  # "no more than 90 minutes or so": the words before say it better
                break
            value = amount.low if op in (">=", "<") else amount.high
            meant: Op = op
            if negated(before, language):  # "nothing from 1990 or earlier"
                meant, start = DENIED[op], denied_from(before, language, start)
            return [Bound(facet, meant, value, start, amount.end + behind.end())]
    if comparison:
        match, op = comparison
        value = amount.low if op in ("<", ">=") else amount.high
        return [Bound(facet, op, value, match.start(), amount.end)]
    if amount.kind in ("count", "bare") and facet in SERVED:
        return [Bound(facet, ">=", amount.low, amount.start, amount.end)]
    timed = amount.kind in ("clock", "minutes") and _is_alone(before, after, language)
    if timed or amount.kind == "person":
        return [Bound(facet, "<=", amount.high, amount.start, amount.end)]
    if said := said_roughly(amount.kind, before, after, language):
        around, before = roughly(amount), before[: said[0]]
        if not negated(before, language):
            return [Bound(facet, op, n, said[0], amount.end + said[1]) for op, n in around]
        amount = replace(amount, low=around[0][1], high=around[1][1])
    if not amount.is_year:
        return []
    if negated(before, language):
        start = denied_from(before, language, start)
        years = range(int(amount.low), int(amount.high) + 1)
        return [Bound(facet, "!=", year, start, amount.end) for year in years]
    if amount.low < amount.high:
        whole, now = (start, amount.end), datetime.now(UTC).year
        ends = [Bound(facet, ">=", amount.low, *whole), Bound(facet, "<=", amount.high, *whole)]
        return ends[:1] if amount.high >= now else ends
    return [Bound(facet, "=", amount.low, start, amount.end)] if start < amount.start else []


def _comparison(before: str, language: str) -> tuple[re.Match[str], Op] | None:
    for op in ORDER:
        if match := _compared(op, language).search(before):
            denied = pattern("limits", "words.negated", language).search(before[: match.start()])
            if denied:
                whole = re.compile(re.escape(before[denied.start() :])).search(
                    before, denied.start()
                )
                return (whole or match), DENIED[op]
            return match, op
    return None


@cache
def _compared(op: Op, language: str) -> re.Pattern[str]:
    """The words of an operator, with what may stand between them and the amount."""
    words = entries("limits", f"before.{op}", language)
    fill = entries("limits", "words.fill", language)
    starts = "|".join(rf"(?:(?<!\w){w})" if w[:4].isascii() else f"(?:{w})" for w in words)
    return re.compile(rf"(?:{starts})(?:{'|'.join(fill)})", re.I)


def _is_alone(before: str, after: str, language: str) -> bool:
    """Whether an amount is a clause of its own: "two of us, half an hour, comfort food"."""
    return all(
        pattern("limits", f"words.alone_{side}", language).search(text)
        for side, text in (("before", before), ("behind", after))
    )


def _joined(text: str, amounts: Sequence[Quantity], at: int, language: str) -> list[Quantity]:
    """This amount and those listed with it: "between 1990 and 1999", "the 70s or 80s"."""
    run = [amounts[at]]
    for later in amounts[at + 1 :]:
        between = text[run[-1].end : later.start]
        alike = later.kind == run[-1].kind or run[-1].kind == "bare" or (
            later.is_year and run[-1].is_year
        )  # fmt: skip
        if not alike or not pattern("limits", "words.joined", language).match(between):
            break
        run.append(later)
    opened = pattern("limits", "words.opens_range", language).search(text[: amounts[at].start])
    spans = len(run) > 1 and re.match(r"\s*(?:[-–~到至]|to\b)\s*", text[run[0].end : run[1].start])
    lists = all(q.is_year for q in run) or opened or spans
    return run if len(run) > 1 and lists else run[:1]


def _gaps(facet: str, joined: Sequence[Quantity], start: int) -> list[Bound]:
    """Years between decades that were listed apart ("the 70s or the 90s") and are not meant."""
    if not all(q.low < q.high for q in joined):
        return []
    inside = {y for q in joined for y in range(int(q.low), int(q.high) + 1)}
    missing = [y for y in range(min(inside), max(inside)) if y not in inside]
    return [Bound(facet, "!=", y, start, joined[-1].end) for y in missing]


def _before(text: str, amounts: Sequence[Quantity], at: int) -> str:
    """The text up to an amount, blanked before the end of the previous one, offsets kept."""
    since = amounts[at - 1].end if at else 0
    return " " * since + text[since : amounts[at].start]


def _start(before: str, language: str, otherwise: int) -> int:
    match = pattern("limits", "words.from", language).search(before)
    return match.start() if match else otherwise


def _scaled(amount: Quantity, factor: float) -> Quantity:
    if factor == 1:
        return amount
    low, high = round(amount.low * factor, 6), round(amount.high * factor, 6)
    return Quantity(amount.kind, low, high, amount.start, amount.end, amount.unit)


def _facet(
    amount: Quantity, schema: Schema, before: str, after: str, language: str
) -> tuple[str | None, float]:
    """The field that an amount is about, and what its figure is multiplied by to be in its unit."""
    names = {fold(name): name for name in schema.numbers}
    if amount.kind == "measure":
        for name in schema.numbers:
            unit = name.rpartition("_")[2]
            value = converted(amount, unit) if unit != name else None
            if value is not None:
                return name, value / amount.low if amount.low else 1
        return None, 1
    if amount.kind == "count":
        named = next((n for f, n in names.items() if stem(amount.unit) in stem(f).split()), None)
        return named or _by_unit(amount.unit, names, language), 1
    if amount.kind == "bare":
        return _beside(before, after, names, schema, language), 1
    field = next(iter(schema.measuring(MEASURED[amount.kind])), None)
    measured = measure_of(field) if field else None
    return field, 1 / measured.factor if measured else 1


def _by_unit(unit: str, names: dict[str, str], language: str) -> str | None:
    fields = units_of(language).get(singular(fold(unit)), ())
    return next((names[fold(f)] for f in fields if fold(f) in names), None)


def _beside(
    before: str, after: str, names: dict[str, str], schema: Schema, language: str
) -> str | None:
    """The field that a bare number is about, by the words around it: "rated above 4.2", "max 20"."""
    for word, *fields in (
        *entries("limits", "fields", language),
        *entries("limits", "units", language),
    ):
        found = next((names[fold(f)] for f in fields if fold(f) in names), None)
        if found and HAN.match(word) and (word in before[-8:] or after.startswith(word)):
            return found
    people = pattern("limits", "words.for_people", language).search(before)
    if people and (served := next((names[n] for n in SERVED if n in names), None)):
        return served
    near = f"{fold(before[-30:])} {' '.join(fold(after[:15]).split()[:2])}".split()
    for word in reversed(near):
        if named := _by_unit(word, names, language):
            return named
        if fields := field_named(word, schema, language):
            return fields[0]
    comparison = _comparison(before, language)
    opens = pattern("limits", "words.opens_range", language)
    if not (comparison or opens.search(before) or said_roughly("bare", before, after, language)):
        return None
    if pattern("limits", "words.uncounted", language).match(after) or pattern(
        "limits", "words.has", language
    ).search(before):
        return None
    counted = re.match(r"\s*([a-z]{3,})", after, re.I)
    if counted and not pattern("limits", "words.goes_on", language).match(after):
        return None  # a number of something that the catalogue does not count
    short = comparison and comparison[1] in ("<", "<=") and not before.rstrip().endswith("in")
    minutes = next(iter(schema.measuring("minutes")), None)
    return next(iter(schema.measuring("money")), minutes if short else None)
