"""A site owner's file made into rows of a catalogue, and a report of what was made of it.

Nothing is written here: `read_file` gives rows, roles and a report, or raises CatalogueError.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from retrieval import field_names, lines_of_prose
from retrieval.cleaning import is_missing, plain
from retrieval.encoder import Progress
from retrieval.errors import CatalogueError
from retrieval.flatten import flatten, unpacked_columns
from retrieval.identity import Identity, TitleForm, continued, find_identity, title_form
from retrieval.item import Role
from retrieval.phrase_words import with_words
from retrieval.profiles import Profile
from retrieval.records import Record, Source
from retrieval.roles import Decision, decide
from retrieval.rows import BadRow, RowMaker
from retrieval.sources import read_source
from retrieval.total_time import with_total_time

TOLERATED = "5%"
MOST_FIELDS = 2_000


@dataclass(frozen=True)
class FieldReport:
    """What was decided of a field, with what shows it."""

    field: str
    name: str
    role: Role
    why: str
    filled: int
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Imported:
    """A file read: rows in the form of a catalogue, the role of every field, and the report."""

    rows: list[dict[str, Any]]
    roles: dict[str, Role]
    fields: tuple[FieldReport, ...]
    bad: tuple[BadRow, ...]
    notes: tuple[str, ...]
    kind: str
    unit: str
    read: int

    def refuse_too_many(self, name: str, tolerated: str = TOLERATED) -> None:
        """Raises CatalogueError if more rows are bad than `tolerated` ("20", "5%"), or all are."""
        most = bad_rows_allowed(tolerated, self.read)
        if len(self.bad) > most:
            first = self.bad[0]
            field = f", {first.field}" if first.field else ""
            raise CatalogueError(
                f"{name}: {len(self.bad):,} of {self.read:,} rows cannot be used, where {most:,} are "
                f"tolerated ({tolerated}); nothing was changed. The first: {self.unit} {first.line}"
                f"{field}: {first.value!r} {first.reason}. To leave them out, say "
                f"--bad-rows {len(self.bad)}; to overrule what a field is, --role FIELD=ROLE."
            )
        if not self.rows:
            raise CatalogueError(f"{name} holds no item that can be used.")


def bad_rows_allowed(tolerated: str, rows: int) -> int:
    """How many bad rows a limit allows: a number, or a share of the rows ("5%", rounded down).

    Raises CatalogueError for a limit that is neither.
    """
    text = tolerated.strip()
    try:
        if text.endswith("%"):
            share = float(text[:-1])
            if not 0 <= share <= 100:
                raise ValueError
            return int(rows * share / 100)
        count = int(text)
        if count < 0:
            raise ValueError
    except ValueError:
        raise CatalogueError(
            f"--bad-rows takes a number of rows (20) or a share of them (5%), not {tolerated!r}."
        ) from None
    return count


def read_file(
    path: Path,
    given: Mapping[str, Role] | None = None,
    encoding: str | None = None,
    progress: Progress | None = None,
) -> Imported:
    """Read a file, find out what its fields are for, and clean their values.

    `given` roles overrule, by the fields' names in the file. Raises CatalogueError for a file that
    cannot be read, a role of a field that is not there, and a file without titles.
    """
    given = dict(given or {})
    report = progress or (lambda _what, _done, _whole: None)
    report("Opening the file", 0, 1)
    source = read_source(path, encoding)
    report("Opening the file", 1, 1)
    records, notes = _flat(source)
    good = [r for r in records if not r.problem]
    names = list(dict.fromkeys(name for record in good for name in record.fields))
    if not names:
        first = records[0]
        raise CatalogueError(
            f"{path.name} holds no item: {source.unit} {first.line} {first.problem or 'is empty'}."
        )
    if len(names) > MOST_FIELDS:
        raise CatalogueError(f"{path.name} has {len(names):,} fields; {MOST_FIELDS:,} can be read.")
    unknown = [field for field in given if field not in names]
    if unknown:
        raise CatalogueError(
            f"No row of {path.name} has a field {unknown[0]!r}; the fields are {', '.join(names[:20])}."
        )
    identity = find_identity(_titled(names, good), given, path.name)
    records, added = continued(records, identity)
    good = [r for r in records if not r.problem]
    if added:
        notes.append(
            f"{added:,} rows have no title and the {identity.id} of a row above: added to "
            "it, with the lowest price and all of the stock."
        )
    rest = [n for n in names if n not in (identity.id, identity.title)]
    profiles = [_profile(n, good) for n in rest]
    decisions = decide(profiles, given)
    maker = RowMaker(identity, decisions, _form(good, identity), names, source)
    rows, bad = maker.rows(records, report)
    notes += maker.notes(good)
    roles = maker.roles()
    rows, found = lines_of_prose.with_numbers(rows, roles)
    roles |= dict.fromkeys(found, "number")
    notes += [f"{name} is read off lines of {field}." for name, field in found.items()]
    rows, total = with_total_time(rows, roles)
    roles |= dict.fromkeys(total, "number")
    notes += [f"{name} is {' and '.join(fields)} together." for name, fields in total.items()]
    rows, words = with_words(rows, roles)
    roles |= dict.fromkeys(words, "facet")
    roles |= dict.fromkeys(words.values(), "description")
    notes += [f"{name} are the heads of the phrases of {field}." for name, field in words.items()]
    rows = [_in_order(row, roles) for row in rows]
    return Imported(
        rows,
        {name: role for name, role in roles.items() if any(name in row for row in rows)},
        tuple(_reports(identity, decisions, roles, rows)),
        tuple(bad),
        (*source.notes, *notes),
        source.kind,
        source.unit,
        len(records),
    )


def _flat(source: Source) -> tuple[list[Record], list[str]]:
    notes: list[str] = []
    plain_rows = [dict(r.fields) for r in source.records]
    opened = unpacked_columns(plain_rows) if source.kind.startswith("table") else ()
    if opened:
        notes.append(f"Lists written out as text were opened in {', '.join(opened)}.")
    dropped: set[str] = set()
    flat = [flatten(row, dropped) for row in plain_rows]
    strange = {n: plain(n) or "unnamed" for n in {n for row in flat for n in row} if plain(n) != n}
    if strange:
        flat = [{strange.get(n, n): v for n, v in row.items()} for row in flat]
    counts = {n for row in flat for n in row if n.endswith(".count")}
    for row in flat:
        for name in counts:
            if row.get(name.removesuffix(".count")) == []:
                del row[name.removesuffix(".count")]
                row[name] = 0
    if counts:
        lists = ", ".join(sorted(n.removesuffix(".count") for n in counts))
        notes.append(f"Lists of objects are kept as their number and means: {lists}.")
    if dropped:
        notes.append(
            f"Too nested to be read, left out: {', '.join(map(repr, sorted(dropped)[:5]))}."
        )
    return [replace(r, fields=f) for r, f in zip(source.records, flat, strict=True)], notes


def _profile(name: str, records: Iterable[Record]) -> Profile:
    whole = list(records)
    values = [v for r in whole if not is_missing(v := r.fields.get(name))]
    return Profile(name, values, len(whole))


def _titled(names: Sequence[str], records: Sequence[Record]) -> list[Profile]:
    """Profiles over the rows that have a title, so that rows that go on with others do not count."""
    ranked = [n for n in names if field_names.title_rank(n) is not None]
    titled = [r for r in records if any(not is_missing(r.fields.get(n)) for n in ranked)]
    return [_profile(n, titled or records) for n in names]


def _form(records: Sequence[Record], identity: Identity) -> TitleForm:
    return title_form([str(r.fields.get(identity.title) or "") for r in records])


def _in_order(row: dict[str, Any], roles: Mapping[str, Role]) -> dict[str, Any]:
    """The row with the description that is called so before other running text: cards show it."""
    first = next((n for n, role in roles.items() if role == "description"), None)
    main = next((n for n in ("description",) if n in row and roles.get(n) == "description"), None)
    if first is None or main is None or first == main or first not in row:
        return row
    found: dict[str, Any] = {}
    for name, value in row.items():
        if name == first:
            found[main] = row[main]
        if name != main:
            found[name] = value
    return found


def _reports(
    identity: Identity,
    decisions: Sequence[Decision],
    roles: Mapping[str, Role],
    rows: Sequence[Mapping[str, Any]],
) -> Iterable[FieldReport]:
    by_name = {d.name: d for d in decisions}
    for name, role in roles.items():
        decision = by_name.get(name)
        field = (
            decision.field if decision else {"id": identity.id, "title": identity.title}.get(name)
        )
        values = [row[name] for row in rows if row.get(name) not in (None, "", [])]
        shown = list(dict.fromkeys(_example(v) for v in values[:50]))[:3]
        why = "made from other fields"
        if decision:
            why = decision.why
        elif field:
            named = field_names.id_rank(field) if name == "id" else field_names.title_rank(field)
            why = "its values" if named is None else "its name"
        yield FieldReport(field or "", name, role, why, len(values), tuple(shown))


def _example(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value[:4]))[:60]
    text = value if isinstance(value, str) else json.dumps(value)
    return " ".join(text.split())[:60]
