"""What is said of a list is taken up: comparisons, near misses, "none of these", slips of the finger."""

from collections.abc import Callable

import pytest

from chatbot.conversation import Conversation
from chatbot.events import Finished
from chatbot.parts import Parts
from chatbot.profile import SIMILAR
from chatbot.respond import respond
from chatbot.second_reader import ScriptedSecondReader
from chatbot.slips import unslipped
from chatbot.understand import Understanding, understand
from tests.conftest import last

Say = Callable[..., list[Finished]]
EAGER = ScriptedSecondReader(
    {"compare": 0.99, "inquire-item": 0.99, "inquire-system": 0.99, "accept": 0.99},
    {"similar": 0.01},
)
"""Takes everything for a question, and nothing for a wish for the like of something."""


def after_a_list(
    parts: Parts, said: str, second: bool = False
) -> tuple[Conversation, Understanding]:
    start = last(respond(Conversation("t", "films"), "drama", parts)).conversation
    return start, understand(said, start, parts.lexicon, EAGER if second else None)


def years(parts: Parts, ids: tuple[str, ...]) -> list[int]:
    return [int(parts.lexicon.items[id].fields["year"]) for id in ids]


@pytest.mark.parametrize(
    "said", ["newer than any of those", "newer than all of these", "something newer than these"]
)
def test_newer_than_all_of_them_is_newer_than_the_newest(parts: Parts, said: str) -> None:
    """It was read as newer than the middle one."""
    start, found = after_a_list(parts, said)
    (limit,) = found.change.limits
    assert (limit.facet, limit.op, limit.value) == (
        "year",
        ">",
        max(years(parts, start.last_shown)),
    )


@pytest.mark.parametrize("word", ["more recent", "more modern"])
def test_more_recent_than_a_list_is_not_the_last_ten_years(parts: Parts, word: str) -> None:
    """ "More recent" held "recent", which left out what is older than ten years."""
    start, found = after_a_list(parts, f"do you have anything {word}?")
    (limit,) = found.change.limits
    here = sorted(years(parts, start.last_shown))
    assert (limit.op, limit.value) == (">", here[len(here) // 2])
    assert not found.change.wants
    fresh = understand("something recent", Conversation("t", "films"), parts.lexicon)
    assert [x.op for x in fresh.change.limits] == [">="]


@pytest.mark.parametrize("second", [False, True])
def test_it_should_be_shorter_than_the_second_asks_nothing(parts: Parts, second: bool) -> None:
    """ "It" was counted as one of the compared, and a trained reader took it for a question."""
    start, found = after_a_list(parts, "it should be shorter than the second", second)
    (limit,) = found.change.limits
    runtime = parts.lexicon.items[start.last_shown[1]].fields["runtime"]
    assert (limit.facet, limit.op, limit.value) == ("runtime", "<", runtime)
    assert not found.did("compare", "inquire-item")
    _, asked = after_a_list(parts, "is the first shorter than the second?", second)
    assert asked.did("compare")


@pytest.mark.parametrize("second", [False, True])
@pytest.mark.parametrize(
    "said",
    [
        "the second one is the closest",
        "the second goes in the right direction",
        "the second is nearly it, more like that",
        "number 2 is more like it",
    ],
)
def test_a_near_miss_is_gone_by(parts: Parts, said: str, second: bool) -> None:
    """It was not understood, or taken for the choice of that film."""
    start, found = after_a_list(parts, said, second)
    assert {w.value for w in found.change.wants if w.facet == SIMILAR} == {start.last_shown[1]}
    assert not found.did("accept", "inquire-item", "off-topic")
    assert not found.change.liked


@pytest.mark.parametrize("said", ["None of these", "neither, something else", "no, none of them"])
def test_none_of_these_shows_less_of_what_was_offered_and_excludes_nothing(
    say: Say, said: str
) -> None:
    """The answers it turned down came back on the next list as if nothing had been said."""
    first, second = say("comedy", said)
    assert first.question is not None
    offered = {o.value for o in first.question.options}
    profile = second.conversation.profile
    assert {a.value for a in profile.avoids} == offered
    assert not profile.constraints
    assert second.cards
    assert {w.value for w in profile.wants} == {"comedy"}

    def carried(finished: Finished) -> int:
        return sum(bool(offered & set(c.item.values("tags"))) for c in finished.cards)

    assert first.question.facet == "tags"
    assert carried(second) < carried(first)


def test_not_minding_one_thing_settles_that_alone(say: Say) -> None:
    """No question was ever asked again; "just show me" still has that effect."""
    first, second, third = say("comedy", "I don't mind", "more")
    assert first.question is not None
    assert second.question is None, "not right behind it"
    assert third.question is not None
    assert third.question.facet != first.question.facet
    assert all(f.question is None for f in say("comedy", "just show me", "more", "others?")[1:])


def test_less_of_a_word_spares_what_was_asked_for_by_name(say: Say) -> None:
    """ "Less funny" stands for comedy too, and took back the wish for one."""
    *_, found = say("comedy", "not so much funny")
    assert "comedy" in {w.value for w in found.conversation.profile.wants}
    assert "funny" in {a.value for a in found.conversation.profile.avoids}
    *_, found = say("comedy", "less comedy please")
    assert "comedy" not in {w.value for w in found.conversation.profile.wants}


def test_nothing_is_asked_where_the_next_list_shows_the_rest(say: Say, parts: Parts) -> None:
    (found,) = say("musical from Japan")
    assert found.question is None
    for value, rows in parts.retriever.columns.vocabulary("tags").items():
        if 5 < len(rows) <= 10:
            (found,) = say(f"something about {value}")
            wishes = {w.value for w in found.conversation.profile.wants}
            assert found.question is None or wishes != {value}, value
            break


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("more, plaese", "more, please"),
        ("older than the sceond one", "older than the second one"),
        ("bfeore 1950", "before 1950"),
        ("Untied, please", "Untied, please"),
        ("a film by Ozu", "a film by Ozu"),
        ("alien", "alien"),
    ],
)
def test_exchanged_letters_are_put_back(parts: Parts, said: str, meant: str) -> None:
    assert unslipped(said, parts.lexicon) == meant


