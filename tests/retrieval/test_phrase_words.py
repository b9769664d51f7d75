"""Lists of phrases become words to wish for and to rule out."""

import doctest

import pytest

from chatbot.conversation import Conversation
from chatbot.lexicon import Lexicon
from chatbot.understand import understand
from retrieval import phrase_words
from retrieval.catalogue import Catalogue, write_catalogue
from retrieval.phrase_words import heads_of, with_words
from retrieval.total_time import with_total_time

LINES = [
    ["2 large onions, chopped", "400 g of minced beef", "1 tin chopped tomatoes"],
    ["1 onion", "200 ml double cream (or milk)", "10-12 button mushrooms"],
    ["1/2 cup olive oil", "3 tomatoes, sliced", "a pinch of sea salt"],
    ["1 can cream of mushroom soup", "2 tbsp olive oil", "sea salt to taste"],
]
ROWS = [
    {"id": str(n), "title": f"Dish number {n}", "ingredients": lines}
    for n, lines in enumerate(LINES)
]


@pytest.mark.parametrize(
    ("phrase", "heads"),
    [
        ("2 large onions, chopped", ["onions"]),
        ("400 g of minced beef", ["beef"]),
        ("1/2 cup extra virgin olive oil", ["oil", "olive oil"]),
        ("10-12 button mushrooms (optional)", ["mushrooms", "button mushrooms"]),
        ("100% merino wool", ["wool", "merino wool"]),
        ("(see above)", []),
    ],
)
def test_the_head_of_a_phrase(phrase: str, heads: list[str]) -> None:
    assert heads_of(phrase) == heads


def test_words_come_with_two_items_and_in_their_usual_form() -> None:
    rows, found = with_words(ROWS, {"ingredients": "facet"})
    assert found == {"ingredients.words": "ingredients"}
    words = [set(row["ingredients.words"]) for row in rows]
    assert {"tomatoes"} < words[0] | words[2]
    assert "olive oil" in words[2] & words[3]
    assert all("beef" not in w for w in words), "one item alone is no facet's value"


def test_short_words_of_a_facet_stay_as_they_are() -> None:
    rows = [{"id": str(n), "title": "t", "tags": ["red", "green"]} for n in range(9)]
    assert with_words(rows, {"tags": "facet"}) == (rows, {})


def test_what_is_ruled_out_is_ruled_out_where_it_is_no_head(tmp_path: object) -> None:
    rows, _ = with_words(ROWS, {"ingredients": "facet"})
    write_catalogue(tmp_path, rows, {"ingredients": "description"})  # type: ignore[arg-type]
    lexicon = Lexicon(Catalogue(tmp_path))  # type: ignore[arg-type]
    change = understand("no mushrooms please", Conversation("t", "t"), lexicon).change
    kept = [a for a in change.avoids if a.facet == "text"]
    assert kept
    assert {a.value for a in kept} <= {"mushroom", "mushrooms"}


def test_the_whole_of_a_time_needs_all_of_its_parts() -> None:
    rows = [{"prep_time": 10, "cook_time": 20}, {"cook_time": 20}, {"prep_time": 5, "cook_time": 0}]
    summed, found = with_total_time(rows, {"prep_time": "number", "cook_time": "number"})
    assert [row.get("total_time") for row in summed] == [30, None, 5]
    assert found == {"total_time": ["prep_time", "cook_time"]}
    assert with_total_time(rows, {"cook_time": "number"}) == (rows, {})


def test_the_examples_of_the_docstrings_hold() -> None:
    assert doctest.testmod(phrase_words).failed == 0
