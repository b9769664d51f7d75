"""Nothing left: which promise empties the list, and offers whose counts are those of brute force."""

import random
from collections.abc import Callable
from itertools import combinations
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from chatbot.conversation import Conversation
from chatbot.events import Finished
from chatbot.parts import Parts
from chatbot.profile import Limit, Preference, Profile, apply
from chatbot.relax import limit_name, relaxations
from chatbot.respond import respond
from retrieval.constraints import Constraint, permitted
from tests.chatbot.worlds import OPS, Row, opened, row_lists
from tests.conftest import last

Say = Callable[..., list[Finished]]


def promises(profile: Profile) -> dict[str, list[Constraint]]:
    found: dict[str, list[Constraint]] = {}
    for limit in profile.limits:
        found.setdefault(limit_name(limit), []).append(limit.constraint)
    for avoid in profile.avoids:
        if avoid.strength >= 0.5:
            found.setdefault(avoid.name, []).append(Constraint(avoid.facet, "!=", avoid.value))
    return found


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(row_lists(), st.lists(st.integers(0, 2**32), min_size=10, max_size=10))
def test_offers_are_the_smallest_steps_and_their_counts_are_true(
    rows: list[Row], seeds: list[int]
) -> None:
    world = opened(rows)
    items = list(world.parts.lexicon.items.values())
    columns = world.parts.retriever.columns
    for seed in seeds:
        dice = random.Random(seed)
        quotes = [f"phrase {n}" for n in range(4)]
        values = [dice.choice(world.values) for _ in range(dice.randint(0, 4))]
        avoids = {(f, v): Preference(f, v, 1.0, dice.choice(quotes), 1) for f, v in values}
        numbers = [dice.choice(world.numbers) for _ in range(dice.randint(1, 3)) if world.numbers]
        limits = [Limit(f, dice.choice(OPS), v, dice.choice(quotes), 1) for f, v in numbers]
        only = [
            Limit(f, "=", v, "only that", 1) for f, v in dice.sample(values, min(1, len(values)))
        ]
        profile = Profile(avoids=tuple(avoids.values()), limits=(*limits, *only))
        hidden = frozenset(i.id for i in items if dice.random() < 0.2)
        unseen = [i for i in items if i.id not in hidden]
        found = relaxations(profile, columns, hidden, 2)
        whole = promises(profile)

        def free(kept: dict[str, list[Constraint]], unseen: list[Any] = unseen) -> int:
            return sum(permitted(i, [c for cs in kept.values() for c in cs]) for i in unseen)

        if free(whole):
            assert found == []
            continue
        assert [r.answer for r in found] == list(dict.fromkeys(r.answer for r in found))
        for offer in found:
            after = apply(profile, offer.change)
            assert offer.remaining == sum(permitted(i, after.constraints) for i in unseen) > 0
            others = {n: c for n, c in whole.items() if n not in offer.quotes}
            assert {c for cs in others.values() for c in cs} <= set(after.constraints)
            for smaller in range(len(offer.quotes)):
                for gone in combinations(whole, smaller):
                    assert not free({n: c for n, c in whole.items() if n not in gone})


SHOP: list[Row] = [
    {"id": "a", "title": "A", "price": 94, "category": "lamps", "made_of": ["oak"]},
    {"id": "b", "title": "B", "price": 99, "category": "lamps", "made_of": ["steel"]},
    {"id": "c", "title": "C", "price": 100, "category": "lamps", "made_of": ["oak"]},
    {"id": "d", "title": "D", "price": 101, "category": "lamps", "made_of": ["oak"]},
    {"id": "e", "title": "E", "price": None, "category": "lamps", "made_of": ["oak"]},
    {"id": "f", "title": "F", "price": 40, "category": "tables", "made_of": ["glass"]},
]
LAMPS = Limit("category", "=", "lamps", "only lamps", 1)
CHEAP = Limit("price", "<", 90, "under 90 euros", 1)
NO_GLASS = Preference("made_of", "glass", 1.0, "no glass", 1)


def shop(*hidden: str, profile: Profile) -> Finished:
    start = Conversation("t", "shop", profile=profile, hidden=hidden)
    return last(respond(start, "more", opened(SHOP).parts))


def test_a_limit_is_offered_at_the_nearest_value_that_frees_something() -> None:
    found = shop(profile=Profile(limits=(LAMPS, CHEAP), avoids=(NO_GLASS,)))
    assert not found.cards
    assert found.question is not None
    offers = {o.value: o.remaining for o in found.question.options}
    assert offers == {"price up to 100": 3, "forget “under 90 euros”": 5}
    assert "It is “under 90 euros” that empties the list." in found.reply
    assert "is price 94: with “price up to 100” there are 3." in found.reply
    assert "Without “under 90 euros” there are 5." in found.reply


def test_where_no_single_promise_is_to_blame_the_smallest_set_is_named() -> None:
    profile = Profile(
        limits=(Limit("category", "=", "tables", "only tables", 1),),
        avoids=(NO_GLASS, Preference("title", "F", 1.0, "not F", 1)),
    )
    found = shop(profile=profile)
    assert "“no glass” and “not F” would have to go together" not in found.reply
    assert "Without “only tables” there are 5." in found.reply
    both = shop("a", "b", "c", "d", "e", profile=profile)
    assert "No single one of them does it: “no glass” and “not F” would have to go" in both.reply
    assert both.question
    assert [(o.value, o.remaining) for o in both.question.options] == [
        ("forget “no glass” and “not F”", 1)
    ]


def test_one_offer_is_taken_up_by_yes_and_several_are_not() -> None:
    parts = opened(SHOP).parts
    one = shop("a", "b", "c", "d", "e", profile=Profile(avoids=(NO_GLASS,)))
    assert one.question
    assert len(one.question.options) == 1
    assert one.reply.endswith("Shall I do that?")
    taken = last(respond(one.conversation, "yes please", parts))
    assert [c.item.id for c in taken.cards] == ["f"]
    assert not taken.conversation.profile.avoids
    two = shop(profile=Profile(limits=(LAMPS, CHEAP)))
    unclear = last(respond(two.conversation, "yes", parts))
    assert unclear.conversation.profile == two.conversation.profile
    assert not unclear.cards
    moved = last(respond(two.conversation, "price up to 100", parts))
    assert sorted(c.item.id for c in moved.cards) == ["a", "b", "c"]
    (limit,) = [x for x in moved.conversation.profile.limits if x.facet == "price"]
    assert (limit.op, limit.value, limit.quote) == ("<=", 100, "price up to 100")
    back = last(respond(moved.conversation, "undo", parts))
    assert back.conversation.profile.limits == (LAMPS, CHEAP)


@pytest.mark.parametrize("said", ["no", "more", "thanks", "hello", "why?", "something else"])
def test_nothing_gives_way_unless_it_is_said(said: str) -> None:
    parts = opened(SHOP).parts
    empty = shop("a", "b", "c", "d", "e", profile=Profile(avoids=(NO_GLASS,)))
    after = last(respond(empty.conversation, said, parts))
    assert after.conversation.profile.avoids == (NO_GLASS,)
    assert not after.cards


def test_offers_over_films_keep_their_word(say: Say, parts: Parts) -> None:
    empty = say("not The Godfather, under 60 minutes, from the 80s")[-1]
    assert empty.question
    for option in empty.question.options:
        after = last(respond(empty.conversation, option.value, parts))
        profile = after.conversation.profile
        items = parts.lexicon.items.values()
        assert option.remaining == sum(permitted(i, profile.constraints) for i in items)
        assert len(after.cards) == min(option.remaining, 5)
