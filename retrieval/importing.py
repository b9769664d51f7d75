"""A site owner's file made into rows of a catalogue, and a report of what was made of it.

Nothing is written here: `read_file` gives rows, roles and a report, or raises CatalogueError.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from retrieval import field_names, lines_of_prose
from retrieval.cleaning import is_missing, plain
from retrieval.encoder import Progress
from retrieval.errors import CatalogueError
from retrieval.flatten import flatten, unpacked_columns
from retrieval.identity import Identity, TitleForm, continued, find_identity, made_id, title_form
from retrieval.item import Role
from retrieval.profiles import Profile
from retrieval.readings import Reading
from retrieval.records import Record, Source
from retrieval.roles import Decision, decide
from retrieval.sources import read_source

LONGEST_ID, LONGEST_TITLE = 200, 500  # characters, as `catalogue.Row` has it
TOLERATED = "5%"
MOST_FIELDS = 2_000
_EVERY = 2_000  # rows between two reports of progress


@dataclass(frozen=True)
class BadRow:
    """A row that cannot be used: where it stands, in which field, what is there, and why not."""

    line: int
    field: str
    value: str
    reason: str


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
    cleaner = _Cleaner(identity, decisions, _form(good, identity), names, source.kind)
    rows, bad = cleaner.rows(records, report)
    notes += cleaner.notes(good)
    roles = cleaner.roles()
    rows, found = lines_of_prose.with_numbers(rows, roles)
    roles |= dict.fromkeys(found, "number")
    notes += [f"{name} is read off lines of {field}." for name, field in found.items()]
    rows = [_in_order(row, roles) for row in rows]
    return Imported(
        rows,
        {name: role for name, role in roles.items() if any(name in row for row in rows)},
        tuple(_reports(identity, decisions, profiles, roles, rows)),
        tuple(bad),
        tuple([*source.notes, *notes]),
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
        notes.append(f"Too nested to be read, left out: {', '.join(sorted(dropped)[:5])}.")
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


class _Cleaner:
    """Makes rows of records, as was decided for the file."""

    def __init__(
        self,
        identity: Identity,
        decisions: list[Decision],
        form: TitleForm,
        names: Sequence[str],
        kind: str,
    ) -> None:
        self.identity = identity
        own = identity == Identity("title", "id") and kind == "JSON Lines"
        self.documented = own  # the project's own format: its titles may be empty texts
        self.decisions = decisions
        self.form = form
        taken = {"id", "title"}
        self.names: dict[str, str] = {}
        for d in decisions:
            name = d.name
            while name in taken:
                name = f"{name}_in_file"
            taken.add(name)
            self.names[d.field] = name
        self.order = names
        self.by_field = {d.field: d for d in decisions}
        words = {d.field: set(field_names.words_of(d.field)) for d in decisions}
        has_year = any(words[d.field] & field_names.YEARS for d in decisions if d.role == "number")
        dates = [
            d for d in decisions if d.role == "date" and words[d.field] & field_names.COMING_OUT
        ]
        self.year_of_title = form.year and "year" not in taken
        self.dated = dates[0] if dates and not has_year and not self.year_of_title else None
        self.dated = self.dated if "year" not in taken else None

    def roles(self) -> dict[str, Role]:
        """The role of every field of the rows, in the order of the file."""
        roles: dict[str, Role] = {} if self.identity.id else {"id": "id"}
        for field in self.order:
            if field == self.identity.id:
                roles["id"] = "id"
            elif field == self.identity.title:
                roles["title"] = "title"
            else:
                roles[self.names[field]] = self.by_field[field].role
        if self.year_of_title or self.dated:
            roles["year"] = "number"
        return roles

    def rows(
        self, records: Sequence[Record], report: Progress
    ) -> tuple[list[dict[str, Any]], list[BadRow]]:
        """The rows that can be used, and those that cannot."""
        rows: list[dict[str, Any]] = []
        bad: list[BadRow] = []
        lines: dict[str, int] = {}
        for done, record in enumerate(records):
            if done % _EVERY == 0:
                report("Reading rows", done, len(records))
            row = self._row(record)
            if isinstance(row, dict) and row["id"] in lines:
                what = f"stands in {lines[row['id']]} too"
                row = BadRow(record.line, self.identity.id or "id", row["id"][:60], what)
            if isinstance(row, BadRow):
                bad.append(row)
                continue
            lines[row["id"]] = record.line
            rows.append(row)
        report("Reading rows", len(records), len(records))
        return rows, bad

    def _row(self, record: Record) -> dict[str, Any] | BadRow:
        if record.problem:
            return BadRow(record.line, "", record.raw, record.problem)
        row: dict[str, Any] = {} if self.identity.id else {"id": ""}
        year: int | None = None
        for field, value in record.fields.items():
            try:
                if field == self.identity.id:
                    row["id"] = _id_text(value)
                elif field == self.identity.title:
                    row["title"], year = self._title(value)
                else:
                    self._put(row, field, value)
            except ValueError as error:
                return BadRow(record.line, field, _short(value), str(error))
        if "title" not in row:
            return BadRow(record.line, self.identity.title, "", "is missing")
        if not row.get("id"):
            if self.identity.id:
                return BadRow(record.line, self.identity.id, "", "is missing")
            row["id"] = made_id(row["title"], row)
        if self.year_of_title and year is not None:
            row["year"] = year
        if self.dated and (date := row.get(self.names[self.dated.field])):
            row["year"] = int(date[:4])
        return row

    def _title(self, value: Any) -> tuple[str, int | None]:
        if value == "" and self.documented:
            return "", None
        if value is None or isinstance(value, list | bool) or not str(value).strip():
            raise ValueError("is missing" if value in (None, "") else "is no title")
        title, year = self.form.read(plain(str(value)))
        if len(title) > LONGEST_TITLE:
            raise ValueError(f"is longer than {LONGEST_TITLE} characters")
        if not title:
            raise ValueError("is missing")
        return title, year

    def _put(self, row: dict[str, Any], field: str, value: Any) -> None:
        decision = self.by_field[field]
        name = self.names[field]
        if decision.role == "ignore":
            row[name] = Reading().of(value) if not isinstance(value, float) else _finite(value)
        elif not is_missing(value):
            row[name] = decision.reading.of(value)
        elif (decision.reading.kind in ("", "url", "image", "prose", "flag") and value in (
            None,
            "",
            [],
        )) or value is None or value == []:
            row[name] = value

    def notes(self, records: Sequence[Record]) -> list[str]:
        """What the owner should know of how fields were read."""
        notes = []
        if self.identity.id is None:
            notes.append(
                "No field is an id, so ids are made of the title and what tells the item apart (people, "
                "year, maker, codes); they stay the same while those do."
            )
        if self.year_of_title:
            notes.append("Years were taken from the titles' ends into the field year.")
        if self.form.article:
            notes.append("Articles behind titles were put in front (“Matrix, The”).")
        if self.dated:
            notes.append(f"The field year is the year of {self.dated.field}.")
        for d in self.decisions:
            if d.reading.kind == "price" and d.reading.unit:
                notes.append(f"{d.name} is in {d.reading.unit}.")
            if d.reading.kind in ("measure", "number") and d.reading.unit:
                unit = "minutes" if d.reading.unit == "min" else d.reading.unit
                notes.append(f"{d.name}: the number alone is kept, its unit is {unit!r}.")
            if d.reading.kind in ("number", "price", "measure"):
                said = Counter(
                    v.strip() for r in records
                    if isinstance(v := r.fields.get(d.field), str) and v.strip() and is_missing(v)
                )  # fmt: skip
                notes += [
                    f"{d.field}: {n:,} times {w!r}, taken for unknown." for w, n in said.items()
                ]
        return notes


def _id_text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if value is None or isinstance(value, bool | list | float):
        raise ValueError("is no id" if value is not None else "is missing")
    text = plain(str(value))
    if not text:
        raise ValueError("is missing")
    if len(text) > LONGEST_ID:
        raise ValueError(f"is longer than {LONGEST_ID} characters")
    return text


def _finite(value: float) -> float | None:
    return value if value - value == 0 else None


def _short(value: Any) -> str:
    return value[:60] if isinstance(value, str) else str(value)[:60]


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
    profiles: Sequence[Profile],
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
        why = decision.why if decision else ("its name" if field else "made from other fields")
        yield FieldReport(field or "", name, role, why, len(values), tuple(shown))


def _example(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value[:4]))[:60]
    text = value if isinstance(value, str) else json.dumps(value)
    return " ".join(text.split())[:60]
