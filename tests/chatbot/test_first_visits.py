"""What people who tried it for the first time ran into: what they eat, whom they speak of, what they say first."""

from collections.abc import Callable

import pytest

from chatbot.events import Finished
from chatbot.lexicon import Lexicon
from chatbot.profile import CONTEXT, ProfileChange
from chatbot.understand import understand
from tests.chatbot.slots import conversation_of
from tests.chatbot.test_labelled import lexicons

__all__ = ["lexicons"]
Say = Callable[..., list[Finished]]
Lexicons = dict[str, Lexicon]


def change(lexicons: Lexicons, catalogue: str, text: str) -> ProfileChange:
    lexicon = lexicons[catalogue]
    conversation = conversation_of({"catalogue": catalogue}, lexicon)
    return understand(text, conversation, lexicon).change


@pytest.mark.parametrize(
    ("text", "ruled_out"),
    [
        ("my daughter is coeliac", "gluten"),
        ("my husband is lactose intolerant, quick dinner please", "dairy"),
        ("dinner for two, nothing with meat in it", "lamb"),
    ],
)
def test_what_somebody_cannot_eat_is_ruled_out(
    lexicons: Lexicons, text: str, ruled_out: str
) -> None:
    found = change(lexicons, "recipes", text)
    assert ruled_out in {a.value for a in found.avoids}
    assert not [w for w in found.wants if w.facet in ("text", CONTEXT) and w.value in text[:40]]


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ("I'm vegan and gluten free. dinner ideas?", {"vegan", "gluten free"}),
        ("my wife is vegetarian, a quick pasta", {"vegetarian"}),
        ("something vegan, maybe a curry", set()),
    ],
)
def test_what_somebody_eats_has_to_be_and_what_they_fancy_need_not(
    lexicons: Lexicons, text: str, needed: set[str]
) -> None:
    found = change(lexicons, "recipes", text)
    assert {x.value for x in found.limits if x.facet == "tags"} == needed


@pytest.mark.parametrize(
    ("catalogue", "suits"),
    [
        ("films", ("genres", "family")),
        ("books", ("genres", "children")),
        ("shop", ("tags", "kids")),
        ("recipes", ("tags", "kid-friendly")),
    ],
)
def test_children_get_what_is_for_them_and_not_what_is_about_families(
    lexicons: Lexicons, catalogue: str, suits: tuple[str, str]
) -> None:
    found = change(lexicons, catalogue, "something for my kids")
    assert [(w.facet, w.value) for w in found.wants if w.facet != CONTEXT] == [suits]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("I need a kettle, but it mustn't whistle", "whistle"),
        ("he already has a puzzle. toys for a 7 year old", "puzzle"),
    ],
)
def test_what_it_must_not_do_and_what_is_there_already_is_not_wanted(
    lexicons: Lexicons, text: str, value: str
) -> None:
    found = change(lexicons, "shop", text)
    assert value in {a.value for a in found.avoids}
    assert value not in {w.value for w in found.wants}


def test_how_something_like_it_should_be_says_nothing_of_the_one_that_is_named(
    lexicons: Lexicons,
) -> None:
    found = change(lexicons, "films", "something like Alien, but funny")
    assert found.liked == ()
    assert "comedy" in {w.value for w in found.wants}


def test_what_could_not_be_finished_is_the_one_behind_it(lexicons: Lexicons) -> None:
    text = "I loved Pride and Prejudice and also The Hobbit but I couldn't finish Middlemarch"
    found = change(lexicons, "books", text)
    assert found.disliked == ("middlemarch-1871",)
    assert set(found.liked) == {"pride-and-prejudice-1813", "the-hobbit-1937"}


def test_pages_are_written_short_too(lexicons: Lexicons) -> None:
    found = change(lexicons, "books", "a novel, not more than 300 pgs")
    assert [(x.facet, x.op, x.value) for x in found.limits] == [("pages", "<=", 300)]


@pytest.mark.parametrize(
    "text",
    [
        "They've seen everything with Audrey Hepburn and Cary Grant",
        "my nan loves Tom Hanks, has seen them all",
    ],
)
def test_what_others_have_seen_is_not_the_list(say: Say, text: str) -> None:
    *_, after = say("something funny", text)
    assert after.conversation.profile.seen == ()


def test_what_was_not_said_is_not_said_again_by_denying_it(say: Say) -> None:
    *_, after = say("something funny", "no I didn't say I disliked it!!")
    assert after.conversation.profile.disliked == ()


def test_never_mind_a_decade_lifts_it_and_rules_nothing_out(say: Say) -> None:
    *_, after = say("a thriller", "from the nineties", "OK never mind the nineties")
    assert after.conversation.profile.limits == ()


def test_all_about_one_thing_is_not_all(say: Say) -> None:
    *_, after = say("a comedy", "I hate musicals", "forget everything about musicals")
    assert after.conversation.profile.avoids == ()
    assert [w.value for w in after.conversation.profile.wants] == ["comedy"]


def test_money_is_no_object(say: Say) -> None:
    *_, after = say("a comedy under 100 minutes", "length is no object")
    assert after.conversation.profile.limits == ()


def test_idioms_are_no_wishes(say: Say) -> None:
    text = "I had a really rough day at work and just want to switch off my brain"
    (after,) = say(text)
    assert after.conversation.profile.wants == ()


def test_who_starts_over_points_at_nothing(say: Say) -> None:
    *_, over, pointed = say("a heist film", "start over", "I have seen the second one")
    assert over.conversation.last_shown == ()
    assert pointed.conversation.profile.seen == ()


def test_what_no_catalogue_lists_is_said(say: Say) -> None:
    *_, asked = say("something funny", "is the first one on netflix?")
    assert asked.reply.startswith("The catalogue does not say that of ")
