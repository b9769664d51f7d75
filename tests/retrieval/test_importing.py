"""A file made into rows with a report; what cannot be used is told, and a broken file changes nothing."""

import gzip
import io
import json
import random
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval.catalogue import Catalogue, Row, read_meta, read_rows, write_catalogue
from retrieval.encoder import HashingEncoder
from retrieval.errors import CatalogueError
from retrieval.importing import bad_rows_allowed, read_file
from retrieval.versions import current
from tests.conftest import ROOT
from tests.retrieval.exports import EXPORTS, TITLES
from ui.main import main
from ui.updating import update

LIGHT = ["--set", "encoder.model=hashing", "--set", "scorer.model=none"]
Indexer = Callable[..., tuple[int, str]]


@pytest.fixture
def index(tmp_path: Path) -> Indexer:
    """`tastemaker index` into a home of its own; gives the exit code and what was printed."""

    def run(file: Path, *options: str) -> tuple[int, str]:
        home = str(tmp_path / "home")
        args = ["index", str(file), "--name", "shop", "--home", home, *LIGHT, *options]
        done = CliRunner().invoke(main, args)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
        return done.exit_code, done.output

    return run


def opened(base: Path) -> Catalogue:
    """The catalogue in `base` as a reader finds it now."""
    folder = current(base)
    assert folder is not None
    return Catalogue(folder, base.name)


def shop(folder: Path, *lines: str) -> Path:
    path = folder / "shop.csv"
    good = [f"g{n},{title},{n}.50,2020-01-0{n % 9 + 1}" for n, title in enumerate(TITLES)]
    path.write_text("id,title,price,added\n" + "\n".join([*good, *lines]) + "\n")
    return path


@pytest.mark.parametrize(
    ("line", "field", "value", "reason"),
    [
        ("g1,Again,3.00,2020-01-01", "id", "g1", "stands in line 3 too"),
        (",No id,3.00,2020-01-01", "id", "", "is missing"),
        ("x,,3.00,2020-01-01", "title", "", "is missing"),
        ("x,A,cheap,2020-01-01", "price", "cheap", "is not a price"),
        ("x,A,-3,2020-01-01", "price", "-3", "is a price below nothing"),
        ("x,A,inf,2020-01-01", "price", "inf", "is not a price"),
        ("x,A,3.00,yesterday", "added", "yesterday", "is not a date"),
        ("x,A,3.00", "", "x,A,3.00", "has 3 cells, where 4 columns are named"),
        ("x,A,3.00,2020-01-01,more", "", "x,A,3.00,2020-01-01,more", "has 5 cells, where 4 columns are named"),
        (f"x,{'A' * 100_000},3.00,2020-01-01", "title", "A" * 60, "is longer than 500 characters"),
        (f"{'x' * 300},A,3.00,2020-01-01", "id", "x" * 60, "is longer than 200 characters"),
    ],
    ids=lambda v: str(v)[:30],
)  # fmt: skip
def test_a_bad_row_is_told_with_its_line_field_value_and_reason(
    tmp_path: Path, line: str, field: str, value: str, reason: str
) -> None:
    found = read_file(shop(tmp_path, line))
    (bad,) = found.bad
    assert (bad.line, bad.field, bad.value, bad.reason) == (42, field, value, reason)
    assert [row["id"] for row in found.rows] == [f"g{n}" for n in range(40)]


def test_numbers_that_are_none_are_bad_rows_in_json(tmp_path: Path) -> None:
    rows = [f'{{"id": "i{n}", "title": "T", "price": {n}}}' for n in range(30)]
    broken = [
        '{"id": "x", "title": "T", "price": NaN}',
        '{"id": "y", "title": "T", "price": 1e999}',
        '{"id": 4',
    ]
    (tmp_path / "f.jsonl").write_text("\n".join([*rows, *broken, '{"id": "z", "title": "Z"}']))
    bad = read_file(tmp_path / "f.jsonl").bad
    assert [(b.line, b.field) for b in bad] == [(31, "price"), (32, "price"), (33, "")]


def test_prices_in_another_currency_are_not_compared_with_the_rest(tmp_path: Path) -> None:
    prices = ["12 EUR", "13 EUR", "14 EUR", "15 USD"]
    lines = [f"{n},T{n},{price}" for n, price in enumerate(prices)]
    (tmp_path / "f.csv").write_text("id,title,price\n" + "\n".join(lines) + "\n")
    found = read_file(tmp_path / "f.csv")
    assert [b.reason for b in found.bad] == ["is in USD, where most prices are in EUR"]
    assert "price is in EUR." in found.notes


