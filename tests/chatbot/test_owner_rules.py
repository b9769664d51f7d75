"""The owner's rules against the visitor: over random catalogues, rules and talk nothing breaks a promise,
nothing moves further than is written, and what is paid for or gone says so."""

import json
import random
from dataclasses import replace
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from chatbot.conversation import Conversation
from chatbot.events import Finished
from chatbot.labels import labelled
from chatbot.parts import Parts
from chatbot.profile import Profile
from chatbot.recommend import offers, query_of
from chatbot.respond import respond
from chatbot.voice import Voice
from retrieval.constraints import permitted
from retrieval.find import Query, Wish
from retrieval.merchandising import MOST_PLACES, STRONGEST, arranged, lifted
from retrieval.prompt import ScorerPrompt
from retrieval.rank import Ranked, rank, select
from retrieval.rules_in_force import InForce, PinInForce
from retrieval.stock import is_out_of_stock
from tests.chatbot.oracle import Memory, faults
from tests.chatbot.worlds import Row, World, opened, profile_of, row_lists, utterance_of
from tests.conftest import last
from ui.wire import card_json, conversation_json, profile_json

QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
SEEDS = st.lists(st.integers(0, 2**32), min_size=3, max_size=6)


def rules_of(world: World, dice: random.Random, most: float = 0.3) -> InForce:
    """Rules as greedy as can be: any items lifted and pinned, some hidden, the empty shelves shown."""
    items = world.parts.lexicon.items

    def some(share: float) -> frozenset[str]:
        return frozenset(id for id in items if dice.random() < share)

    gone = frozenset(i for i in items if is_out_of_stock(items[i], world.parts.lexicon.schema))
    lifts = {
        id: dice.choice((1.0, 1.0, 0.3, -0.5, -1.0)) for id in some(dice.choice((0, 0.3, 0.9)))
    }
    pins = tuple(
        PinInForce(dice.randint(1, 3), some(dice.choice((0.05, 0.5, 1))))
        for _ in range(dice.randint(0, 2))
    )
    hidden = some(dice.random() * most) | (gone if dice.random() < 0.5 else frozenset())
    return InForce(hidden, lifts, pins, some(0.3), gone, "random")


counted = {"shown": 0, "lists": 0, "moved": 0, "pinned": 0}


def talk(world: World, seed: int) -> None:
    dice = random.Random(seed)
    rows: dict[str, Any] = {row["id"]: row for row in world.rows}
    rules = rules_of(world, dice)
    parts = replace(world.parts, rules=rules)
    start = profile_of(world, dice) if dice.random() < 0.7 else Profile()
    conversation = Conversation(f"t{seed}", "shop", profile=start)
    memory = Memory()
    for _ in range(dice.randint(1, 5)):
        utterance = utterance_of(world, dice)
        turn = conversation.turns[-1] if conversation.turns else None
        if turn and turn.question and dice.random() < 0.4:
            utterance = dice.choice([o.value for o in turn.question.options])
        finished = last(respond(conversation, utterance, parts))
        conversation = finished.conversation
        profile = json.loads(json.dumps(profile_json(conversation.profile)))
        cards = finished.cards
        here = [card.item.id for card in cards]
        assert len(here) == len(set(here))
        out = memory.out(here, "undo" in conversation.turns[-1].acts)
        for card in cards:
            wrong = faults(rows[card.item.id], profile, out, set(rules.hidden))
            assert not wrong, (utterance, rows[card.item.id], wrong)
            assert card.sponsored == (card.item.id in rules.sponsored)
            assert card.out_of_stock == (card.item.id in rules.out_of_stock)
            assert len(card.labels) == card.sponsored + card.out_of_stock
        assert sum("pinned" in card.parts for card in cards) <= 1
        memory.add(here)
        counted["shown"] += len(here)


@settings(max_examples=120, deadline=None, suppress_health_check=QUIET)
@given(row_lists(), SEEDS)
def many_talks(rows: list[Row], seeds: list[int]) -> None:
    world = opened(rows)
    for seed in seeds:
        talk(world, seed)


def test_whatever_the_rules_no_shown_item_breaks_a_promise(
    capsys: pytest.CaptureFixture[str],
) -> None:
    counted["shown"] = 0
    many_talks()
    with capsys.disabled():
        print(f"\n{counted['shown']:,} items shown under random rules, none at fault")
    assert counted["shown"] >= 1500


def ranked_for(query: Query, parts: Parts, seed: str) -> list[Ranked]:
    found = parts.retriever.find(query) or parts.retriever.anything(query, seed)
    return rank(found, query, ScorerPrompt.of("", "", ""), None, 0.0, 1, parts.rank)


def places(chosen: list[Ranked]) -> dict[str, int]:
    return {r.candidate.item.id: n for n, r in enumerate(chosen)}


