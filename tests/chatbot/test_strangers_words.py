"""Turns of phrase that strangers were misunderstood in: places of stories, both of us, the same guy."""

import pytest

from chatbot.answer import answer
from chatbot.conversation import Conversation
from chatbot.lexicon import Lexicon
from chatbot.parts import Parts
from chatbot.profile import CONTEXT
from chatbot.respond import respond
from tests.chatbot.test_first_visits import change
from tests.chatbot.test_labelled import lexicons
from tests.conftest import last

__all__ = ["lexicons"]


def kinds(entries: object) -> set[tuple[str, str]]:
    return {(e.facet, e.value) for e in entries}  # type: ignore[attr-defined]


def test_where_a_story_takes_place_is_told_apart_from_where_a_film_is_from(
    lexicons: dict[str, Lexicon],
) -> None:
    there = change(lexicons, "films", "set in Japan but not in Japanese")
    assert kinds(there.avoids) == {("countries", "Japan")}
    assert ("tags", "feudal Japan") in kinds(there.wants)
    assert "countries" not in {w.facet for w in there.wants}
    from_there = change(lexicons, "films", "a Japanese film, but not set in Japan")
    assert kinds(from_there.wants) == {("countries", "Japan")}
    assert {a.facet for a in from_there.avoids} == {"tags"}
    whole = change(lexicons, "films", "nothing set in Japan")
    assert {"countries", "tags"} <= {a.facet for a in whole.avoids}


@pytest.mark.parametrize("said", ["ok the most popular one then", "sounds good", "deal"])
def test_nothing_is_taken_where_nothing_was_shown(parts: Parts, said: str) -> None:
    first = last(respond(Conversation("t", "films"), said, parts))
    assert "Enjoy" not in first.reply
    shown = last(respond(Conversation("t", "films"), "a comedy", parts)).conversation
    assert "Enjoy" in last(respond(shown, "sounds good", parts)).reply


@pytest.mark.parametrize("said", ["something we both haven't seen", "one that suits you both"])
def test_both_of_us_are_no_items(parts: Parts, said: str) -> None:
    shown = last(respond(Conversation("t", "films"), "a comedy", parts)).conversation
    found = last(respond(shown, said, parts))
    assert "Which one do you mean" not in found.reply
    assert found.cards


@pytest.mark.parametrize(
    "said", ["something by the same guy", "anything else from the same man", "by the same person?"]
)
def test_the_same_guy_is_who_made_it(parts: Parts, said: str) -> None:
    talked = last(respond(Conversation("t", "films"), "tell me about Heat", parts)).conversation
    found = last(respond(talked, said, parts))
    assert kinds(found.conversation.profile.wants) == {("directors", "Michael Mann")}


def test_a_question_for_what_is_in_a_dish_is_answered_by_any_form_of_the_word(
    lexicons: dict[str, Lexicon],
) -> None:
    recipes = lexicons["recipes"]
    fry = next(i for i in recipes.items.values() if i.title == "Full English Breakfast")
    assert answer("is there egg in it?", fry, recipes).startswith("Yes: the catalogue lists eggs")
    free = next(i for i in recipes.items.values() if i.has("tags", "gluten free"))
    assert "does not list “gluten”" in answer("is there gluten in it?", free, recipes)


def test_a_year_before_our_era_is_written_as_people_write_it(lexicons: dict[str, Lexicon]) -> None:
    odyssey = next(i for i in lexicons["books"].items.values() if i.title == "The Odyssey")
    assert odyssey.label() == "The Odyssey (700 BC)"
    assert "700 BC" in answer("when was it written?", odyssey, lexicons["books"])
    assert "year: 700 BC" in answer("tell me about it", odyssey, lexicons["books"]).casefold().replace("bc", "BC")  # fmt: skip


@pytest.mark.parametrize(
    ("catalogue", "said", "limit"),
    [
        ("films", "I don't have an hour", ("runtime", "<", 60)),
        ("films", "we haven't got two hours", ("runtime", "<", 120)),
        ("films", "I don't have more than two hours", ("runtime", "<=", 120)),
        ("shop", "I don't have 50 euros", ("price", "<", 50)),
    ],
)
def test_what_somebody_does_not_have_is_more_than_it_may_take(
    lexicons: dict[str, Lexicon], catalogue: str, said: str, limit: tuple[str, str, int]
) -> None:
    (found,) = change(lexicons, catalogue, said).limits
    assert (found.facet, found.op, found.value) == limit


@pytest.mark.parametrize("said", ["help me fall asleep", "something to fall asleep to"])
def test_going_to_sleep_is_an_occasion(lexicons: dict[str, Lexicon], said: str) -> None:
    assert {w.facet for w in change(lexicons, "films", said).wants} == {CONTEXT}


def test_a_present_for_a_child_is_quoted_whole(lexicons: dict[str, Lexicon]) -> None:
    found = change(lexicons, "shop", "a birthday gift for my 9 year old nephew")
    assert "a birthday gift for my 9 year old nephew" in {w.quote for w in found.wants}
    assert {(x.facet, x.op, x.value) for x in found.limits} == {("age_from", "<=", 9)}


def test_dinner_is_a_main_course_where_courses_are_listed(lexicons: dict[str, Lexicon]) -> None:
    assert ("course", "main") in kinds(change(lexicons, "recipes", "dinner for two").wants)
    assert ("course", "main") not in kinds(change(lexicons, "films", "dinner for two").wants)


def test_a_title_that_is_a_surname_too_is_said_to_be_missing(parts: Parts) -> None:
    found = last(respond(Conversation("t", "films"), "have you got The Whale", parts))
    assert "I do not have “The Whale” here." in found.reply


def test_what_else_somebody_wrote_may_be_asked_in_any_order(parts: Parts) -> None:
    talked = last(respond(Conversation("t", "films"), "who directed Heat?", parts)).conversation
    found = last(respond(talked, "has he directed anything else?", parts))
    assert kinds(found.conversation.profile.wants) == {("directors", "Michael Mann")}


def test_another_word_for_a_kind_of_goods(lexicons: dict[str, Lexicon]) -> None:
    for said in ("a rucksack for school", "schoolbags"):
        assert ("category", "backpacks") in kinds(change(lexicons, "shop", said).wants)
