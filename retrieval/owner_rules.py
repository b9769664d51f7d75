"""What a site's owner puts up, pushes, holds back and hides: `rules.toml`, one file a catalogue.

    [[pin]]
    where = { id = "heat-1995" }            # what is meant; everything in it has to hold
    place = 1                               # 1 to 3
    sponsored = true                        # then it is labelled wherever it is shown

    [[boost]]                               # or [[bury]], to hold back
    where = { genres = "horror", year = ">= 2020" }
    by = 0.5                                # above 0, up to 1
    from = 2026-10-24                       # the first day and
    until = 2026-10-31                      # the last; without them, always
    note = "Halloween"

    [[hide]]
    where = { id = ["a", "b"] }             # any of a list

    [stock]
    hide = true                             # items that are out of stock; this is the default

This file reads; `rules_in_force.py` says what the rules come to on a day, `merchandising.py` how far
they may move anything.
"""

import hashlib
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from math import isfinite
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    ValidationError,
    model_validator,
)

from retrieval.constraints import Constraint, Op
from retrieval.errors import RulesError
from retrieval.item import Schema

FILE = "rules.toml"
Kind = Literal["pin", "boost", "bury", "hide"]
KINDS: tuple[Kind, ...] = get_args(Kind)
LONGEST = 1_000_000  # bytes

Value = StrictStr | StrictInt | StrictFloat


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Rule(_Strict):
    """What every rule has: which items it means, on which days, and a note for whoever reads it."""

    where: dict[str, Value | list[Value]] = Field(min_length=1)
    start: date | None = Field(None, alias="from")
    until: date | None = None
    note: StrictStr = ""

    @model_validator(mode="after")
    def _in_order(self) -> "Rule":
        if self.start and self.until and self.until < self.start:
            raise ValueError(f"it ends on {self.until}, before it starts on {self.start}")
        return self

    def is_in_force(self, day: date) -> bool:
        """Whether it applies on a day; the first and the last day count."""
        return (self.start or date.min) <= day <= (self.until or date.max)


class Pin(Rule):
    """The best of the items meant goes to a place of the list, where the visitor's wishes allow it."""

    place: StrictInt = Field(1, ge=1, le=3)
    sponsored: StrictBool = False


class Boost(Rule):
    """The items meant go up a little."""

    by: StrictInt | StrictFloat = Field(0.5, gt=0, le=1)
    sponsored: StrictBool = False


class Bury(Rule):
    """The items meant go down a little."""

    by: StrictInt | StrictFloat = Field(0.5, gt=0, le=1)


class Hide(Rule):
    """The items meant are never shown."""


class Stock(_Strict):
    """What becomes of items that are out of stock: hidden, or shown and said to be so."""

    hide: StrictBool = True


class _File(_Strict):
    pin: list[Pin] = []
    boost: list[Boost] = []
    bury: list[Bury] = []
    hide: list[Hide] = []
    stock: Stock = Stock()


@dataclass(frozen=True)
class Condition:
    """A field, and what it has to meet: any one of these. Of field "id", the values are ids."""

    field: str
    any_of: tuple[Constraint, ...]

    def __str__(self) -> str:
        values = (c.value if isinstance(c.value, str) else f"{c.value:g}" for c in self.any_of)
        said = (f"{c.op} {v}".removeprefix("= ") for c, v in zip(self.any_of, values, strict=True))
        return f"{self.field} {' or '.join(said)}"


@dataclass(frozen=True)
class Stated:
    """A rule as it stands in the file: its kind, its line (from 1), and what its items have to meet."""

    kind: Kind
    line: int
    rule: Rule
    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class OwnerRules:
    """A whole file. Without one nothing is stated, and what is out of stock is hidden."""

    stated: tuple[Stated, ...] = ()
    hide_out_of_stock: bool = True
    version: str = ""
    """The start of the file's SHA-256; empty where there is no file."""


