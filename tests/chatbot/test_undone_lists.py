"""An undo brings back the list that stood before, but for what is out by now."""

from dataclasses import replace
from pathlib import Path

import pytest

from chatbot.conversation import Conversation
from chatbot.events import Finished
from chatbot.log import ConversationLog
from chatbot.parts import Parts
from chatbot.profile import ProfileChange
from chatbot.respond import respond
from tests.conftest import last


def talked(parts: Parts, *said: str, start: Conversation | None = None) -> list[Finished]:
    conversation, turns = start or Conversation("t", "films"), []
    for text in said:
        turns.append(last(respond(conversation, text, parts)))
        conversation = turns[-1].conversation
    return turns


def ids(finished: Finished) -> list[str]:
    return [card.item.id for card in finished.cards]


@pytest.mark.parametrize(
    "changed", ["no violence", "before 1990", "I've seen the second", "I liked the first", "start over"]
)  # fmt: skip
def test_the_list_before_the_last_change_stands_again(parts: Parts, changed: str) -> None:
    first, then, undone = talked(parts, "a comedy", changed, "undo")
    assert ids(undone) == ids(first) != ids(then)
    assert undone.conversation.profile == first.conversation.profile
    assert undone.reply.startswith("Then we are back where we were.")
    assert [c.reason for c in undone.cards] == [c.reason for c in first.cards]
    answer = last(respond(undone.conversation, "why the second?", parts))
    assert first.cards[1].item.title in answer.reply


def test_it_is_the_latest_of_several_and_each_undo_goes_one_further(parts: Parts) -> None:
    first, more, _, _, undone, further = talked(
        parts, "a comedy", "more", "no violence", "before 1990", "undo", "undo"
    )
    assert ids(further) == ids(more) != ids(first)
    assert ids(undone) not in (ids(first), ids(more))


def test_what_was_hidden_or_is_withheld_since_stays_out(parts: Parts) -> None:
    first, then = talked(parts, "a comedy", "no violence")
    gone, hidden, *rest = ids(first)
    conversation = then.conversation.reacted(hidden, "hide")
    withholding = replace(parts, rules=replace(parts.rules, hidden=frozenset([gone])))
    undone = last(respond(conversation, "undo", withholding))
    assert ids(undone) == rest


def test_a_like_on_a_card_taken_back_by_hand_leaves_the_list_as_it_is(parts: Parts) -> None:
    (first,) = talked(parts, "a comedy")
    liked = first.conversation.reacted(ids(first)[2], "like")
    undone = last(respond(liked, "Undo", parts, ProfileChange(undo=True)))
    assert ids(undone) == ids(first)
    assert not undone.conversation.profile.liked


def test_with_nothing_left_of_it_there_is_a_new_list(parts: Parts) -> None:
    first, then = talked(parts, "a comedy", "no violence")
    conversation = then.conversation
    for id in ids(first):
        conversation = conversation.reacted(id, "hide")
    undone = last(respond(conversation, "undo", parts))
    assert undone.cards
    assert not {*ids(undone)} & {*ids(first), *ids(then)}


def test_it_is_kept_in_the_log_and_a_log_of_before_still_undoes(
    parts: Parts, tmp_path: Path
) -> None:
    first, then = talked(parts, "a comedy", "no violence")
    ConversationLog(tmp_path).save(then.conversation)
    kept = ConversationLog(tmp_path).load("t")
    assert ids(last(respond(kept, "undo", parts))) == ids(first)
    of_before = replace(kept, past_turns=())
    undone = last(respond(of_before, "undo", parts))
    assert undone.conversation.profile == first.conversation.profile
    assert undone.cards
    assert not {*ids(undone)} & {*ids(first)}
