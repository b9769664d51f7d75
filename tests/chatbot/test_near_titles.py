"""Titles that are said almost as the catalogue writes them, and parts of series that it lacks."""

import pytest

from chatbot.conversation import Conversation
from chatbot.lexicon import Lexicon
from chatbot.parts import Parts
from chatbot.respond import respond
from chatbot.siblings import siblings
from chatbot.understand import understand
from retrieval.constraints import TEXT
from retrieval.item import Item
from tests.chatbot.test_labelled import lexicons
from tests.chatbot.test_other_titles import read, titles
from tests.conftest import last

__all__ = ["lexicons"]


@pytest.mark.parametrize(
    ("said", "known", "unknown"),
    [
        ("something like Three Colors: Blue", {"Three Colours: Blue"}, ()),
        (
            "I loved Priscilla Queen of the Desert",
            {"The Adventures of Priscilla, Queen of the Desert"},
            (),
        ),
        ("I loved Silence of the Lamb", {"The Silence of the Lambs"}, ()),
        ("I loved Roman Holidays", {"Roman Holiday"}, ()),
        ("something like Shawn of the Dead", {"Shaun of the Dead"}, ()),
        ("I loved Pixar's Up and Disney's Moana", {"Up", "Moana"}, ()),
        ("something like Ghibli's Ponyo", {"Ponyo"}, ()),
        (
            "loved Before Sunrise, Sunset, and Midnight",
            {"Before Sunrise", "Before Sunset"},
            ("Midnight",),
        ),
        (
            "I loved Harry Potter and the Goblet of Fire",
            set(),
            ("Harry Potter and the Goblet of Fire",),
        ),
        (
            "I loved Harry Potter and The Northman",
            {"Harry Potter and the Philosopher's Stone"},
            ("The Northman",),
        ),
        ("I liked The Dark Knight Rises", set(), ("The Dark Knight Rises",)),
    ],
)
def test_a_title_that_is_said_in_another_way_is_found(
    parts: Parts, said: str, known: set[str], unknown: tuple[str, ...]
) -> None:
    assert titles(parts, said) == known
    assert read(parts, said).unknown == unknown


@pytest.mark.parametrize(
    ("said", "known", "unknown"),
    [
        ("I loved Frozen 2", set(), ("Frozen 2",)),
        ("I liked Alien 3 and Heat", {"Heat"}, ("Alien 3",)),
        ("something like Back to the Future Part II", set(), ("Back to the Future Part II",)),
        ("I hated Godfather Part III", set(), ("Godfather Part III",)),
        ("something like Kill Bill Vol. 2", set(), ("Kill Bill Vol. 2",)),
        ("I saw Rocky II", set(), ("Rocky II",)),
        ("I hated The Godfather Part II", {"The Godfather Part II"}, ()),
        ("something like Kill Bill 1", {"Kill Bill: Volume 1"}, ()),
        ("I loved Toy Story 1", {"Toy Story"}, ()),
        ("I loved Toy Story 2 and 3", {"Toy Story 2", "Toy Story 3"}, ()),
        ("I loved Dune 2", {"Dune: Part Two"}, ()),
        ("I watched Alien 3 times", {"Alien"}, ()),
        ("I watched Alien 3 nights ago", {"Alien"}, ()),
        ("I saw Heat at 2", {"Heat"}, ()),
    ],
)
def test_another_part_of_a_series_is_not_the_one_that_is_there(
    parts: Parts, said: str, known: set[str], unknown: tuple[str, ...]
) -> None:
    assert titles(parts, said) == known
    assert read(parts, said).unknown == unknown


def test_a_part_that_is_missing_is_said_to_be(parts: Parts) -> None:
    answer = last(respond(Conversation("t", "films"), "I loved Frozen 2", parts))
    assert "I do not have “Frozen 2” here." in answer.reply
    assert not answer.conversation.profile.liked


@pytest.mark.parametrize(
    "said", ["I loved the Coen Brothers", "i love the coen brothers", "the coen bros please"]
)
def test_who_makes_things_together_is_wished_for_together(parts: Parts, said: str) -> None:
    found = read(parts, said)
    assert {w.value for w in found.change.wants} == {"Joel Coen", "Ethan Coen"}
    assert not found.unknown


def test_a_surname_that_several_have_is_no_missing_title(parts: Parts) -> None:
    assert not read(parts, "I loved Bergman").unknown


@pytest.mark.parametrize("food", ["Kale", "Marmite", "Brussels Sprouts"])
def test_what_somebody_hates_to_eat_is_ruled_out_and_is_no_title(
    lexicons: dict[str, Lexicon], food: str
) -> None:
    found = understand(f"I hated {food}", Conversation("t", "recipes"), lexicons["recipes"])
    assert not found.unknown
    assert {(a.facet, a.value) for a in found.change.avoids} == {(TEXT, food.lower())}


def test_makers_named_with_spaces_only_are_nobodys_siblings() -> None:
    blank = [Item(str(n), f"Work {n}", {"director": (" ", "\u3000")}) for n in range(3)]
    assert siblings(blank, "director") == {}
