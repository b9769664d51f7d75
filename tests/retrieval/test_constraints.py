"""The rule that keeps promises, in its two readings."""

import math

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from retrieval.constraints import Columns, Constraint, permits, permitted
from retrieval.item import Item, Schema
from retrieval.text import fold
from tests.conftest import item

SCHEMA = Schema(
    {
        "id": "id",
        "title": "title",
        "year": "number",
        "genres": "facet",
        "description": "description",
    }
)
WORDS = st.sampled_from(["horror", "Horror", "war", "drama", "Amélie", "amelie"])
OPS = st.sampled_from(["<", "<=", "=", ">=", ">", "!="])
ITEMS = st.lists(
    st.builds(
        lambda n, year, genres, prose: item(
            f"i{n}", f"T{n}", year=year, genres=genres, description=prose
        ),
        st.integers(0, 10**6),
        st.none() | st.integers(1990, 1994) | st.floats(1990, 1994),
        st.lists(WORDS, max_size=3),
        st.sampled_from(["", "clowns at war", "a horror of clowns", "nothing"]),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda i: i.id,
)
CONSTRAINTS = st.lists(
    st.one_of(
        st.builds(Constraint, st.just("genres"), OPS, WORDS),
        st.builds(Constraint, st.just("title"), OPS, st.sampled_from(["T1", "T2"])),
        st.builds(
            Constraint,
            st.just("text"),
            st.sampled_from(["=", "!="]),
            st.sampled_from(["clown", "war"]),
        ),
        st.builds(Constraint, st.sampled_from(["year", "unknown"]), OPS, st.integers(1990, 1994)),
    ),
    max_size=4,
)


@settings(max_examples=300, deadline=None)
@given(ITEMS, CONSTRAINTS)
def test_a_whole_catalogue_is_judged_as_its_items_one_by_one(
    items: list[Item], constraints: list[Constraint]
) -> None:
    mask = Columns(items, SCHEMA).allowed(constraints, ())
    assert mask.tolist() == [permitted(i, constraints) for i in items]


def test_an_unknown_number_fails_every_limit() -> None:
    assert not permits(item(year=None), Constraint("year", "!=", 1990))
    assert not permits(item(), Constraint("year", "<", 1990))


def test_words_are_compared_without_case_and_accents() -> None:
    film = item(genres=["Science Fiction"], cast=["Penélope Cruz"])
    assert not permits(film, Constraint("genres", "!=", "science fiction"))
    assert permits(film, Constraint("cast", "=", "penelope cruz"))


def test_text_keeps_out_what_any_field_speaks_of() -> None:
    film = item(description="Two clowns rob a bank.", tags=["circus"])
    assert not permits(film, Constraint("text", "!=", "clown"))
    assert not permits(film, Constraint("text", "!=", "circus"))
    assert permits(film, Constraint("text", "!=", "clownfish"))


def test_a_title_is_ruled_out_with_its_series() -> None:
    constraint = Constraint("title", "!=", "Star Wars")
    for title in ("Star Wars", "Star Wars: The Last Jedi", "The Star Wars Holiday Special"):
        assert not permits(item(title=title), constraint)
    assert not permits(item(title="Alien 3"), Constraint("title", "!=", "Alien"))
    assert permits(item(title="Alien Nation"), Constraint("title", "!=", "Alien"))
    assert permits(item(title="It Follows"), Constraint("title", "!=", "It"))


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("The Godfather Part II", "The Godfather"),
        ("Rocky IV", "Rocky"),
        ("Alien - Covenant", "Alien"),
        ("星球大战：新希望", "星球大战"),
    ],
)
def test_a_part_of_a_series_is_ruled_out_with_it(title: str, name: str) -> None:
    """Only "X: ..." and "X 2" counted as the series of a one-word title: "not The Godfather" left
    Part II in, "not Rocky" Rocky IV, and a full-width colon was no colon."""
    assert not permits(item(title=title), Constraint("title", "!=", name))
    assert permits(item(title="X-Ray"), Constraint("title", "!=", name))


@pytest.mark.parametrize("value", [math.nan, math.inf, 10**400])
def test_what_is_no_finite_number_is_not_known(value: float) -> None:
    """NaN passed "not from 1990", because NaN differs from everything; a whole number beyond a float
    could not be opened at all."""
    odd = item(year=value)
    assert odd.number("year") is None
    assert not permits(odd, Constraint("year", "!=", 1990))
    assert not Columns([odd], SCHEMA).satisfying(Constraint("year", "!=", 1990)).any()


def test_text_in_a_script_without_spaces_is_searched_letter_by_letter() -> None:
    """Chinese prose is one long word, so "no 恐怖" (horror) kept nothing out."""
    film = item(description="这是一部恐怖电影。")
    assert not permits(film, Constraint("text", "!=", "恐怖"))
    assert permits(film, Constraint("text", "!=", "喜剧"))
    assert permits(film, Constraint("text", "!=", "!!!"))


def test_an_item_that_leaves_its_warnings_out_is_not_known_to_be_safe() -> None:
    """A recipe without a word on allergens was offered under "no nuts"."""
    no_nuts = Constraint("allergens", "!=", "nuts")
    assert permits(item(allergens=[]), no_nuts)
    assert permits(item(allergens=["dairy"]), no_nuts)
    assert not permits(item(allergens=None), no_nuts)
    assert not permits(item(), no_nuts)
    schema = Schema({"id": "id", "title": "title", "allergens": "facet"})
    rows = [item("a", allergens=[]), item("b"), item("c", allergens=["Nuts"])]
    assert Columns(rows, schema).satisfying(no_nuts).tolist() == [True, False, False]


def test_a_limit_whose_value_is_not_of_the_kind_of_its_field_is_read_the_same_way_twice() -> None:
    """The mask over columns and the last look at an item gave different answers for a number limited
    by a text, and for a text facet in which some values are numbers."""
    rows = [item("a", year=1990, genres=["horror", 5]), item("b", year=1991, genres=7), item("c")]
    for constraint in (
        Constraint("year", "=", "1990"),
        Constraint("year", "!=", "1990"),
        Constraint("genres", "<", 8),
        Constraint("nowhere", "!=", "x"),
    ):
        mask = Columns(rows, SCHEMA).satisfying(constraint)
        assert mask.tolist() == [permits(row, constraint) for row in rows]


def test_folding_twice_changes_nothing() -> None:
    """Letters that only become plain when accents are taken off kept their capital: "ℌorror"."""
    assert fold("ℌorror") == "horror" == fold(fold("ℌorror"))
