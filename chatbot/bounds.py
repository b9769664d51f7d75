"""Limits in words: "after 2000", "under two hours", "from the 70s", "nothing older than 1990"."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from chatbot.quantities import Kind, Quantity, quantities
from retrieval.constraints import Op
from retrieval.item import Schema
from retrieval.text import fold, stem

FIELDS: dict[Kind, frozenset[str]] = {
    "year": frozenset({"year", "published", "release year", "publication year", "released"}),
    "since": frozenset({"year", "published", "release year", "publication year", "released"}),
    "minutes": frozenset({"runtime", "duration", "length", "minutes", "total time", "play time"}),
    "money": frozenset({"price", "cost", "amount"}),
    "count": frozenset(),
}
RECENT_YEARS = 10
OLD_BEFORE = 1980
SHORT_MINUTES, NOT_LONG_MINUTES, LONG_MINUTES = 100, 120, 150

_NOT = (
    r"(?:\b(?:nothing|none|no|not|never|without|don['’]?t\s+\w+|avoid|skip|except|anything\s+but|"
    r"other\s+than|cannot|(?:ca|must|should|does|do|is|are|was|wo|need)n?['’]?t)\b[\w\s]{0,28}?)"
)
_UPPER = (
    r"under|below|beneath|less\s+than|fewer\s+than|shorter\s+than|cheaper\s+than|before?|b4|"
    r"older\s+than|earlier\s+than|prior\s+to|pre"
)
_UPPER_EQUAL = (
    r"at\s+(?:the\s+)?most|max(?:imum)?(?:\s+of)?|up\s+to|within|until|till|no\s+later\s+than|"
    r"(?:in|on)\s+or\s+before|"
    r"(?:i|we)(?:['’]?ve)?\s+(?:only\s+|just\s+)?(?:have|got)(?:\s+(?:only|just|exactly|precisely))*|"
    r"^\s*got(?:\s+(?:only|just|exactly|precisely))*"
)
_LOWER = r"over|above|more\s+than|longer\s+than|after|exceed(?:ing|s)?|newer\s+than|later\s+than|younger\s+than|post|past"
_LOWER_EQUAL = (
    r"at\s+least|min(?:imum)?(?:\s+of)?|since|starting\s+(?:from|in)|no\s+earlier\s+than|"
    r"(?:in|on)\s+or\s+after"
)
_FILL = r"(?:\s+(?:the|a|an|of|in|year|years|about|around|say|like|made|released|from))*[\s-]*$"
_COMPARED: tuple[tuple[str, Op, Op], ...] = (
    (_UPPER_EQUAL, "<=", ">"),
    (_LOWER_EQUAL, ">=", "<"),
    (_UPPER, "<", ">="),
    (_LOWER, ">", "<="),
)
"""Words of comparison, the operator they set, and the one they set when denied."""
_BEFORE = tuple((re.compile(rf"\b(?:{w}){_FILL}", re.I), op, denied) for w, op, denied in _COMPARED)
_NEGATED = re.compile(rf"{_NOT}$", re.I)
CORRECTION = re.compile(
    r"\b(?:no,? wait|wait,? no|sorry,? (?:i mean(?:t)?)?|i mean(?:t)?|make that|scratch that|or rather|"
    r"correction|actually,? no|no sorry|no,? make it)\b",
    re.I,
)
"""Words that take back what was said before them, and are no negation of what follows."""
_AFTER: tuple[tuple[re.Pattern[str], Op], ...] = (
    (
        re.compile(
            r"^\s*(?:or|and)\s+(?:later|newer|after|more|above|over|longer|up|onwards?)\b(?!\s*(?:the\s+)?\d)",
            re.I,
        ),
        ">=",
    ),
    (re.compile(r"^\s*(?:onwards?|on\b(?!\s+\w*day)|upwards?|\+)", re.I), ">="),
    (
        re.compile(
            r"^\s*(?:or|and)\s+(?:earlier|older|before|less|under|below|shorter|fewer)\b(?!\s*(?:the\s+)?\d)",
            re.I,
        ),
        "<=",
    ),
    (re.compile(r"^\s*(?:max(?:imum)?|tops|at\s+most)\b", re.I), "<="),
    (re.compile(r"^\s*(?:min(?:imum)?|at\s+least)\b", re.I), ">="),
)
_FROM = re.compile(
    r"\b(?:only|strictly|from|between|in|of|during|made\s+in|released\s+in|year)\s+(?:the\s+)?(?:year\s+)?$",
    re.I,
)
_AGE = re.compile(r"\b(?:in|of) (?:their|his|her|my|our)\s*(?:\w+\s+)?$", re.I)
_SETTING = re.compile(
    r"\b(?:set|takes?\s+place|happens?|about|story)\s+(?:\w+\s+)?(?:in|during|of|about)?\s*(?:the\s+)?$",
    re.I,
)
_JOIN = re.compile(
    r"^\s*(?:and|to|till|until|through(?:\s+to)?|thru|up\s+to|or|/|-|–|,)\s*(?:(?:the|from)\s+)*$",
    re.I,
)
_KIND_WORDS = {
    "not old": re.compile(r"\b(?:less|not (?:too|so|very|that)|nothing (?:too|that|very|so)|too)\s+old\b", re.I),
    "recent": re.compile(r"\b(?:recent(?:ly)?|newish|brand[\s-]new|modern|latest|contemporary)\b|\bnew(?:er)?\b(?=\s+(?:film|movie|release|one|stuff|thing|book)s?\b)|\b(?:something|anything)\s+new(?:er)?\b", re.I),
    "old": re.compile(r"\bold(?:er|ish)?\b(?=\s+(?:film|movie|one|school|hollywood|classic|stuff|black|british|french|american|western|horror|comed|musical|book)\w*\b)|\b(?:something|anything)\s+old(?:er)?\b", re.I),
    "short": re.compile(r"\b(?:something|anything|fairly|pretty|quite|nice\s+and)\s+short(?:ish)?\b(?!er\b)|\bshort(?:ish)?\b(?=\s+(?:film|movie|one)s?\b)|\bnot\s+(?:too|very|so)\s+long\b|\bnothing\s+(?:too|very|that|so)\s+long\b|\bno(?:t|thing)?\s+long\s+(?:film|movie)s?\b", re.I),
    "long": re.compile(r"(?<!not )(?<!too )\b(?:something|anything)\s+(?:really\s+)?long\b(?!er)|(?<!no )(?<!not a )\blong\b(?=\s+(?:film|movie|epic)s?\b)", re.I),
}  # fmt: skip


@dataclass(frozen=True)
class Bound:
    """A limit that was found in text, and the characters that say it."""

    facet: str
    op: Op
    value: float
    start: int
    end: int


def bounds(text: str, schema: Schema, taken: Iterable[tuple[int, int]]) -> list[Bound]:
    """Limits on the catalogue's numbers in `text`; `taken` are characters that are titles."""
    taken = list(taken)
    text = CORRECTION.sub(lambda m: " " * len(m[0]), text)
    amounts = [q for q in quantities(text) if not any(s < q.end and q.start < e for s, e in taken)]
    found: list[Bound] = []
    at = 0
    while at < len(amounts):
        used, limits = _read(text, amounts, at, schema)
        found += limits
        at += used
    return found + _adjectives(text, schema, taken, {b.facet for b in found})