def test_what_was_mistyped_is_quoted_as_it_was_typed(parts: Parts) -> None:
    found = understand("bfeore 1950", Conversation("t", "films"), parts.lexicon)
    assert [(x.op, x.value, x.quote) for x in found.change.limits] == [("<", 1950, "bfeore 1950")]


def test_a_wish_that_is_added_does_not_turn_into_its_opposite(parts: Parts) -> None:
    """A trained reader took "romance too" for too much of it."""
    against = ScriptedSecondReader(words={"romance": "rather-not", "bittersweet": "rather-not"})
    for said in ("romance too", "ideally also bittersweet", "romance would be nice"):
        found = understand(said, Conversation("t", "films"), parts.lexicon, against)
        assert found.change.wants, said
        assert not found.change.avoids, said


def test_an_offered_answer_stands_with_more_said_behind_it(parts: Parts) -> None:
    start = last(respond(Conversation("t", "films"), "comedy", parts)).conversation
    question = start.turns[-1].question
    assert question is not None
    answer = question.options[0].value
    against = ScriptedSecondReader(words=dict.fromkeys(answer.split(), "rather-not"))
    found = understand(f"{answer}, and war", start, parts.lexicon, against)
    assert (question.facet, answer) in {(w.facet, w.value) for w in found.change.wants}
    assert not found.change.avoids


def test_what_do_you_have_asks_for_things(parts: Parts) -> None:
    """ "What comedies do you have?" was answered with who we are."""
    start = Conversation("t", "films")
    found = understand("what comedies do you have?", start, parts.lexicon, EAGER)
    assert "comedy" in {w.value for w in found.change.wants}
    assert not found.did("inquire-system", "inquire-item")


def test_an_exclusion_does_not_spread_to_the_wish_before_it(parts: Parts) -> None:
    """ "Drama, and no horror" was read as no drama by a trained reader."""
    against = ScriptedSecondReader(words={"drama": "avoid", "horror": "avoid"})
    found = understand("drama, and no horror", Conversation("t", "films"), parts.lexicon, against)
    assert "drama" in {w.value for w in found.change.wants}
    assert "drama" not in {a.value for a in found.change.avoids}
    assert "horror" in {a.value for a in found.change.avoids}


def test_a_comparison_and_a_figure_on_the_other_side_both_hold(parts: Parts) -> None:
    """The comparison was lost beside any figure of the same field."""
    start, found = after_a_list(parts, "older than the first one, and not before 1950")
    (first,) = years(parts, start.last_shown[:1])
    assert {(x.op, x.value) for x in found.change.limits} == {("<", first), (">=", 1950)}


def test_leave_out_names_no_leaves(parts: Parts) -> None:
    found = understand("please leave out horror", Conversation("t", "films"), parts.lexicon)
    assert not found.change.wants
    assert "horror" in {a.value for a in found.change.avoids}


def test_of_a_comparison_and_a_figure_on_one_side_the_stricter_holds(parts: Parts) -> None:
    start, found = after_a_list(parts, "older than the first one, and not after 2020")
    (first,) = years(parts, start.last_shown[:1])
    assert {(x.op, x.value) for x in found.change.limits} == {("<", first)}
    _, found = after_a_list(parts, "older than the first one, and not after 1930")
    assert {(x.op, x.value) for x in found.change.limits} == {("<=", 1930)}
    _, found = after_a_list(parts, "shorter, under 90 minutes")
    assert {(x.op, x.value) for x in found.change.limits} == {("<", 90)}


def test_a_range_that_was_offered_means_what_was_offered_with_more_behind_it(parts: Parts) -> None:
    start = last(respond(Conversation("t", "films"), "drama", parts)).conversation
    question = start.turns[-1].question
    assert question is not None
    assert question.facet == "runtime"
    found = understand(f"{question.options[1].value}. no horror", start, parts.lexicon)
    low, high = 100, 120
    assert question.options[1].value == f"{low} to {high} minutes"
    assert [(x.facet, x.op, x.value) for x in found.change.limits] == [
        ("runtime", ">=", low),
        ("runtime", "<=", high),
    ]
    assert "horror" in {a.value for a in found.change.avoids}


@pytest.mark.parametrize(
    "said", ["I don't want short films", "less modern please", "without modern"]
)
def test_a_word_that_is_turned_down_sets_no_limit(parts: Parts, said: str) -> None:
    found = understand(said, Conversation("t", "films"), parts.lexicon)
    assert not found.change.limits


def test_a_word_does_not_loosen_the_figure_that_stands(say: Say) -> None:
    *_, found = say("a drama of 80 minutes at most", "something short")
    assert [(x.op, x.value) for x in found.conversation.profile.limits] == [("<=", 80)]
    *_, found = say("a drama of 130 minutes at most", "something short")
    assert [(x.op, x.value) for x in found.conversation.profile.limits] == [("<=", 100)]
