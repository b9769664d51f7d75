"""Wordings whose meaning was turned into its opposite: what follows a limit that is said with "no", what lets
something through, what is taken back by a word."""

import pytest

from chatbot.conversation import Conversation
from chatbot.lexicon import Lexicon
from chatbot.parts import Parts
from chatbot.profile import ProfileChange
from chatbot.understand import understand
from tests.chatbot.slots import conversation_of


@pytest.fixture(scope="module")
def lexicon(parts: Parts) -> Lexicon:
    return parts.lexicon


def change(text: str, lexicon: Lexicon) -> ProfileChange:
    return understand(text, Conversation("t", "films"), lexicon).change


def wanted(found: ProfileChange) -> set[str]:
    """What is wished for or has to be."""
    return {w.value for w in found.wants} | {
        x.value for x in found.limits if isinstance(x.value, str)
    }


def years(found: ProfileChange) -> set[tuple[str, object]]:
    return {(x.op, x.value) for x in found.limits if x.facet == "year"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no longer than 100 minutes and scary", "scary"),
        ("not before 1990 with Tom Hanks", "Tom Hanks"),
        ("no later than 1959 and it has to be Japanese", "Japan"),
        ("no horror and it has to be Japanese", "Japan"),
    ],
)
def test_what_is_said_behind_a_limit_is_wanted(text: str, value: str, lexicon: Lexicon) -> None:
    found = change(text, lexicon)
    assert value in wanted(found)
    assert value not in {a.value for a in found.avoids}


def test_a_list_of_what_is_ruled_out_may_still_go_on_behind_a_limit(lexicon: Lexicon) -> None:
    found = change("nothing longer than 100 minutes or scary", lexicon)
    assert "scary" in {a.value for a in found.avoids}


@pytest.mark.parametrize("text", ["anything but the 80s", "any decade but the 80s"])
def test_all_but_a_decade_is_not_that_decade(text: str, lexicon: Lexicon) -> None:
    assert years(change(text, lexicon)) == {("!=", year) for year in range(1980, 1990)}


def test_what_is_to_be_taken_away_is_no_wish(lexicon: Lexicon) -> None:
    found = change("please remove everything over 150 minutes", lexicon)
    assert {(x.facet, x.op, x.value) for x in found.limits} == {("runtime", "<=", 150)}


def test_what_is_excepted_from_words_beyond_the_facets_is_let_through(lexicon: Lexicon) -> None:
    found = change("no Marvel except Black Panther", lexicon)
    assert [a.value for a in found.avoids] == ["marvel"]
    panther = next(i.id for i in lexicon.items.values() if i.title == "Black Panther")
    assert found.avoids[0].unless == (("id", panther),)


def test_what_holds_on_is_taken_back(lexicon: Lexicon) -> None:
    assert years(change("from the 60s, no hang on, 50s, and British", lexicon)) == {
        (">=", 1950),
        ("<=", 1959),
    }


@pytest.mark.parametrize(
    ("earlier", "text"),
    [
        ("something with no sex in it", "scratch the no sex thing"),
        ("anything without Nicole Kidman", "oh and Nicole Kidman can come off the naughty list"),
        ("no musicals", "I withdraw my objection to musicals"),
        ("a drama without Julia Roberts", "ok, Julia is allowed"),
    ],
)
def test_a_taking_back_takes_it_off_and_rules_nothing_out(
    earlier: str, text: str, lexicon: Lexicon
) -> None:
    before = conversation_of({"catalogue": "films", "earlier": [earlier]}, lexicon)
    assert before.profile.avoids
    after = before.changed(understand(text, before, lexicon).change)
    assert after.profile.avoids == ()


def test_one_word_takes_back_only_what_stands_on_the_profile(lexicon: Lexicon) -> None:
    before = conversation_of({"catalogue": "films", "earlier": ["a western"]}, lexicon)

    def left(text: str) -> set[str]:
        after = before.changed(understand(text, before, lexicon).change)
        return {w.value for w in after.profile.wants}

    assert left("forget pirates") == left("") == {"western"}
    assert left("forget westerns") == set()


def test_a_count_of_times_points_at_nothing(lexicon: Lexicon) -> None:
    shown = {"catalogue": "films", "shown": ["Titanic", "The Notebook", "Pretty Woman"]}
    before = conversation_of(shown, lexicon)
    assert not understand(
        "omg not titanic again i have seen it like 9 times", before, lexicon
    ).unclear