def test_words_for_nothing_leave_a_number_unknown_and_are_counted(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("id,title,price\n1,A,3\n2,B,N/A\n3,C,NaN\n4,D,\n5,E,4\n")
    found = read_file(tmp_path / "f.csv")
    assert [row.get("price") for row in found.rows] == [3, None, None, None, 4]
    assert {n for n in found.notes if "unknown" in n} == {
        "price: 1 times 'N/A', taken for unknown.",
        "price: 1 times 'NaN', taken for unknown.",
    }


def test_how_many_bad_rows_are_tolerated_is_a_number_or_a_share() -> None:
    assert bad_rows_allowed("20", 3) == 20
    assert bad_rows_allowed("5%", 194) == 9
    assert bad_rows_allowed("5%", 10) == 0
    for wrong in ("some", "-1", "200%", "", "nan%", "1e3"):
        with pytest.raises(CatalogueError, match="a number of rows"):
            bad_rows_allowed(wrong, 10)


def test_too_many_bad_rows_change_nothing_and_the_limit_can_be_raised(
    tmp_path: Path, index: Indexer
) -> None:
    assert index(shop(tmp_path))[0] == 0
    base = tmp_path / "home" / "catalogues" / "shop"
    before = current(base)
    assert before is not None
    broken = shop(tmp_path, *(f"x{n},,3.00,2020-01-01" for n in range(5)))
    code, said = index(broken)
    assert code == 1
    assert "5 of 45 rows cannot be used, where 2 are tolerated (5%); nothing was changed" in said
    assert "line 42, title: is missing" in said
    assert "--bad-rows 5" in said
    assert current(base) == before
    assert len(opened(base).items) == 40
    code, said = index(broken, "--bad-rows", "5")
    assert code == 0, said
    assert "5 rows left out" in said
    assert len(opened(base).items) == 40
    assert index(broken, "--bad-rows", "many")[0] == 1


def test_a_dry_run_prints_the_table_and_writes_nothing(tmp_path: Path, index: Indexer) -> None:
    code, said = index(shop(tmp_path), "--dry-run")
    assert code == 0
    assert "40 items could be indexed as shop. Nothing was changed." in said
    assert "--role FIELD=ROLE" in said
    price = next(line for line in said.splitlines() if line.startswith("price"))
    assert "price" in price.split()[1]
    assert "0.5 | 1.5 | 2.5" in price
    assert not (tmp_path / "home" / "catalogues").exists()


def test_a_role_of_no_field_or_no_role_is_refused(tmp_path: Path, index: Indexer) -> None:
    for role, said in (
        ("prise=number", "No row of shop.csv has a field 'prise'; the fields are id, title, price"),
        ("price=money", "There is no role 'money'; roles are id, title"),
        ("price=title", "is no title|title"),
    ):
        code, output = index(shop(tmp_path), "--role", role, "--dry-run")
        assert code == (0 if role == "price=title" else 1), output
        assert any(part in output for part in said.split("|")), output


def test_a_file_without_titles_says_which_fields_it_has(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("x,y\n1,2\n3,4\n")
    with pytest.raises(CatalogueError, match="Its fields are 'x', 'y'; say which one is: --role"):
        read_file(tmp_path / "f.csv")


def test_what_an_export_was_indexed_as_can_be_talked_about(tmp_path: Path, index: Indexer) -> None:
    text, encoding, _ = EXPORTS["shopify.csv"]
    (tmp_path / "export.csv").write_bytes(text().encode(encoding))
    assert index(tmp_path / "export.csv")[0] == 0
    args = ["chat", "--json", "--catalogue", "shop", "--home", str(tmp_path / "home"), *LIGHT]
    done = CliRunner().invoke(main, args, input="a mug under 45 euros\nnothing with cotton\n")
    first, second = map(json.loads, done.stdout.splitlines())
    assert first["items"]
    assert all(
        i["item"]["Variant Price"] < 45 and i["item"]["Type"] == "Mug" for i in first["items"]
    )
    assert second["items"]
    assert all("cotton" not in i["item"]["Tags"] for i in second["items"])


def test_our_films_keep_their_hash_when_they_are_indexed(tmp_path: Path) -> None:
    path = ROOT / "data" / "films.jsonl"
    found = read_file(path)
    write_catalogue(tmp_path / "a", found.rows, found.roles)
    write_catalogue(tmp_path / "b", read_rows(path))
    assert read_meta(tmp_path / "a")["hash"] == read_meta(tmp_path / "b")["hash"]


def test_numbers_in_lines_of_prose_are_fields_where_many_items_have_them(tmp_path: Path) -> None:
    times = ["10 min", "~1 hour", "1 h 30 min", "10-15 min", "2h", "45 minutes"]
    rows = [
        {"id": f"r{n}", "title": f"Soup {n}", "body": f"Warm.\n\n- 🍳 Cook time: {t}\n- **Servings:** {n + 1}\n\n## Steps\n\nNote: 3 pots. Stir it well."}
        for n, t in enumerate(times)
    ]  # fmt: skip
    (tmp_path / "r.jsonl").write_text("\n".join(map(json.dumps, rows)))
    found = read_file(tmp_path / "r.jsonl")
    assert [row.get("cook_time") for row in found.rows] == [10, 60, 90, None, 120, 45]
    assert [row["servings"] for row in found.rows] == [1, 2, 3, 4, 5, 6]
    assert found.roles["cook_time"] == "number"


def test_thousands_of_rows_take_seconds_and_are_reported(tmp_path: Path) -> None:
    lines = [
        f"{n},Title {n},{n % 90}.50,a|b{n % 7},Some words about number {n}." for n in range(36_000)
    ]
    (tmp_path / "f.csv").write_text("id,title,price,tags,description\n" + "\n".join(lines) + "\n")
    seen: list[tuple[str, int, int]] = []
    found = read_file(tmp_path / "f.csv", progress=lambda *now: seen.append(now))
    assert len(found.rows) == 36_000
    assert ("Reading rows", 36_000, 36_000) in seen
    assert len(seen) > 10


HOSTILE = [
    b'"', b"'", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b",", b";", b"\t", b"\n", b"\r", b"{", b"[", b"]", b"}",
    b"NaN", b"Infinity", b"1e999", b"[" * 5_000, b'{"a":' * 3_000, b"=cmd|calc", b"<script>", b"\xc3\x28",
    b"\\ud800", b"A" * 100_000, b"-", b"null", b"9" * 5_000, "ж漢".encode(), b"\xe9", b'"\n"', b"(1999)",
]  # fmt: skip


def _whole_files() -> list[tuple[str, bytes]]:
    files = [(name, text().encode(encoding)) for name, (text, encoding, _) in EXPORTS.items()]
    rows = [
        {"id": f"i{n}", "title": t, "price": n, "tags": ["a", "b"]} for n, t in enumerate(TITLES)
    ]
    files.append(("lines.jsonl", "\n".join(map(json.dumps, rows)).encode()))
    files.append(("packed.csv.gz", gzip.compress(files[0][1])))
    parquet = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), parquet)
    return [*files, ("rows.parquet", parquet.getvalue())]


