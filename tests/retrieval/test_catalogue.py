"""Reading, storing and searching catalogues."""

import gzip
import json
from pathlib import Path

import pytest

from retrieval.catalogue import Catalogue, read_rows, write_catalogue
from retrieval.errors import CatalogueError
from retrieval.find import Query, Wish
from tests.conftest import SHARED, make_retriever


def test_each_item_is_found_by_the_rare_word_that_only_it_has(tmp_path: Path) -> None:
    words = ["zebra", "quartz", "fjord", "kiln", "Łódź"]
    write_catalogue(
        tmp_path,
        [
            {"id": w, "title": f"Film {n}", "description": f"about a {w} " + "x" * 80}
            for n, w in enumerate(words)
        ],
    )
    catalogue = Catalogue(tmp_path)
    for word in words:
        assert [id for id, _ in catalogue.search([word], 5)] == [word]


@pytest.mark.parametrize(
    "hostile", ['"', "a OR b", "NEAR(", "*", "'; drop table items;--", "title:x", "", "\x00", "-"]
)
def test_words_that_look_like_a_query_are_only_words(tmp_path: Path, hostile: str) -> None:
    write_catalogue(tmp_path, [{"id": "a", "title": "A"}])
    catalogue = Catalogue(tmp_path)
    catalogue.search([hostile, hostile], 5)
    assert len(Catalogue(tmp_path).items) == 1


def test_a_removed_item_is_gone_from_full_text(tmp_path: Path) -> None:
    write_catalogue(tmp_path, [{"id": "a", "title": "Zebra"}, {"id": "b", "title": "Quartz"}])
    write_catalogue(tmp_path, [{"id": "b", "title": "Zebra crossing"}])
    assert [id for id, _ in Catalogue(tmp_path).search(["zebra"], 5)] == ["b"]
    assert Catalogue(tmp_path).search(["quartz"], 5) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no item"),
        ("nonsense", "line 1 is not a JSON object"),
        ('{"id": "a"}', "line 1, title"),
        ('{"title": "a"}', "line 1, id"),
        ('{"id": 3, "title": "a"}', "line 1, id"),
        ('{"id": "a", "title": "A"}\n{"id": "a", "title": "B"}', "line 2: the id 'a' stands twice"),
        ('{"id": "a", "title": "A", "price": NaN}', "NaN is not a number"),
        ('{"id": "a", "title": "A", "price": 1e999}', "not a number"),
        ('{"id": "a", "title": "A", "x": {"y": 1}}', "line 1, x"),
        ("[" * 100_000, "line 1 is not a JSON object"),
    ],
)
def test_a_bad_file_is_refused_with_its_line_and_changes_nothing(
    tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "f.jsonl").write_text(text)
    with pytest.raises(CatalogueError, match=said):
        read_rows(tmp_path / "f.jsonl")


def test_a_truncated_gzip_file_is_refused(tmp_path: Path) -> None:
    rows = "\n".join(json.dumps({"id": f"i{n}", "title": f"Film {n * 7919}"}) for n in range(999))
    whole = gzip.compress(rows.encode())
    (tmp_path / "f.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(CatalogueError, match="cannot be read"):
        read_rows(tmp_path / "f.jsonl.gz")


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "f.jsonl").write_bytes('{"id": "a", "title": "Amélie"}'.encode("latin-1"))
    with pytest.raises(CatalogueError, match="cannot be read as text"):
        read_rows(tmp_path / "f.jsonl")


def test_roles_are_read_off_names_and_values(tmp_path: Path) -> None:
    row = {
        "id": "a",
        "title": "A",
        "description": "d",
        "price": 3.5,
        "brand": "x",
        "authors": ["Y Z"],
        "blurb": "w " * 60,
        "url": "u",
        "popularity": 4,
    }
    write_catalogue(tmp_path, [row], {"brand": "person"})
    roles = Catalogue(tmp_path).schema.roles
    assert [roles[k] for k in row] == [
        "id",
        "title",
        "description",
        "number",
        "person",
        "person",
        "description",
        "url",
        "popularity",
    ]


def test_wishes_come_first_and_popularity_breaks_ties(tmp_path: Path) -> None:
    rows = [
        {
            "id": f"i{n}",
            "title": f"T{n}",
            "genres": ["war"] if n % 2 else ["drama"],
            "popularity": n,
        }
        for n in range(8)
    ]
    found = make_retriever(tmp_path, rows).find(Query(wishes=(Wish("genres", "war"),)))
    assert {c.item.id for c in found[:4]} == {"i1", "i3", "i5", "i7"}
    assert all(c.met == 1 for c in found[:4])


@pytest.mark.parametrize("name", ["redial", "inspired", "opendialkg"])
def test_catalogues_that_nobody_here_wrote_can_be_read(tmp_path: Path, name: str) -> None:
    path = SHARED / "catalogues" / f"{name}.jsonl.gz"
    if not path.is_file():
        pytest.skip("the measuring catalogues are not on this machine")
    rows = read_rows(path)
    write_catalogue(tmp_path, rows)
    assert set(Catalogue(tmp_path).items) == {row["id"] for row in rows}
    assert json.loads(json.dumps(rows[0])) == dict(Catalogue(tmp_path).items[rows[0]["id"]].fields)
