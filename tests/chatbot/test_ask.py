"""Questions: about what tells most of the current candidates, with true counts, and never a nuisance."""

import random
from collections.abc import Callable
from dataclasses import replace

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from chatbot.ask import RELAX, best_question, information, limits_of, ranges
from chatbot.conversation import Conversation
from chatbot.events import Finished
from chatbot.parts import Parts
from chatbot.recommend import fits_wishes, query_of
from chatbot.respond import respond
from chatbot.voice import Voice
from retrieval.constraints import permitted
from retrieval.item import Item
from tests.chatbot.worlds import Row, opened, row_lists, utterance_of
from tests.conftest import last

Say = Callable[..., list[Finished]]


def within(item: Item, facet: str, answer: str, numeric: bool, voice: Voice) -> bool:
    if not numeric:
        return item.has(facet, answer)
    number = item.number(facet)
    checks = {
        "<": lambda n, v: n < v,
        "<=": lambda n, v: n <= v,
        ">=": lambda n, v: n >= v,
        ">": lambda n, v: n > v,
    }
    return number is not None and all(checks[op](number, v) for op, v in limits_of(answer, voice))


def check_question(finished: Finished, parts: Parts) -> None:
    """Every option counts what it would leave: within the limits, fitting every wish, not shown before
    or just now."""
    question = finished.question
    assert question
    turns, profile = finished.conversation.turns, finished.conversation.profile
    conversation = Conversation("", "", turns, profile)
    query = query_of(conversation, parts.retriever)
    hidden = query.hidden | set(finished.conversation.hidden)
    free = [
        i
        for i in parts.lexicon.items.values()
        if i.id not in hidden and permitted(i, query.constraints)
    ]
    fitting = [i for i in free if fits_wishes(i, query)] or free
    numeric = question.facet in parts.lexicon.schema.numbers
    voice = Voice(finished.conversation.language)
    for option in question.options:
        count = sum(within(i, question.facet, option.value, numeric, voice) for i in fitting)
        assert option.remaining == count > 0, (question.facet, option)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(row_lists(), st.lists(st.integers(0, 2**32), min_size=5, max_size=5))
def test_no_question_comes_twice_three_times_in_a_row_or_after_it_was_waved_off(
    rows: list[Row], seeds: list[int]
) -> None:
    world = opened(rows)
    for seed in seeds:
        dice = random.Random(seed)
        conversation = Conversation(f"t{seed}", "shop")
        asked: list[str] = []
        row, waved_off = 0, False
        for turn in range(9):
            said = utterance_of(world, dice) if turn else "hello"
            if turn == 6:
                said = "just show me"
            question = conversation.turns[-1].question if turn else None
            if question and dice.random() < 0.5:
                said = dice.choice(question.options).value
            waved_off |= said == "just show me"
            finished = last(respond(conversation, said, world.parts))
            conversation = finished.conversation
            waved_off &= not any("restart" in t.acts for t in conversation.turns[6:])
            question = finished.question
            if question is None or question.facet == RELAX:
                row = 0
                continue
            row += 1
            assert not waved_off
            assert row <= 2
            assert question.facet not in asked
            assert question.facet not in {x.facet for x in conversation.profile.limits}
            assert 2 <= len(question.options) <= 4
            asked.append(question.facet)
            check_question(finished, world.parts)


def test_information_is_that_of_the_answer_about_the_item() -> None:
    """An item that fits two answers makes the answer less telling; that was counted as telling more."""
    even = np.full(4, 0.25)
    apart = [np.array([0, 1]), np.array([2, 3])]
    assert information(apart, even) == pytest.approx(1.0)
    same = [np.array([0, 1, 2, 3]), np.array([0, 1, 2, 3])]
    assert information(same, even) == pytest.approx(0.0)
    assert information([np.array([0])], np.array([1.0, 0, 0, 0])) == pytest.approx(0.0)


def test_a_range_means_exactly_what_it_says() -> None:
    assert ranges("year", [1980, 2000]) == ["before 1980", "1980 to 1999", "2000 or later"]
    assert [limits_of(t) for t in ranges("year", [1980, 2000])] == [
        [("<", 1980)],
        [(">=", 1980), ("<=", 1999)],
        [(">=", 2000)],
    ]
    assert ranges("price", [20]) == ["under 20", "over 20"]
    assert [limits_of(t) for t in ranges("runtime", [90, 120])] == [
        [("<", 90)],
        [(">=", 90), ("<=", 120)],
        [(">", 120)],
    ]
    assert limits_of("drama") == []


def test_a_wish_that_fits_much_gets_a_list_and_a_question_whose_answer_holds(
    say: Say, parts: Parts
) -> None:
    first = say("a comedy")[-1]
    assert len(first.cards) == 5
    assert first.question
    check_question(first, parts)
    answer = first.question.options[0]
    second = last(respond(first.conversation, answer.value, parts))
    assert len(second.cards) == 5
    assert second.question is None or second.question.facet != first.question.facet


def test_a_list_that_holds_all_that_fits_comes_without_a_question(say: Say, parts: Parts) -> None:
    counts = []
    for said in ("a film noir by Orson Welles", "a Korean heist film", "a comedy by Agnes Varda"):
        finished = say(said)[-1]
        query = query_of(Conversation("", "", (), finished.conversation.profile), parts.retriever)
        items = [
            i
            for i in parts.lexicon.items.values()
            if permitted(i, query.constraints) and fits_wishes(i, query)
        ]
        counts.append(len(items))
        if 0 < len(items) <= 5:
            assert finished.question is None, said
    assert any(0 < count <= 5 for count in counts)


def test_just_show_me_holds_until_start_over(say: Say) -> None:
    found = say("hello", "just show me", "a comedy", "hello", "start over", "a comedy")
    assert [f.question is not None for f in found[:4]] == [True, False, False, False]
    assert found[-1].question


def test_a_policy_that_never_asks_and_one_that_asks_while_it_can(say: Say, parts: Parts) -> None:
    for policy, wanted in (("recommend", "recommend"), ("ask", "ask")):
        dialogue = parts.dialogue.model_copy(update={"policy": policy})
        finished = last(
            respond(Conversation("t", "films"), "a comedy", replace(parts, dialogue=dialogue))
        )
        assert finished.action == wanted
        assert bool(finished.question) == (policy == "ask")


def test_nothing_is_asked_where_every_answer_is_known(parts: Parts) -> None:
    columns = parts.retriever.columns
    one = np.zeros(len(columns.ids), dtype=np.bool_)
    one[0] = True
    belief = one.astype(np.float64)
    assert best_question(one, belief, columns, parts.lexicon.schema, set(), parts.dialogue) is None
