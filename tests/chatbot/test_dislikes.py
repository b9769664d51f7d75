"""What is disliked, and what only stands near a dislike."""

from pathlib import Path

import pytest

from chatbot.conversation import Conversation
from chatbot.lexicon import Lexicon
from chatbot.understand import understand
from retrieval.catalogue import Catalogue, write_catalogue

TITLES = ("Selena", "The Cell", "Maid in Manhattan", "Forrest Gump", "Saw", "Frozen", "Star Trek",
          "The Sixth Sense", "Guardians of the Galaxy", "Airplane II: The Sequel", "Indiana Jones")  # fmt: skip


@pytest.fixture(scope="module")
def lexicon(tmp_path_factory: pytest.TempPathFactory) -> Lexicon:
    folder: Path = tmp_path_factory.mktemp("films")
    rows = [
        {"id": t, "title": t, "year": 2000, "genres": ["comedy" if n % 2 else "horror"]}
        for n, t in enumerate(TITLES)
    ]
    write_catalogue(folder, rows)
    return Lexicon(Catalogue(folder))


@pytest.mark.parametrize(
    ("said", "disliked"),
    [
        ("I loved Selena and also The Cell. But not so much in Maid in Manhattan", {"Maid in Manhattan"}),
        ("i love Forrest Gump i do not like Saw", {"Saw"}),
        ("oh yeah who doesnt love Frozen", set()),
        ("I've seen Guardians of the Galaxy but it was too silly for my tastes", {"Guardians of the Galaxy"}),
        ("I like The Sixth Sense too but don't like that directors other movies", set()),
        ("Not really, more like the Indiana Jones series", set()),
        ("I really don't like science fiction like Star Trek", {"Star Trek"}),
        ("Star Trek was ok, but not really my cup of tea", {"Star Trek"}),
    ],
)  # fmt: skip
def test_only_what_is_said_to_be_disliked_is(
    lexicon: Lexicon, said: str, disliked: set[str]
) -> None:
    found = understand(said, Conversation("t", "films"), lexicon)
    assert set(found.change.disliked) == disliked


def test_the_sequel_names_no_film_that_ends_so(lexicon: Lexicon) -> None:
    found = understand("I saw the sequel, I was let down", Conversation("t", "films"), lexicon)
    assert found.change.disliked == ()
    assert found.change.seen == ()


def test_a_question_behind_a_refusal_asks_for_something_else(lexicon: Lexicon) -> None:
    asked = Conversation("t", "films")
    found = understand("I am not into horror, any comedies?", asked, lexicon)
    assert {a.value for a in found.change.avoids} == {"horror"}
    listed = understand("no horror, comedies or anything sad", asked, lexicon)
    assert {"horror", "comedy"} <= {a.value for a in listed.change.avoids}