def _read(
    text: str, amounts: Sequence[Quantity], at: int, schema: Schema
) -> tuple[int, list[Bound]]:
    """The limits that start with one amount, and how many amounts they used up."""
    amount = amounts[at]
    facet = _facet(amount, schema)
    before, after = _before(text, amounts, at), text[amount.end :]
    if facet is None or _SETTING.search(before) or _AGE.search(before):
        return 1, []
    if amount.kind == "since" and amount.low == 0:
        this_year = datetime.now(UTC).year
        last_year = this_year - (1 if "last" in text[amount.start : amount.end].casefold() else 0)
        return 1, [Bound(facet, "=", last_year, amount.start, amount.end)]
    if amount.kind == "since":
        year = datetime.now(UTC).year - amount.low
        return 1, [Bound(facet, ">=", year, amount.start, amount.end)]
    joined = _joined(text, amounts, at)
    if joined and not _comparison(before):
        low, high = min(q.low for q in joined), max(q.high for q in joined)
        start = _start(before, _FROM, amount.start)
        listed = " or " in f" {text[joined[0].end : joined[-1].start].casefold()} "
        gaps = _gaps(facet, joined, start) if listed else []
        if _negated(before):
            years = (y for q in joined for y in range(int(q.low), int(q.high) + 1))
            return len(joined), [Bound(facet, "!=", y, start, joined[-1].end) for y in years]
        if low == high:
            return len(joined), [Bound(facet, "=", low, start, joined[-1].end)]
        ends = ((">=", low), ("<=", high))
        return len(joined), [Bound(facet, o, v, start, joined[-1].end) for o, v in ends] + gaps  # type: ignore[arg-type]
    return 1, _single(amount, facet, before, after)


