"""Titles that the catalogue does not have: said so, and not taken for what their words can also mean."""

import pytest

from chatbot.conversation import Conversation
from chatbot.lexicon import Lexicon
from chatbot.parts import Parts
from chatbot.profile import SIMILAR
from chatbot.respond import respond
from chatbot.second_reader import ScriptedSecondReader
from chatbot.understand import Understanding, understand
from tests.chatbot.test_labelled import lexicons
from tests.conftest import last

__all__ = ["lexicons"]


def read(parts: Parts, said: str) -> Understanding:
    return understand(said, Conversation("t", "films"), parts.lexicon)


def titles(parts: Parts, said: str) -> set[str]:
    change = read(parts, said).change
    ids = {*change.liked, *change.disliked, *change.seen}
    ids |= {str(w.value) for w in change.wants if w.facet == SIMILAR}
    return {parts.lexicon.items[id].title for id in ids}


@pytest.mark.parametrize(
    ("said", "unknown"),
    [
        ("something like Baby Driver", "Baby Driver"),
        ("I loved Baby Driver", "Baby Driver"),
        ("I loved Step Brothers", "Step Brothers"),
        ("I liked The Dark Knight Rises", "The Dark Knight Rises"),
        ("something like Rocky Balboa", "Rocky Balboa"),
        ("have you got Saltburn?", "Saltburn"),
        ("I watched Tenet last night and hated it", "Tenet"),
        ("do you have Bird Box?", "Bird Box"),
        ("I loved Fast and Furious", "Fast and Furious"),
        ("my favourite film is The Holiday", "The Holiday"),
        ("I saw Saltburn last week", "Saltburn"),
        ("similar to Stranger Things please", "Stranger Things"),
    ],
)
def test_a_title_that_is_not_there_is_said_to_be_missing_and_read_as_nothing_else(
    parts: Parts, said: str, unknown: str
) -> None:
    found = read(parts, said)
    assert found.unknown == (unknown,)
    assert found.change.is_empty
    answer = last(respond(Conversation("t", "films"), said, parts))
    assert f"I do not have “{unknown}” here." in answer.reply
    assert not answer.conversation.profile.wants


@pytest.mark.parametrize(
    ("said", "known", "unknown"),
    [
        ("I loved Superbad and Step Brothers", {"Superbad"}, ("Step Brothers",)),
        ("I loved Step Brothers and Superbad", {"Superbad"}, ("Step Brothers",)),
        ("seen Tenet, Alien and The Northman", {"Alien"}, ("Tenet", "The Northman")),
        ("I've seen The Crown and The Godfather", {"The Godfather"}, ("The Crown",)),
        ("I saw Cabaret with Sid", {"Cabaret"}, ()),
        ("I saw Oppenheimer and Barbie on Saturday with Sarah", {"Oppenheimer", "Barbie"}, ()),
        ("I saw Oppenheimer and Wicked on Saturday", {"Oppenheimer"}, ("Wicked",)),
        (
            "I've seen My Dinner with Andre, and Alien I loved",
            {"My Dinner with Andre", "Alien"},
            (),
        ),
        ("I loved Harry Potter", {"Harry Potter and the Philosopher's Stone"}, ()),
        ("Something Like The Matrix", {"The Matrix"}, ()),
        ("I loved Heat with Al Pacino", {"Heat"}, ()),
        ("I loved the Shawshank DVD", {"The Shawshank Redemption"}, ()),
        ("something like the original Alien", {"Alien"}, ()),
    ],
)
def test_titles_that_are_there_are_found_beside_others(
    parts: Parts, said: str, known: set[str], unknown: tuple[str, ...]
) -> None:
    assert titles(parts, said) == known
    assert read(parts, said).unknown == unknown


def test_a_title_in_small_letters_is_no_other_one_that_it_ends_with(parts: Parts) -> None:
    """A second reader takes "driver" for The Driver."""
    read_as_titles = ScriptedSecondReader(titles=0.99)
    said = "i loved baby driver"
    found = understand(said, Conversation("t", "films"), parts.lexicon, read_as_titles)
    assert found.unknown == ("baby driver",)
    assert found.change.is_empty


@pytest.mark.parametrize(
    "said",
    [
        "have you got Christmas films?",
        "something like Bollywood films",
        "I love Japanese Horror",
        "have you got anything by Greta Gerwig?",
        "something like a Western",
        "I like Mondays",
        "have I seen it?",
    ],
)
def test_names_of_kinds_and_people_are_no_titles(parts: Parts, said: str) -> None:
    assert not read(parts, said).unknown


def test_what_was_seen_is_noted_beside_a_question(parts: Parts) -> None:
    """ "I've seen Alien" was answered with a question alone, as if it had not been heard."""
    answer = last(respond(Conversation("t", "films"), "I've seen Alien", parts))
    assert answer.conversation.profile.seen
    assert answer.reply.startswith("Noted: you have seen Alien.")


FRAMES = ("I loved {}", "something like {} please", "have you got {}?", "I saw {} and hated it")


@pytest.mark.parametrize("catalogue", ["films", "books", "recipes", "shop"])
def test_no_title_of_a_catalogue_is_said_to_be_missing(
    catalogue: str,
    lexicons: dict[str, Lexicon],
) -> None:
    lexicon = lexicons[catalogue]
    for number, item in enumerate(lexicon.items.values()):
        said = FRAMES[number % len(FRAMES)].format(item.title)
        assert not understand(said, Conversation("t", catalogue), lexicon).unknown, said
