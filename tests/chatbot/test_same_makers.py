"""Who made an item, without their name: "more by the same director". And how old a child is."""

from collections.abc import Callable

import pytest

from chatbot.events import Finished
from chatbot.lexicon import Lexicon
from chatbot.parts import Parts
from chatbot.profile import CONTEXT
from chatbot.understand import understand
from tests.chatbot.slots import conversation_of
from tests.chatbot.test_labelled import lexicons

__all__ = ["lexicons"]
Say = Callable[..., list[Finished]]


def wished(after: Finished, facet: str) -> set[str]:
    return {w.value for w in after.conversation.profile.wants if w.facet == facet}


@pytest.mark.parametrize(
    "asked",
    [
        "more by the same director",
        "what else has he made",
        "anything else by that director?",
        "any of his other films?",
    ],
)
def test_who_made_what_was_talked_of_last_is_wished_for(say: Say, parts: Parts, asked: str) -> None:
    *_, told, more = say("something like Alien", "who directed the second one?", asked)
    (about,) = told.conversation.focus
    directors = set(parts.retriever.catalogue.items[about].values("directors"))
    assert wished(more, "directors") == directors
    assert directors & set(more.cards[0].item.values("directors"))
    assert more.cards[0].item.id != about


@pytest.mark.parametrize(
    ("text", "facet", "who"),
    [
        ("I loved Parasite. anything else by the same director?", "directors", {"Bong Joon-ho"}),
        ("something sad by the same director as Parasite", "directors", {"Bong Joon-ho"}),
        ("is Parasite by the same director?", "directors", set()),
        ("a film about the director of a theatre", "directors", set()),
        ("something like Parasite with the lead character dying", "cast", set()),
        ("two people from the same company who fall in love", "cast", set()),
        (
            "I like Parasite, and something by the director Ridley Scott",
            "directors",
            {"Ridley Scott"},
        ),
    ],
)
def test_who_made_what_is_named_is_wished_for(
    say: Say, text: str, facet: str, who: set[str]
) -> None:
    (after,) = say(text)
    assert wished(after, facet) == who


@pytest.mark.parametrize(
    "refused",
    ["something like Parasite but not by the same director", "nothing more by that director"],
)
def test_who_is_not_wanted_is_ruled_out(say: Say, refused: str) -> None:
    *_, after = say("something like Parasite", "who directed the first one?", refused)
    assert not wished(after, "directors")
    avoided = {a.value for a in after.conversation.profile.avoids if a.facet == "directors"}
    assert len(avoided) == 1


@pytest.mark.parametrize(
    "told",
    [
        "I have seen all of his films",
        "I didn't like his other films",
        "I did not see her other films",
    ],
)
def test_what_is_told_of_their_work_is_no_wish(say: Say, told: str) -> None:
    *_, after = say("something like Alien", "who directed the second one?", told)
    assert not wished(after, "directors")
    assert not after.conversation.profile.avoids


def test_he_is_the_actor_who_is_wished_for(say: Say) -> None:
    *_, after = say("like Alien, with Tom Hanks", "any of his other films?")
    assert not wished(after, "directors")
    assert wished(after, "cast") == {"Tom Hanks"}


def test_who_is_meant_again_stays_as_wished_for_as_before(say: Say) -> None:
    *_, before, after = say(
        "something like Blade Runner", "more by the same director", "something scary by the same director"
    )  # fmt: skip
    strengths = [
        {w.value: w.strength for w in x.conversation.profile.wants if w.facet == "directors"}
        for x in (before, after)
    ]
    assert strengths[0] == strengths[1]


def test_of_a_book_it_is_the_author(lexicons: dict[str, Lexicon]) -> None:
    conversation = conversation_of({"catalogue": "books"}, lexicons["books"])
    text = "The Remains of the Day was wonderful, what else has he written?"
    found = understand(text, conversation, lexicons["books"])
    assert {w.value for w in found.change.wants if w.facet == "authors"} == {"Kazuo Ishiguro"}


def test_who_is_wished_for_already_is_meant_again(say: Say) -> None:
    *_, more, again = say(
        "something like Blade Runner", "more by the same director", "what else has he made"
    )
    assert wished(more, "directors") == wished(again, "directors") == {"Ridley Scott"}


@pytest.mark.parametrize(
    "meant",
    [
        "i meant tom hardy not hanks",
        "no, i meant tom hardy not tom hanks",
        "sorry, I meant with Tom Hardy, not with Tom Hanks",
    ],
)
def test_what_was_said_by_mistake_is_not_held_against_anybody(say: Say, meant: str) -> None:
    *_, after = say("a war film with tom hanks", meant)
    assert wished(after, "cast") == {"Tom Hardy"}
    assert after.conversation.profile.avoids == ()


def test_what_was_never_wished_for_is_ruled_out_all_the_same(say: Say) -> None:
    *_, after = say("a war film", "i meant with tom hardy, not tom hanks")
    assert {a.value for a in after.conversation.profile.avoids} == {"Tom Hanks"}


@pytest.mark.parametrize(
    ("text", "young"),
    [
        ("something for a 10 year old", True),
        ("a film for my seven-year-old", True),
        ("something for a 10-year-old", True),
        ("for my 7-year-old son please", True),
        ("a film for my 8yo", True),
        ("a film for our 10 year wedding anniversary", False),
        ("something where he turns 2 cops against each other", False),
        ("he turns 7 on saturday, we want a film for the party", True),
        ("my son just turned eight", True),
        ("my dad turns 70, what shall we watch?", False),
        ("something for a 30 year old", False),
    ],
)
def test_for_a_child_it_is_what_is_made_for_children(say: Say, text: str, young: bool) -> None:
    (after,) = say(text)
    assert wished(after, CONTEXT) or not young
    assert (wished(after, "genres") == {"family"}) is young
    assert bool(after.conversation.profile.avoids) is young