def _single(amount: Quantity, facet: str, before: str, after: str) -> list[Bound]:
    for pattern, op in _AFTER:
        if behind := pattern.match(after):
            start = _start(before, _FROM, amount.start)
            value = amount.low if op == ">=" else amount.high
            return [Bound(facet, op, value, start, amount.end + behind.end())]
    if comparison := _comparison(before):
        match, op = comparison
        value = amount.low if op in ("<", ">=") else amount.high
        return [Bound(facet, op, value, match.start(), amount.end)]
    start = _start(before, _FROM, amount.start)
    if amount.kind == "year" and _negated(before):
        years = range(int(amount.low), int(amount.high) + 1)
        return [Bound(facet, "!=", year, start, amount.end) for year in years]
    if amount.kind == "year" and amount.low < amount.high:
        return [
            Bound(facet, ">=", amount.low, start, amount.end),
            Bound(facet, "<=", amount.high, start, amount.end),
        ]
    if amount.kind == "year" and start < amount.start:
        return [Bound(facet, "=", amount.low, start, amount.end)]
    return []


def _comparison(before: str) -> tuple[re.Match[str], Op] | None:
    for pattern, plain, negated in _BEFORE:
        if match := pattern.search(before):
            denied = _NEGATED.search(before[: match.start()])
            if denied:
                whole = re.compile(re.escape(before[denied.start() :])).search(
                    before, denied.start()
                )
                return (whole or match), negated
            return match, plain
    return None


def _negated(before: str) -> bool:
    clause = re.split(r"[.;!?]|,|\bbut\b", before)[-1]
    return bool(_NEGATED.search(re.sub(_FROM, "", clause).rstrip() + " "))


def _joined(text: str, amounts: Sequence[Quantity], at: int) -> list[Quantity]:
    """This amount and those listed with it: "between 1990 and 1999", "the 70s or 80s"."""
    run = [amounts[at]]
    for later in amounts[at + 1 :]:
        between = text[run[-1].end : later.start]
        if later.kind != run[-1].kind or not _JOIN.match(between):
            break
        run.append(later)
    lists = all(q.kind == "year" for q in run) or re.search(
        r"\b(?:between|from)\s+(?:the\s+)?$", text[: amounts[at].start], re.I
    )
    return run if len(run) > 1 and lists else []


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


def _start(before: str, pattern: re.Pattern[str], otherwise: int) -> int:
    match = pattern.search(before)
    return match.start() if match else otherwise


def _facet(amount: Quantity, schema: Schema) -> str | None:
    names = {fold(name): name for name in schema.numbers}
    if amount.kind == "count":
        return next((n for f, n in names.items() if stem(amount.unit) in stem(f).split()), None)
    return next((n for f, n in names.items() if f in FIELDS[amount.kind]), None)


def _adjectives(
    text: str, schema: Schema, taken: Sequence[tuple[int, int]], already: Collection[str]
) -> list[Bound]:
    """ "Recent", "old", "short" and "long" are bounds too, unless figures say it better."""
    names = {fold(name): name for name in schema.numbers}
    year = next((n for f, n in names.items() if f in FIELDS["year"]), None)
    minutes = next((n for f, n in names.items() if f in FIELDS["minutes"]), None)
    found: list[Bound] = []
    for word, pattern in _KIND_WORDS.items():
        match = pattern.search(text)
        facet = minutes if word in ("short", "long") else year
        if (
            not match
            or facet is None
            or facet in already
            or any(s < match.end() and match.start() < e for s, e in taken)
        ):
            continue
        op, value = _meaning(word, match[0].casefold())
        if not re.search(
            r"\b(?:not|no|nothing|isn['’]?t)\s+(?:too\s+|very\s+)?$", text[: match.start()], re.I
        ):
            found.append(Bound(facet, op, value, match.start(), match.end()))
    return found


def _meaning(word: str, said: str) -> tuple[Op, float]:
    match word:
        case "recent":
            return ">=", datetime.now(UTC).year - RECENT_YEARS
        case "not old":
            return ">=", OLD_BEFORE
        case "old":
            return "<", OLD_BEFORE
        case "short":
            return "<=", NOT_LONG_MINUTES if "long" in said else SHORT_MINUTES
        case _:
            return ">=", LONG_MINUTES
