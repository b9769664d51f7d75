"""The rule that keeps promises, in its two readings."""

import hypothesis.strategies as st
from hypothesis import given, settings

from retrieval.constraints import Columns, Constraint, permits, permitted
from retrieval.item import Item, Schema
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
