"""Our second catalogue: the form of data/books.jsonl. Its facts have no second source."""

import json
import re
from collections import Counter
from typing import Any

import pytest

from retrieval.text import fold
from tests.conftest import ROOT

Rows = list[dict[str, Any]]
FIELDS = ["id", "title", "year", "authors", "countries", "language", "genres", "pages", "series", "tags",
          "content_notes", "description"]  # fmt: skip
GENRES = {
    "adventure", "autobiography", "biography", "children", "classic", "comedy", "crime", "drama", "essays",
    "fantasy", "graphic novel", "historical", "history", "horror", "mystery", "nature", "non-fiction", "philosophy",
    "poetry", "politics", "romance", "satire", "science", "science fiction", "short stories", "thriller", "travel",
    "war", "young adult",
}  # fmt: skip
YOUNGEST, SHORTEST, LONGEST = 2026, 20, 3000


@pytest.fixture(scope="module")
def books() -> Rows:
    with (ROOT / "data" / "books.jsonl").open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def test_there_are_enough_books_of_every_kind_time_and_place(books: Rows) -> None:
    assert len(books) >= 300
    assert {genre for book in books for genre in book["genres"]} == GENRES
    assert len({country for book in books for country in book["countries"]}) >= 60
    assert len({book["language"] for book in books}) >= 30
    decades = {book["year"] // 10 * 10 for book in books}
    assert set(range(1840, 2030, 10)) <= decades
    assert min(decades) < 0
    assert len({author for book in books for author in book["authors"]}) >= 250


def test_no_book_stands_twice_and_none_has_the_id_of_a_film(books: Rows, films: Rows) -> None:
    assert max(Counter(book["id"] for book in books).values()) == 1
    assert max(Counter((fold(b["title"]), *b["authors"]) for b in books).values()) == 1
    assert max(Counter(book["description"] for book in books).values()) == 1
    assert not {book["id"] for book in books} & {film["id"] for film in films}


def test_every_row_has_the_form_that_the_readme_promises(books: Rows) -> None:
    for book in books:
        expected = [f for f in FIELDS if f != "series" or f in book]
        assert list(book) == expected, book["id"]
        when = str(book["year"]) if book["year"] > 0 else f"{-book['year']}-bc"
        assert re.fullmatch(rf"[a-z0-9]+(-[a-z0-9]+)*-{when}", book["id"]), book["id"]
        assert book["year"] <= YOUNGEST
        assert SHORTEST <= book["pages"] <= LONGEST, book["id"]
        assert book["countries"], book["id"]
        assert book["authors"], book["id"]
        assert book["language"], book["id"]
        assert 1 <= len(book["genres"]) <= 4, book["id"]
        assert 4 <= len(book["tags"]) <= 8, book["id"]
        assert 25 <= len(book["description"].split()) <= 60, book["id"]
        for field in ("authors", "countries", "genres", "tags", "content_notes"):
            assert len(book[field]) == len(set(book[field])), (book["id"], field)


def test_what_can_be_ruled_out_is_called_as_it_is_among_films(books: Rows, films: Rows) -> None:
    """ "Nothing violent" is said once to both: a note that only books had would be missed there."""
    known = {note for film in films for note in film["content_notes"]}
    assert {note for book in books for note in book["content_notes"]} <= known
