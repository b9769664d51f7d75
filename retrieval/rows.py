"""Records made into rows of a catalogue, as was decided for their file; and those that cannot be."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from retrieval import field_names
from retrieval.cleaning import is_missing, plain
from retrieval.encoder import Progress
from retrieval.identity import Identity, TitleForm, made_id
from retrieval.item import Role
from retrieval.readings import Reading
from retrieval.records import Record, Source
from retrieval.roles import Decision

LONGEST_ID, LONGEST_TITLE = 200, 500  # characters, as `catalogue.Row` has it
_EVERY = 2_000  # rows between two reports of progress


@dataclass(frozen=True)
class BadRow:
    """A row that cannot be used: where it stands, in which field, what is there, and why not."""

    line: int
    field: str
    value: str
    reason: str


class RowMaker:
    """Makes rows of records, as was decided for the file."""

    def __init__(
        self,
        identity: Identity,
        decisions: list[Decision],
        form: TitleForm,
        names: Sequence[str],
        source: Source,
    ) -> None:
        self.identity = identity
        self.unit = source.unit
        own = identity == Identity("title", "id") and source.kind == "JSON Lines"
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
        has_year = any(
            words[d.field] & field_names.among("years") for d in decisions if d.role == "number"
        )
        dates = [
            d
            for d in decisions
            if d.role == "date" and words[d.field] & field_names.among("coming_out")
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
                what = f"stands in {self.unit} {lines[row['id']]} too"
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
        elif (
            (
                decision.reading.kind in ("", "url", "image", "prose", "flag")
                and value
                in (
                    None,
                    "",
                    [],
                )
            )
            or value is None
            or value == []
        ):
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
        empty = [r for r in records if self.documented and r.fields.get("title") == ""]
        if empty:
            notes.append(
                f"{len(empty):,} titles are empty texts; such items are shown by their id."
            )
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
