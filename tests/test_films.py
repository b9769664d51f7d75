"""Our own catalogue: its form, and its facts against a file of facts that others wrote."""

import gzip
import json
import re
from collections import Counter
from typing import Any

import pytest

from retrieval.text import fold
from tests.conftest import ROOT, SHARED

Rows = list[dict[str, Any]]
FIELDS = [
    "id",
    "title",
    "year",
    "countries",
    "genres",
    "directors",
    "cast",
    "runtime",
    "tags",
    "content_notes",
    "description",
]
GENRES = {
    "action",
    "adventure",
    "animation",
    "biography",
    "comedy",
    "crime",
    "documentary",
    "drama",
    "family",
    "fantasy",
    "film noir",
    "history",
    "horror",
    "martial arts",
    "music",
    "musical",
    "mystery",
    "romance",
    "science fiction",
    "sport",
    "thriller",
    "war",
    "western",
}
FACTS = SHARED / "raw" / "film-facts.jsonl.gz"


def key(title: str) -> str:
    return re.sub(r"^(the|a|an) ", "", fold(title.replace("&", "and"))).replace(" ", "")


def test_there_are_enough_films_of_every_decade_country_and_genre(films: Rows) -> None:
    assert len(films) >= 1200
    assert set(range(1920, 2030, 10)) <= {film["year"] // 10 * 10 for film in films}
    assert len({country for film in films for country in film["countries"]}) >= 25
    assert {genre for film in films for genre in film["genres"]} == GENRES


def test_no_film_stands_twice(films: Rows) -> None:
    assert max(Counter(film["id"] for film in films).values()) == 1
    assert max(Counter((key(film["title"]), film["year"]) for film in films).values()) == 1
    assert max(Counter(film["description"] for film in films).values()) == 1


def test_every_row_has_the_form_that_the_readme_promises(films: Rows) -> None:
    for film in films:
        assert list(film) == FIELDS, film["id"]
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*-\d{4}", film["id"]), film["id"]
        assert film["id"].endswith(str(film["year"]))
        assert 1920 <= film["year"] <= 2026
        assert 40 <= film["runtime"] <= 500, film["id"]
        assert film["countries"]
        assert film["directors"]
        assert 3 <= len(film["cast"]) <= 6, film["id"]
        assert 1 <= len(film["genres"]) <= 4
        assert 4 <= len(film["tags"]) <= 8, film["id"]
        assert 25 <= len(film["description"].split()) <= 60, film["id"]


def compare(films: Rows) -> tuple[int, list[tuple[str, str]]]:
    """How many films are in both files, and where year, directors or cast disagree."""
    facts: dict[str, Rows] = {}
    with gzip.open(FACTS, "rt", encoding="utf-8") as file:
        for line in file:
            fact = json.loads(line)
            facts.setdefault(key(fact["title"]), []).append(fact)
    both: set[str] = set()
    differ: list[tuple[str, str]] = []
    for film in films:
        ours = {key(name) for name in film["directors"]}
        for fact in facts.get(key(film["title"]), []):
            theirs = {key(name) for name in fact["directors"]}
            if not (fact["year"] and abs(fact["year"] - film["year"]) <= 2) and not ours & theirs:
                continue  # another film of that name
            both.add(film["id"])
            cast = {key(name) for name in film["cast"]}
            checks = {
                "year": not fact["year"] or fact["year"] == film["year"],
                "directors": not theirs or ours == theirs,
                "cast": not fact["cast"] or bool(cast & {key(name) for name in fact["cast"]}),
            }
            differ += [(film["id"], field) for field, same in checks.items() if not same]
    return len(both), differ


@pytest.mark.skipif(not FACTS.is_file(), reason="the file of facts is not on this machine")
def test_every_disagreement_with_the_facts_is_explained(films: Rows) -> None:
    both, differ = compare(films)
    with (ROOT / "data" / "films.differences.jsonl").open(encoding="utf-8") as file:
        explained = {(d["id"], d["field"]): d["why"] for d in map(json.loads, file)}
    assert [d for d in differ if not explained.get(d)] == []
    figure = re.search(
        r"(\d+) films are in both", (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    )
    assert figure
    assert int(figure[1]) == both