WHOLE = _whole_files()


def broken(data: bytes, seed: int) -> bytes:
    """A file with a few things wrong in it."""
    chance, found = random.Random(seed), bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at, kind = chance.randrange(len(found) + 1), chance.random()
        if kind < 0.15:
            del found[at:]
        elif kind < 0.6:
            found[at:at] = chance.choice(HOSTILE)
        elif kind < 0.75:
            del found[at : at + chance.choice([1, 3, 50, 2000])]
        elif kind < 0.9:
            found[at : at + 1] = bytes([chance.randrange(256)])
        else:
            found = found[:at] + found[max(0, at - 500) :]
    return bytes(found)


def _check_broken(tmp_path: Path, index: Indexer, which: int, seed: int) -> None:
    """Either a sentence and the catalogue as it was, or a catalogue of exactly the rows reported."""
    name, data = WHOLE[which]
    (tmp_path / name).write_bytes(broken(data, seed))
    base = tmp_path / "home" / "catalogues" / "shop"
    if current(base) is None:
        update(base, HashingEncoder(), [{"id": "old", "title": "Old"}])
    before = current(base)
    items = dict(opened(base).items)
    code, said = index(tmp_path / name)
    assert "Traceback" not in said
    if code == 0:
        rows = read_file(tmp_path / name).rows
        assert {i.id: i.fields for i in opened(base).items.values()} == {r["id"]: r for r in rows}
        assert all(Row.model_validate(row).title for row in rows)
    else:
        assert said.splitlines()[-1].startswith("tastemaker: ")
        assert current(base) == before
        assert opened(base).items == items


quiet = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@settings(max_examples=60, deadline=None, suppress_health_check=quiet)
@given(which=st.integers(0, len(WHOLE) - 1), seed=st.integers(0, 10**9))
def test_a_broken_file_is_told_and_changes_nothing(
    tmp_path: Path, index: Indexer, which: int, seed: int
) -> None:
    _check_broken(tmp_path, index, which, seed)


@pytest.mark.slow
@settings(max_examples=600, deadline=None, suppress_health_check=quiet)
@given(which=st.integers(0, len(WHOLE) - 1), seed=st.integers(0, 10**9))
def test_hundreds_of_broken_files_are_told_and_change_nothing(
    tmp_path: Path, index: Indexer, which: int, seed: int
) -> None:
    _check_broken(tmp_path, index, which, seed)
