"""The guarantee, over random catalogues, profiles and conversations: the oracle finds no fault.

`tests/chatbot/oracle.py` says what may be shown; it reads rows and profiles as JSON and shares no code
with what it judges. `make proofs` runs the same over more than 100,000 shown items.
"""

import json
import random
import sys
from collections import Counter
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from chatbot.conversation import Conversation, Reaction
from chatbot.profile import Profile, ProfileChange, Removal
from chatbot.respond import respond
from tests.chatbot.oracle import Memory, faults
from tests.chatbot.worlds import Row, World, opened, profile_of, row_lists, utterance_of
from tests.conftest import last
from ui.wire import profile_json

REACTIONS: tuple[Reaction, ...] = ("like", "dislike", "seen", "hide", "click")
QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
shown_items: Counter[str] = Counter()


def by_hand(conversation: Conversation, world: World, dice: random.Random) -> ProfileChange | None:
    """Now and then a chip is taken away, or the profile of another day is laid over this one."""
    profile = conversation.profile
    if profile.avoids and dice.random() < 0.05:
        entry = dice.choice(profile.avoids)
        return ProfileChange(removals=(Removal("avoids", entry.facet, entry.value),))
    if dice.random() < 0.05:
        other = profile_of(world, dice)
        return ProfileChange(avoids=other.avoids, limits=other.limits, seen=other.seen)
    return ProfileChange(undo=True) if conversation.past and dice.random() < 0.05 else None


def react(conversation: Conversation, cards: list[str], dice: random.Random) -> Conversation:
    """What a visitor clicks on between two turns."""
    for id in cards:
        if dice.random() < 0.3:
            conversation = conversation.reacted(id, dice.choice(REACTIONS))
    return conversation


def talk(world: World, seed: int, said: list[str] | None = None) -> int:
    """One conversation from `seed`; every shown item is laid before the oracle. Gives their number."""
    dice = random.Random(seed)
    ids = [row["id"] for row in world.rows]
    rows: dict[str, Any] = {row["id"]: row for row in world.rows}
    hidden = tuple(id for id in ids if dice.random() < 0.05)
    start = profile_of(world, dice) if dice.random() < 0.5 else Profile()
    conversation = Conversation(f"t{seed}", "shop", profile=start, hidden=hidden)
    memory, count = Memory(), 0
    for turn in range(dice.randint(2, 9)):
        utterance = said[turn] if said and turn < len(said) else utterance_of(world, dice)
        last_turn = conversation.turns[-1] if conversation.turns else None
        if last_turn and last_turn.question and dice.random() < 0.4:
            utterance = dice.choice([o.value for o in last_turn.question.options])
        hand = by_hand(conversation, world, dice)
        finished = last(respond(conversation, utterance, world.parts, hand))
        conversation = finished.conversation
        profile = json.loads(json.dumps(profile_json(conversation.profile)))
        here = [card.item.id for card in finished.cards]
        assert len(here) == len(set(here)), "an item stands twice in one list"
        undone = hand.undo if hand else "undo" in conversation.turns[-1].acts
        for id in here:
            out = memory.out(here, undone)
            wrong = faults(rows[id], profile, out, set(conversation.hidden))
            assert not wrong, (utterance, rows[id], wrong)
        shown_items["again"] += sum(id in memory.out([], False) for id in here)
        memory.add(here)
        count += len(here)
        shown_items["items"] += len(here)
        shown_items["turns"] += 1
        conversation = react(conversation, here, dice)
    return count


def exercise(world: World, seeds: list[int]) -> None:
    for seed in seeds:
        talk(world, seed)


SEEDS = st.lists(st.integers(0, 2**32), min_size=4, max_size=8)


@settings(max_examples=260, deadline=None, suppress_health_check=QUIET)
@given(row_lists(), SEEDS)
def few(rows: list[Row], seeds: list[int]) -> None:
    exercise(opened(rows), seeds)


@settings(
    max_examples=3600, deadline=None, suppress_health_check=QUIET, database=None,
    phases=[Phase.generate, Phase.shrink], report_multiple_bugs=False,
)  # fmt: skip
@given(row_lists(), SEEDS)
def many(rows: list[Row], seeds: list[int]) -> None:
    exercise(opened(rows), seeds)


def report(capsys: pytest.CaptureFixture[str]) -> None:
    items, turns, again = (shown_items[what] for what in ("items", "turns", "again"))
    with capsys.disabled():
        sys.stdout.write(
            f"\n{items:,} shown items in {turns:,} turns, none at fault; {again} of them again, by an undo\n"
        )


def test_whatever_the_catalogue_and_whatever_is_said_no_shown_item_breaks_a_promise(
    capsys: pytest.CaptureFixture[str],
) -> None:
    shown_items.clear()
    few()
    report(capsys)
    assert shown_items["items"] >= 4000
    assert shown_items["again"] >= 40


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_hundred_thousand_shown_items_and_not_one_breaks_a_promise(
    capsys: pytest.CaptureFixture[str],
) -> None:
    shown_items.clear()
    many()
    report(capsys)
    assert shown_items["items"] >= 100_000
