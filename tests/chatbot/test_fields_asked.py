"""One thing that is asked of all that is shown: "prices?", "and the directors?", "which has the best battery?"."""

import pytest

from chatbot.answer import answers, most_of
from chatbot.conversation import Conversation
from chatbot.events import Finished
from chatbot.lexicon import Lexicon
from chatbot.parts import Parts
from chatbot.respond import respond
from chatbot.understand import understand
from retrieval.item import Item
from tests.chatbot.slots import conversation_of
from tests.chatbot.test_labelled import lexicons
from tests.conftest import last

__all__ = ["lexicons"]


def said(parts: Parts, *utterances: str) -> Finished:
    conversation = Conversation("t", "films")
    for text in utterances:
        finished = last(respond(conversation, text, parts))
        conversation = finished.conversation
    return finished


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ("directors?", "directors"),
        ("and the director?", "directors"),
        ("what about the cast", "cast"),
        ("runtime?", "runtime"),
        ("how long are they?", "runtime"),
        ("who directed them?", "directors"),
        ("who are the directors?", "directors"),
        ("countries of these?", "countries"),
        ("导演呢？", "directors"),
    ],
)
def test_a_field_is_told_of_every_item_that_is_shown(
    parts: Parts, question: str, field: str
) -> None:
    shown = said(parts, "a comedy")
    items = [card.item for card in shown.cards]
    answered = last(respond(shown.conversation, question, parts))
    assert answered.action == "answer"
    assert not answered.cards
    lines = answered.reply.splitlines()[1:]
    assert len(lines) == len(items) == 5
    for line, item in zip(lines, items, strict=True):
        assert line.startswith(item.label())
        assert all(str(value) in line for value in item.values(field) or [item.number(field)])
    assert answered.conversation.profile == shown.conversation.profile


def test_it_is_of_the_one_that_is_talked_of_until_there_is_a_new_list(parts: Parts) -> None:
    assert (
        said(parts, "a western", "tell me about Heat", "director?").reply
        == "Heat (1995) was directed by Michael Mann."
    )
    renewed = said(parts, "a western", "tell me about Heat", "more", "directors?")
    assert len(renewed.reply.splitlines()) == 6


def test_several_that_are_named_are_answered_of_each(parts: Parts) -> None:
    shown = said(parts, "a western")
    two = last(respond(shown.conversation, "how long are the first two of these?", parts)).reply
    assert [c.item.label() in two for c in shown.cards] == [True, True, False, False, False]


@pytest.mark.parametrize("wish", ["horror?", "Tarantino?", "kayaks?", "comedies?", "more?", "any others?"])  # fmt: skip
def test_a_word_that_may_be_a_wish_stays_one(parts: Parts, wish: str) -> None:
    shown = said(parts, "a western").conversation
    assert "inquire-item" not in {a.act for a in understand(wish, shown, parts.lexicon).acts}


def test_without_a_list_nothing_is_asked_of_it(parts: Parts) -> None:
    assert "The catalogue does not say" not in said(parts, "subtitles?").reply


def test_what_no_field_says_is_looked_for_in_the_descriptions_of_goods(
    lexicons: dict[str, Lexicon],
) -> None:
    shop = lexicons["shop"]
    shown = {"catalogue": "shop", "shown": ["Drift 2 Wireless Headphones", "Pebble Buds"]}
    conversation = conversation_of(shown, shop)
    assert conversation.last_shown
    for question in ("battery?", "and the battery life?", "size?", "prices?"):
        understood = understand(question, conversation, shop)
        assert [a.act for a in understood.acts] == ["inquire-item"], question
        assert understood.about == conversation.last_shown
        assert understood.change.is_empty


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("battery?", "40 hours of battery life"),
        ("which one has the best battery?", "40 hours of battery life"),
        ("size?", "does not say that"),
        ("which is the best for swimming?", "does not say that"),
        ("which is best?", "rating 4.4"),
        ("prices?", "Pebble Buds: 49.99."),
    ],
)
def test_goods_are_told_of_by_what_the_catalogue_says(
    lexicons: dict[str, Lexicon], question: str, told: str
) -> None:
    shop = lexicons["shop"]
    named = ("Drift 2 Wireless Headphones", "Pebble Buds", "Basic Cable Earphones")
    items: list[Item] = [i for t in named for i in shop.items.values() if i.title == t]
    assert len(items) == 3
    if question.startswith("which"):
        reply, _ = most_of(question, items, False, shop)
    else:
        _, reply = answers(question, [i.id for i in items], [], shop)
    assert told in reply
