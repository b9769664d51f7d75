"""Titles that several films have: one is taken, the other named once, and can be put in its place."""

from collections.abc import Callable

from chatbot.events import Finished
from chatbot.profile import SIMILAR

Say = Callable[..., list[Finished]]


def test_the_other_film_of_a_title_is_named_once(say: Say) -> None:
    first, second = say("something like True Grit", "what about True Grit, but funny")
    assert "True Grit (1969)" in first.reply
    assert "there is also" in first.reply
    assert "there is also" not in second.reply


def test_no_the_1969_one_puts_the_other_in_its_place(say: Say) -> None:
    profile = say("something like True Grit", "no, I meant the 1969 one")[-1].conversation.profile
    assert [w.value for w in profile.wants if w.facet == SIMILAR] == ["true-grit-1969"]
    profile = say("I loved Scarface", "the 1932 one I mean")[-1].conversation.profile
    assert profile.liked == ("scarface-1932",)


def test_a_year_tells_films_of_one_title_apart_at_once(say: Say) -> None:
    (only,) = say("I loved Scarface (1932)")
    assert only.conversation.profile.liked == ("scarface-1932",)
    assert "there is also" not in only.reply


def test_a_denied_limit_is_quoted_with_its_denial(say: Say) -> None:
    """ "Over two hours is too long" was once read as a wish for long films."""
    for said in ("over two hours is too long", "两个小时以上的不看"):
        (limit,) = say(said)[-1].conversation.profile.limits
        assert limit.quote == said
        assert limit.op in ("<", "<=")
