"""What is ruled out in a list, and what is asked for behind it."""

import pytest

from chatbot.parts import Parts
from tests.chatbot.test_other_titles import read


def ruled_out(parts: Parts, said: str) -> set[str]:
    return {a.phrase for a in read(parts, said).change.avoids}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("no clowns, volleyballs or puppets", {"clowns", "volleyballs", "puppets"}),
        ("no volleyballs, clowns or puppets", {"clowns", "volleyballs", "puppets"}),
        ("nothing with clowns or volleyballs", {"clowns", "volleyballs"}),
        ("nothing featuring puppets", {"puppets"}),
        ("a comedy without a laugh track", {"laugh track"}),
        ("spare me the love scenes", {"love scenes"}),
        ("no Christmas stuff", {"Christmas"}),
        ("No Halloween please", {"Halloween"}),
    ],
)
def test_all_that_is_ruled_out_is(parts: Parts, said: str, words: set[str]) -> None:
    assert ruled_out(parts, said) == words


def test_what_is_asked_for_behind_what_is_ruled_out_is_a_wish(parts: Parts) -> None:
    """ "No horror and make me laugh" ruled out comedies."""
    found = read(parts, "no horror and make me laugh").change
    assert {w.value for w in found.wants} >= {"comedy"}
    assert {a.phrase for a in found.avoids} == {"horror"}
    assert ruled_out(parts, "nothing that will scare me and make me cry") >= {"make me cry"}


def test_an_occasion_is_still_one(parts: Parts) -> None:
    found = read(parts, "something for Christmas, nothing sad").change
    assert [w.phrase for w in found.wants if w.facet == "context"] == ["for Christmas"]