@settings(max_examples=150, deadline=None, suppress_health_check=QUIET)
@given(row_lists(), SEEDS)
def many_lists(rows: list[Row], seeds: list[int]) -> None:
    world = opened(rows)
    retriever, diversity = world.parts.retriever, world.parts.rank.diversity
    for seed in seeds:
        dice = random.Random(seed)
        rules = rules_of(world, dice)
        conversation = Conversation(f"t{seed}", "shop", profile=profile_of(world, dice))
        query = query_of(conversation, retriever, rules.hidden)
        ranked = ranked_for(query, world.parts, conversation.id)
        for n in (5, len(rows)):
            plain = select(ranked, n, retriever, query, diversity)
            moved = select(ranked, n, retriever, query, diversity, replace(rules, pins=()))
            whole = select(ranked, n, retriever, query, diversity, rules)
            before, after, pinned = (places(chosen) for chosen in (plain, moved, whole))
            for chosen in (moved, whole):
                assert all(permitted(r.candidate.item, query.constraints) for r in chosen)
                assert not query.hidden & set(places(chosen))
            for id, place in after.items():
                was = before.get(id, n)  # who was not on the list stood behind it
                assert was - place <= MOST_PLACES
                assert id in before or place >= n - MOST_PLACES
                if id in before:
                    assert place - was <= MOST_PLACES
                counted["moved"] += was != place
            for r in moved:
                lift = STRONGEST * rules.lifts.get(r.candidate.item.id, 0.0)
                assert r.parts.get("owner", 0.0) == lift
                assert abs(lift) <= STRONGEST
            at = [r for r in whole if "pinned" in r.parts]
            assert len(at) <= 1
            for r in at:
                counted["pinned"] += 1
                id = r.candidate.item.id
                assert any(pin.place == r.parts["pinned"] and id in pin.ids for pin in rules.pins)
                assert pinned[id] <= r.parts["pinned"] - 1
                assert pinned[id] == min(r.parts["pinned"] - 1, after.get(id, n))
                assert r.candidate.met >= min(m.candidate.met for m in (moved or [r]))
                assert not r.candidate.unwanted
                # Everybody else keeps their order, and goes down by one place at the most.
                others = [i for i in pinned if i != id]
                assert others == [i for i in after if i != id][: len(others)]
                assert all(
                    0 <= pinned[i] - after[i] <= 1 or after[i] > after.get(id, n) for i in others
                )
            counted["lists"] += 1


def test_no_rule_lifts_an_item_further_than_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    counted.update(lists=0, moved=0, pinned=0)
    many_lists()
    with capsys.disabled():
        print(f"\n{counted['lists']:,} lists, {counted['moved']:,} items moved, none by more than "
              f"{MOST_PLACES} places; {counted['pinned']:,} pinned")  # fmt: skip
    assert counted["moved"] >= 300
    assert counted["pinned"] >= 100


SIMPLE: list[Row] = [
    {"id": f"i{n}", "title": f"Film {n}", "genres": ["horror" if n % 2 else "comedy"], "popularity": 50 - n,
     "stock": 0 if n == 9 else 4}
    for n in range(20)
]  # fmt: skip


@pytest.fixture(scope="module")
def world() -> World:
    return opened(SIMPLE)


def shown(world: World, rules: InForce, said: str = "surprise me") -> Finished:
    return last(respond(Conversation("c", "shop"), said, replace(world.parts, rules=rules)))


def ids(finished: Finished) -> list[str]:
    return [card.item.id for card in finished.cards]


def test_a_boost_lifts_by_three_places_at_the_most_and_a_bury_lowers_by_as_many(
    world: World,
) -> None:
    query = Query(wishes=(Wish("genres", "comedy"),))
    order = ranked_for(query, world.parts, "")[:10]
    plain = [r.candidate.item.id for r in order]
    up = lifted(order, InForce(lifts={plain[8]: 1.0}))
    assert places(up)[plain[8]] == 5
    down = lifted(order, InForce(lifts={plain[0]: -1.0}))
    assert places(down)[plain[0]] == 3
    crowd = lifted(order, InForce(lifts=dict.fromkeys(plain[4:], 1.0)))
    assert max(places(crowd)[id] for id in plain[:4]) <= 3 + MOST_PLACES
    assert lifted(order, InForce()) == order


def test_a_boost_does_not_make_up_for_a_wish_that_is_not_met(world: World) -> None:
    query = Query(wishes=(Wish("genres", "comedy"),))
    ranked = ranked_for(query, world.parts, "")
    rules = InForce(lifts=dict.fromkeys((f"i{n}" for n in range(1, 20, 2)), 1.0))
    found = select(ranked, 5, world.parts.retriever, query, 0.25, rules)
    assert all(r.candidate.item.has("genres", "comedy") for r in found)


def test_a_pin_is_kept_where_it_fits_and_nowhere_else(world: World) -> None:
    rules = InForce(
        pins=(PinInForce(2, frozenset(["i17"])), PinInForce(1, frozenset(["i15", "i13"])))
    )
    assert ids(shown(world, rules, "a horror film"))[1] == "i17"
    assert "i17" not in ids(shown(world, rules, "a comedy"))
    assert "i17" not in ids(shown(world, rules, "anything but horror"))
    assert ids(shown(world, rules))[1] == "i17"
    first = replace(rules, hidden=frozenset(["i17"]))
    assert ids(shown(world, first, "a horror film"))[0] in ("i13", "i15")
    natural = ids(shown(world, InForce(), "a comedy"))[0]
    assert (
        ids(shown(world, InForce(pins=(PinInForce(3, frozenset([natural])),)), "a comedy"))[0]
        == natural
    )


