"""Opening a file: its format, encoding and dialect are told by what stands in it."""

import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from retrieval.errors import CatalogueError
from retrieval.importing import read_file
from retrieval.sources import read_source

ROWS = [
    {"id": "a", "title": "Café, „Nord“", "price": "12.50", "tags": "red|wood"},
    {"id": "b", "title": 'A "quoted" one', "price": "3", "tags": "blue"},
    {"id": "c", "title": "Two\nlines", "price": "1,299.00", "tags": "red|blue"},
]


def csv_of(rows: list[dict[str, str]], sign: str, quote: str = '"') -> str:
    lines = [sign.join(rows[0])]
    for row in rows:
        doubled = (v.replace(quote, quote * 2) for v in row.values())
        lines.append(sign.join(f"{quote}{v}{quote}" for v in doubled))
    return "\n".join(lines) + "\n"


def written(folder: Path, name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
    data = content.encode(encoding) if isinstance(content, str) else content
    path = folder / name
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


JSON_TEXTS = {
    "array.json": json.dumps(ROWS, indent=2),
    "array-on-a-line.json": json.dumps(ROWS),
    "object.json": json.dumps({"meta": {"page": 1}, "data": {"products": ROWS}}, indent=1),
    "lines.jsonl": "\n".join(map(json.dumps, ROWS)),
    "lines.txt": "\n\n".join(map(json.dumps, ROWS)) + "\n\n",
    "keyed.json": json.dumps({r["id"]: {k: v for k, v in r.items() if k != "id"} for r in ROWS}),
    "columns.json": json.dumps({k: {str(n): r[k] for n, r in enumerate(ROWS)} for k in ROWS[0]}),
}
TABLES = {
    "commas.csv": (csv_of(ROWS, ","), "utf-8"),
    "semicolons.csv": (csv_of(ROWS, ";"), "cp1252"),
    "tabs.tsv": (csv_of(ROWS, "\t"), "utf-8-sig"),
    "bars.txt": (csv_of(ROWS, "|"), "utf-8"),
    "windows.csv": (csv_of(ROWS, ",").replace("\n", "\r\n"), "utf-16"),
}


@pytest.mark.parametrize("packed", ["", ".gz"])
@pytest.mark.parametrize("name", [*JSON_TEXTS, *TABLES])
def test_the_same_rows_come_out_of_every_form(tmp_path: Path, name: str, packed: str) -> None:
    content, encoding = TABLES.get(name) or (JSON_TEXTS[name], "utf-8")
    found = read_file(written(tmp_path, name + packed, content, encoding))
    assert [row["id"] for row in found.rows] == ["a", "b", "c"]
    titles = [row["title"].replace("\r\n", "\n") for row in found.rows]
    assert titles == [row["title"] for row in ROWS]
    assert [row["price"] for row in found.rows] == [12.5, 3, 1299]
    assert found.rows[0]["tags"] == ["red", "wood"]


def test_parquet_is_read_with_its_own_types(tmp_path: Path) -> None:
    columns = {
        "id": [1, 2], "title": ["A", "B"], "price": [1.5, None], "tags": [["x", "y"], []],
        "size": [{"width": 3}, {"width": 4}], "raw": [b"\x00", b"\x01"],
    }  # fmt: skip
    pq.write_table(pa.table(columns), tmp_path / "t.parquet")
    rows = read_file(tmp_path / "t.parquet").rows
    assert rows[0] == {
        "id": "1",
        "title": "A",
        "price": 1.5,
        "tags": ["x", "y"],
        "size.width": 3,
        "raw": None,
    }
    assert rows[1]["price"] is None
    whole = (tmp_path / "t.parquet").read_bytes()
    (tmp_path / "t.parquet").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(CatalogueError, match="cannot be read as Parquet"):
        read_file(tmp_path / "t.parquet")


@pytest.mark.parametrize(
    ("encoding", "titles"),
    [
        ("cp1252", ["Größe und Schönheit", "Señora Ñandú", "L’été – “oui”"]),
        ("cp1251", ["Война и мир", "Анна Каренина", "Мастер и Маргарита"]),
        ("cp1250", ["Žluťoučký kůň", "Łódź i Wrocław", "Příběh člověka"]),
        ("shift_jis", ["千と千尋の神隠し", "もののけ姫", "となりのトトロ"]),
        ("gb18030", ["红楼梦", "西游记", "三国演义"]),
        ("utf-16-le", ["Amélie", "Été", "Noël"]),
    ],
)
def test_an_encoding_is_found_and_said(tmp_path: Path, encoding: str, titles: list[str]) -> None:
    lines = [f"{n},{title}" for n, title in enumerate(titles)]
    path = written(tmp_path, "f.csv", "id,title\n" + "\n".join(lines) + "\n", encoding)
    found = read_file(path)
    assert [row["title"] for row in found.rows] == titles
    assert any(encoding in note for note in found.notes)


def test_the_owner_can_say_the_encoding(tmp_path: Path) -> None:
    path = written(tmp_path, "f.csv", "id,title\n1,Łódź\n", "cp852")
    assert read_file(path, encoding="cp852").rows[0]["title"] == "Łódź"
    with pytest.raises(CatalogueError, match="cannot be read as 'nonsense'"):
        read_file(path, encoding="nonsense")


def test_lines_in_another_encoding_are_read_and_named(tmp_path: Path) -> None:
    lines = [f"{n},Café {n}".encode() for n in range(9)]
    lines[4] = "4,Café 4".encode("latin-1")
    found = read_file(written(tmp_path, "f.csv", b"id,title\n" + b"\n".join(lines) + b"\n"))
    assert [row["title"] for row in found.rows] == [f"Café {n}" for n in range(9)]
    assert any("line 6" in note for note in found.notes)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("f.csv", "", "it is empty"),
        ("f.csv", "id,title\n", "holds no item"),
        ("f.csv", 'id,title\n1,A\n2,"B\n3,C\n', "the cell that begins in line 3 runs to the end"),
        ("f.csv", "id,title,price\n1,A,3\n2,B", "is cut off: its last line, 3"),
        ("f.csv", "PK\x03\x04xyz", "is a spreadsheet"),
        ("f.csv", "<?xml version='1.0'?><rss/>", "is XML"),
        ("f.csv", b"id,title\n\x00\x01\x02\xff\xfe\x80\x00,", "is no text"),
        ("f.csv", "x" * 500 + "\n1\n", "is no name"),
        ("f.json", '[{"id": 1, "title": "A"}, {"id": 2, "tit', "is cut off: in line 1"),
        ("f.json", '[{"id": 1,, "title": "A"}]  ', "is broken: in line 1, column 11"),
        ("f.json", "[" * 100_000, "nested too deeply"),
        ("f.json", '{"a": 1}', "holds no list of objects|no field that looks like a title"),
        ("f.json", "[1, 2, 3]", "line 1 is not an object"),
        ("f.jsonl", '{"id": "a", "title": "A"}\n{"id": "b", "ti', "is cut off: its last line, 2"),
        ("f.jsonl", "nonsense", "line 1 is not JSON"),
        ("f.parquet", b"PAR1\x00\x00PAR1", "cannot be read as Parquet"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(
    tmp_path: Path, name: str, content: str | bytes, said: str
) -> None:
    with pytest.raises(CatalogueError, match=said):
        read_file(written(tmp_path, name, content))


def test_a_truncated_gzip_file_is_refused(tmp_path: Path) -> None:
    whole = gzip.compress("".join(f"{n},T{n * 7919}\n" for n in range(2000)).encode())
    (tmp_path / "f.csv.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(CatalogueError, match="cut off or damaged"):
        read_file(tmp_path / "f.csv.gz")


def lines_of(path: Path) -> list[int]:
    return [record.line for record in read_source(path).records]


def test_records_are_numbered_by_the_line_they_begin_in(tmp_path: Path) -> None:
    table = 'id,title\n1,A\n\n2,"B\nb"\n3,C\n'
    assert lines_of(written(tmp_path, "f.csv", table)) == [2, 4, 6]
    assert lines_of(written(tmp_path, "f.jsonl", '{"id": 1}\n\n{"id": 2}\n')) == [1, 3]
    rows: list[dict[str, Any]] = [{"id": n, "title": "T"} for n in range(3)]
    assert lines_of(written(tmp_path, "f.json", json.dumps(rows, indent=1))) == [2, 6, 10]
    inside = json.dumps({"x": 1, "items": rows}, indent=1)
    assert lines_of(written(tmp_path, "g.json", inside)) == [4, 8, 12]


def test_columns_that_are_called_alike_or_not_at_all_get_names(tmp_path: Path) -> None:
    found = read_file(written(tmp_path, "f.csv", ",id,title,size,size\n7,1,A,S,M\n8,2,B,L,L\n"))
    assert found.rows[0]["size (2)"] == "M"
    assert found.rows[0]["column 1"] == 7
    assert any("stands twice" in note for note in found.notes)
