"""Reasons are true: every piece of evidence is in the item, every quote was said."""

from collections.abc import Callable

import pytest

from chatbot.conversation import Conversation, Turn
from chatbot.events import Card, Finished
from chatbot.explain import supported
from chatbot.parts import Parts
from chatbot.respond import respond
from retrieval.constraints import mentions
from retrieval.text import fold
from tests.chatbot.test_promises import utterances
from tests.conftest import last

Say = Callable[..., list[Finished]]


def check(card: Card, conversation: Conversation, parts: Parts) -> None:
    said = [turn.utterance for turn in conversation.turns]
    for e in card.evidence:
        if e.kind == "unknown":
            assert card.item.is_silent(e.field)
            continue
        assert e.field in card.item.fields
        if e.kind == "text":
            assert mentions(card.item, str(e.value))
        elif isinstance(e.value, str):
            assert card.item.has(e.field, e.value)
        else:
            assert card.item.number(e.field) == e.value
        if e.quote:
            assert fold(e.quote) in fold(said[e.turn - 1])
        if e.other:
            assert parts.lexicon.items[e.other].has(e.field, str(e.value))
    if card.reason:  # what is not known of an item is said behind what is, and claims nothing
        known = card.reason.partition(" The catalogue does not say")[0]
        assert supported(known, card.item, conversation, parts.lexicon)


def test_every_reason_of_every_first_utterance_is_true(parts: Parts) -> None:
    shown = with_reason = 0
    for labelled in utterances("first"):
        finished = last(respond(Conversation("t", "films"), labelled["utterance"], parts))
        for card in finished.cards:
            check(card, finished.conversation, parts)
            shown += 1
            with_reason += bool(card.reason)
    assert shown > 700
    assert with_reason / shown > 0.97


def test_reasons_stay_true_over_a_conversation(say: Say, parts: Parts) -> None:
    for finished in say(
        "something like Alien", "after 1990", "funny", "I loved Heat", "more", "under two hours"
    ):
        for card in finished.cards:
            check(card, finished.conversation, parts)


@pytest.mark.parametrize(
    ("sentence", "true"),
    [
        ("It is a horror film.", True),
        ("It is a comedy.", False),
        ("It is from 1979.", True),
        ("It is from 1986.", False),
        ("Directed by Ridley Scott.", True),
        ("Directed by James Cameron.", False),
        ("With Sigourney Weaver and Tom Hanks.", False),
        ("You said “scary”.", True),
        ("You said “funny”.", False),
        ("Set in outer space, with zombies.", False),
    ],
)
def test_a_sentence_is_let_through_only_if_its_claims_are_in_the_item(
    parts: Parts, sentence: str, true: bool
) -> None:
    alien = parts.lexicon.items["alien-1979"]
    conversation = Conversation("t", "films", turns=(Turn("something scary", "", "talk"),))
    assert supported(sentence, alien, conversation, parts.lexicon) is true


def test_titles_in_replies_are_in_the_catalogue(say: Say, parts: Parts) -> None:
    labels = {item.label() for item in parts.lexicon.items.values()}
    for labelled in utterances("first")[:60]:
        finished = say(labelled["utterance"])[-1]
        if finished.cards:
            started = finished.reply.split("I would start with ")[1]
            assert any(started.startswith(label) for label in labels)