def test_a_pin_reaches_no_further_than_the_list_is_chosen_from(world: World) -> None:
    query = Query(text="film", wishes=(Wish("genres", "comedy"),))
    order = ranked_for(query, world.parts, "")
    seventh, sixth = (order[at].candidate.item.id for at in (6, 5))
    retriever = world.parts.retriever
    far = arranged(order, 1, query, retriever, InForce(pins=(PinInForce(1, frozenset([seventh])),)))
    near = arranged(order, 1, query, retriever, InForce(pins=(PinInForce(1, frozenset([sixth])),)))
    assert places(far) == places(order)
    assert places(near)[sixth] == 0


def test_a_pinned_item_that_was_shown_does_not_come_back(world: World) -> None:
    parts = replace(world.parts, rules=InForce(pins=(PinInForce(1, frozenset(["i17"])),)))
    first = last(respond(Conversation("c", "shop"), "a horror film", parts))
    second = last(respond(first.conversation, "more", parts))
    assert ids(first)[0] == "i17"
    assert "i17" not in ids(second)


def test_what_is_hidden_is_not_shown_offered_or_counted(world: World) -> None:
    horrors = frozenset(f"i{n}" for n in range(1, 20, 2))
    kept = InForce(hidden=horrors - {"i3"})
    assert ids(shown(world, kept, "only horror")) == ["i3"]
    none = shown(world, InForce(hidden=horrors), "only horror")
    assert not none.cards
    assert "Nothing that can be shown now fits" in none.reply
    assert "in the catalogue" not in none.reply
    conversation = none.conversation
    (offer, *_) = offers(conversation, world.parts.retriever, withheld=horrors)
    assert offer.remaining == 10
    taken = last(
        respond(conversation, offer.answer, replace(world.parts, rules=InForce(hidden=horrors)))
    )
    assert taken.cards
    assert not horrors & set(ids(taken))


@pytest.mark.parametrize(
    ("said", "label", "gone", "sentence"),
    [
        ("a horror film", "Sponsored", "Out of stock", "Sponsored: this site promotes it."),
        ("想看恐怖片", "广告", "缺货", "广告：本站推广它。"),
    ],
)
def test_a_sponsored_card_says_so_in_the_visitors_language(
    world: World, said: str, label: str, gone: str, sentence: str
) -> None:
    pin = PinInForce(1, frozenset(["i9"]))
    rules = InForce(pins=(pin,), sponsored=frozenset(["i9"]), out_of_stock=frozenset(["i9"]))
    turn = shown(world, rules, said)
    card = turn.cards[0]
    assert card.item.id == "i9"
    assert card.labels == (label, gone)
    assert sentence in card.reason
    assert sentence in turn.reply
    wire = card_json(card)
    assert (wire["sponsored"], wire["out_of_stock"], wire["labels"]) == (True, True, [label, gone])
    assert card.parts["sponsored"] == card.parts["pinned"] == 1.0
    assert all("sponsored" not in card_json(other) for other in turn.cards[1:])
    again = conversation_json(turn.conversation, world.parts.lexicon)
    assert again["turns"][0]["sponsored"] == ["i9"]
    why = last(respond(turn.conversation, "why the first one?", replace(world.parts, rules=rules)))
    assert "Sponsored: this site promotes it." in why.reply or sentence in why.reply


def test_a_plain_card_has_no_label_and_its_wire_form_is_what_it_was(world: World) -> None:
    card = shown(world, InForce()).cards[0]
    assert labelled(card, InForce(sponsored=frozenset(["nobody"])), Voice("zh")) is card
    assert list(card_json(card)) == ["id", "title", "score", "reason", "evidence", "item"]


def test_what_is_out_of_stock_is_never_spoken_of_as_available(world: World) -> None:
    rules = InForce(pins=(PinInForce(1, frozenset(["i9"])),), out_of_stock=frozenset(["i9"]))
    parts = replace(world.parts, rules=rules)
    turn = last(respond(Conversation("c", "shop"), "a horror film", parts))
    assert "It is out of stock." in turn.reply
    asked = last(respond(turn.conversation, "is the first one available?", parts))
    assert asked.reply == "Film 9 is out of stock."
    other = last(respond(turn.conversation, "is the second one in stock?", parts))
    assert other.action != "answer" or "is in stock: 4" in other.reply
    told = last(respond(turn.conversation, "tell me more about the first one", parts))
    assert "out of stock" in told.reply
    taken = last(respond(turn.conversation, "I'll take the first one", parts))
    assert "Enjoy" not in taken.reply
    assert "out of stock" in taken.reply


def test_an_order_of_nothing_stays_nothing(world: World) -> None:
    rules = InForce(pins=(PinInForce(1, frozenset(["i1"])),), lifts={"i1": 1.0})
    assert arranged([], 5, Query(), world.parts.retriever, rules) == []