def read_rules(path: Path, schema: Schema) -> OwnerRules:
    """Read the rules for a catalogue of that schema; none if there is no file.

    Raises RulesError, naming the line, for what is no TOML, an unknown name, a value that does not
    fit, and a field that the catalogue does not have.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return OwnerRules()
    except OSError as error:
        raise RulesError(f"{path} cannot be read: {error.strerror}.") from error
    try:
        if len(data) > LONGEST:
            raise RulesError(f"{path.name} is longer than {LONGEST:,} bytes.")
        text = data.decode("utf-8-sig")
        found = _File.model_validate(tomllib.loads(text))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise RulesError(f"{path.name} is not a TOML file: {error}.") from error
    except ValidationError as error:
        raise RulesError(_refusal(path.name, text, error)) from error
    stated = []
    for kind in KINDS:
        for n, rule in enumerate(getattr(found, kind)):
            line = _line(text, (kind, n))
            where = _line(text, (kind, n, "where"))
            conditions = tuple(
                _condition(f"{path.name}, line {where}", field, value, schema)
                for field, value in rule.where.items()
            )
            stated.append(Stated(kind, line, rule, conditions))
    stated.sort(key=lambda s: s.line)
    version = hashlib.sha256(data).hexdigest()[:12]
    return OwnerRules(tuple(stated), found.stock.hide, version)


_COMPARISON = re.compile(r"\s*(<=|>=|!=|<|>|=)?\s*(-?\d+(?:\.\d+)?)\s*")


def _condition(where: str, field: str, value: Value | list[Value], schema: Schema) -> Condition:
    numbers = (*schema.numbers, *schema.named("popularity"))
    known = ("id", "title", *schema.facets, *numbers)
    if field not in known:
        near = get_close_matches(field, known, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}."
        raise RulesError(f"{where}: the catalogue has no field {field!r} for rules; {hint}")
    values = value if isinstance(value, list) else [value]
    if not values:
        raise RulesError(f"{where}: {field} has an empty list, which nothing can meet.")
    if field not in numbers:
        return Condition(field, tuple(Constraint(field, "=", _word(v)) for v in values))
    return Condition(field, tuple(_comparison(where, field, v) for v in values))


def _word(value: Value) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def _comparison(where: str, field: str, value: Value) -> Constraint:
    if isinstance(value, str):
        read = _COMPARISON.fullmatch(value)
        if read is None:
            raise RulesError(
                f'{where}: {field} is a number; say 2020 or ">= 2020" (<, <=, =, >=, >, !=), not {value!r}.'
            )
        op: Op = read[1] or "="  # type: ignore[assignment]
        return Constraint(field, op, float(read[2]))
    if not isfinite(value):
        raise RulesError(f"{where}: {field} cannot be compared with {value!r}.")
    return Constraint(field, "=", float(value))


def _refusal(name: str, text: str, error: ValidationError) -> str:
    """A sentence for the first thing that is wrong in a file."""
    first = error.errors()[0]
    path = tuple(first["loc"])
    kind = str(path[0])
    line = f"{name}, line {_line(text, path)}"
    if first["type"] == "extra_forbidden":
        if len(path) == 1:
            return f"{line}: there is no {kind!r} in a rules file, only [[pin]], [[boost]], [[bury]], [[hide]] and [stock]."
        takes = _takes(kind)
        near = get_close_matches(str(path[-1]), takes, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"it takes {', '.join(takes)}."
        return f"{line}: {kind} takes no {path[-1]!r}; {hint}"
    if first["type"] == "missing":
        return f"{line}: this {kind} rule says nothing in `{path[-1]}`, which it needs."
    if "where" in path and len(path) > 3:
        return (
            f"{line}: what {path[3]!r} has to meet is a word, a number, a comparison in quotation marks "
            f"or a list of these, not {first['input']!r:.60}."
        )
    if path[-1] == "where" and first["type"] == "too_short":
        return f"{line}: an empty `where` would mean every item; name a field."
    told = first["msg"].removeprefix("Value error, ")
    field = ".".join(str(part) for part in path if part not in ("int", "float"))
    shown = "" if isinstance(first["input"], dict) else f", not {first['input']!r:.60}"
    return f"{line}, {field}: {told[:1].lower()}{told[1:]}{shown}."


def _takes(kind: str) -> list[str]:
    models: dict[str, type[BaseModel]] = {
        "pin": Pin, "boost": Boost, "bury": Bury, "hide": Hide, "stock": Stock,
    }  # fmt: skip
    return [field.alias or name for name, field in models[kind].model_fields.items()]


def _line(text: str, path: Sequence[Any]) -> int:
    """The line, from 1, where the thing at `path` (kind, which of them, field ...) stands, as near as
    TOML's own layout tells: the field's, else its rule's."""
    kind, *rest = path
    nth = rest[0] if rest and isinstance(rest[0], int) else 0
    lines = text.splitlines()
    heads = [n for n, line in enumerate(lines) if re.match(rf"\s*\[\[?\s*{kind}\s*\]", line)]
    if nth >= len(heads):  # written as `boost = [ ... ]`
        return next((n for n, line in enumerate(lines, 1) if re.match(rf"\s*{kind}\b", line)), 1)
    head = heads[nth]
    fields = [str(part) for part in rest if isinstance(part, str)]
    for field in reversed(fields[:2]):
        for n in range(head + 1, len(lines)):
            if re.match(rf"\s*\[\[?\s*(?!{kind}\.)", lines[n]):
                break
            if re.match(rf"""\s*(\[{kind}\.)?["']?{re.escape(field)}\b""", lines[n]):
                return n + 1
    return head + 1
