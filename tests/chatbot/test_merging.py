"""The policy by which a chat model's proposal joins the rules' reading."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chatbot.conversation import Conversation
from chatbot.events import Finished
from chatbot.parts import Parts
from chatbot.profile import EXCLUDES_FROM
from chatbot.proposal import Proposal
from chatbot.reader import ScriptedReader
from chatbot.respond import respond
from retrieval.constraints import TEXT
from retrieval.text import fold, tokens
from tests.chatbot.talking import kept
from tests.conftest import last

Turns = list[tuple[str, dict[str, Any]]]
Talk = Callable[[Turns], Finished]


@pytest.fixture
def talk(parts: Parts) -> Talk:
    """Utterances, each with the model's answer; gives the end of the last turn."""

    def play(turns: Turns) -> Finished:
        conversation = Conversation("t", "films")
        for utterance, answer in turns:
            reader = ScriptedReader({utterance: Proposal.model_validate(answer)})
            finished = last(respond(conversation, utterance, replace(parts, reader=reader)))
            conversation = finished.conversation
        return finished

    return play


def want(value: str, quote: str, facet: str = "genres", **more: Any) -> dict[str, Any]:
    return {"wants": [{"facet": facet, "value": value, "quote": quote, "strength": 1.0, **more}]}


def avoid(value: str, quote: str, facet: str = "genres", **more: Any) -> dict[str, Any]:
    return {"avoids": [{"facet": facet, "value": value, "quote": quote, "strength": 1.0, **more}]}


def limit(facet: str, op: str, value: Any, quote: str) -> dict[str, Any]:
    return {"limits": [{"facet": facet, "op": op, "value": value, "quote": quote}]}


def act(name: str, quote: str, *items: str) -> dict[str, Any]:
    return {"acts": [{"act": name, "quote": quote, "items": list(items)}]}


def test_an_exclusion_that_the_rules_did_not_read_is_kept_and_said_truly(talk: Talk) -> None:
    finished = talk(
        [("a comedy; my gran faints at gunshots", avoid("crime", "my gran faints at gunshots"))]
    )
    (avoided,) = finished.conversation.profile.avoids
    assert (avoided.value, avoided.quote, avoided.name) == (
        "crime",
        "my gran faints at gunshots",
        "no crime",
    )
    assert finished.cards
    assert not any("crime" in card.item.fields["genres"] for card in finished.cards)
    assert "All keep to “no crime”" in finished.reply


def test_a_model_that_reads_a_no_in_a_wish_of_the_rules_takes_it_back(talk: Talk) -> None:
    said = "funny gets on my nerves"
    assert "comedy" in {w.value for w in talk([(said, {})]).conversation.profile.wants}
    profile = talk([(said, avoid("comedy", said))]).conversation.profile
    assert not profile.wants
    assert [a.value for a in profile.avoids] == ["comedy"]
    elsewhere = talk([("funny please, I nod off easily", avoid("comedy", "I nod off easily"))])
    assert "comedy" in {w.value for w in elsewhere.conversation.profile.wants}


def test_a_limit_that_the_rules_did_not_read_is_kept(talk: Talk) -> None:
    said = "a western; bedtime is 95 minutes away"
    assert not talk([(said, {})]).conversation.profile.limits
    finished = talk([(said, limit("runtime", "<=", 95, "bedtime is 95 minutes away"))])
    (bound,) = finished.conversation.profile.limits
    assert (bound.value, bound.quote) == (95, "bedtime is 95 minutes away")
    assert all(card.item.fields["runtime"] <= 95 for card in finished.cards)


@pytest.mark.parametrize(
    ("said", "facet", "value"),
    [
        ("bedtime is 95 minutes away", "runtime", 96),
        ("bedtime is 95 minutes away", "runtime", 9),
        ("bedtime is 95 minutes away", "year", 95),
        ("two hours left until bed", "runtime", 2),
        ("one hundred and ten of those, minutes", "runtime", 100),
        ("I was born in 1975", "runtime", 1975),
    ],
)
def test_a_number_that_was_not_stated_for_that_facet_is_dropped(
    talk: Talk, said: str, facet: str, value: float
) -> None:
    assert talk([(said, limit(facet, "<=", value, said))]) .conversation.profile == talk(
        [(said, {})]
    ).conversation.profile  # fmt: skip


SITTER = "the sitter can stay 300 minutes"
LOOSENING: list[tuple[str, str, dict[str, Any]]] = [
    ("no war films", "warm evenings", want("war", "warm evenings")),
    ("no war films", "warm evenings", avoid("war", "warm evenings", strength=0.1)),
    ("no horror", "nothing left?", act("restart", "nothing left")),
    ("no horror", "nothing left?", act("undo", "nothing left")),
    ("under two hours", SITTER, limit("runtime", "<=", 300, SITTER)),
    ("under two hours", SITTER, limit("runtime", ">", 300, SITTER)),
    ("under two hours", SITTER, limit("runtime", "!=", 300, SITTER)),
    ("under two hours", "so why not dance", act("restart", "why not dance")),
    ("no horror, under two hours", "so why not dance", act("undo", "so why not dance")),
    ("I hated Heat", "so why not dance", act("undo", "so why not dance")),
    ("I have seen Heat", "what now, tell me", act("restart", "what now")),
    ("only westerns", "some heart to it", limit("genres", "!=", "western", "some heart to it")),
    ("only westerns", "gone west", {"removals": [{"facet": "genres", "value": "western", "quote": "gone west"}]}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "then", "answer"), LOOSENING, ids=[f"{a}/{json.dumps(c)[:60]}" for a, _, c in LOOSENING]
)  # fmt: skip
def test_no_answer_takes_a_promise_back(
    talk: Talk, parts: Parts, first: str, then: str, answer: dict[str, Any]
) -> None:
    before = talk([(first, {})]).conversation
    alone = talk([(first, {}), (then, {})]).conversation
    assert kept(before, alone, parts), "the rules alone take it back, so this shows nothing"
    assert kept(before, talk([(first, {}), (then, answer)]).conversation, parts)


def test_a_stricter_limit_may_replace_an_earlier_one(talk: Talk) -> None:
    finished = talk(
        [
            ("under two hours", {}),
            ("bedtime is 95 minutes away", limit("runtime", "<", 95, "95 minutes away")),
        ]
    )
    assert [x.value for x in finished.conversation.profile.limits] == [95]


def test_an_avoid_of_the_same_utterance_beats_a_wish(talk: Talk) -> None:
    answer = avoid("crime", "crooks bore me") | want("crime", "crooks bore me")
    profile = talk([("crooks bore me", answer)]).conversation.profile
    assert [a.value for a in profile.avoids] == ["crime"]
    assert not profile.wants


def test_words_that_the_rules_took_for_a_limit_are_spoken_for(talk: Talk) -> None:
    said = "a drama after 2010"
    finished = talk([(said, limit("year", "<=", 2010, "after 2010"))])
    assert [(x.op, x.value) for x in finished.conversation.profile.limits] == [(">", 2010)]


def test_a_text_wish_gives_way_where_the_model_makes_something_of_it(talk: Talk) -> None:
    said = "a proper swindle"
    assert [w.facet for w in talk([(said, {})]).conversation.profile.wants] == [TEXT]
    finished = talk([(said, want("con artists", "swindle", "tags"))])
    assert [(w.facet, w.value) for w in finished.conversation.profile.wants] == [
        ("tags", "con artists")
    ]


def test_liked_of_everything_is_liked_of_one_thing_at_the_most(talk: Talk) -> None:
    first = talk([("a heist film", {})])
    everything = {"liked": [{"item": c.item.id, "quote": "splendid stuff"} for c in first.cards]}
    finished = talk([("a heist film", {}), ("splendid stuff", everything)])
    assert len(finished.conversation.profile.liked) <= 1
    pointed = {"liked": [{"item": c.item.id, "quote": "the first three"} for c in first.cards]}
    said = "the first three were splendid"
    finished = talk([("a heist film", {}), (said, pointed)])
    assert set(finished.conversation.profile.liked) <= {c.item.id for c in first.cards[:3]}


def test_a_question_in_words_that_the_rules_do_not_know_is_answered(talk: Talk) -> None:
    first = talk([("a heist film", {})])
    second = first.cards[1].item
    said = "number two, hm, an odd choice"
    finished = talk([("a heist film", {}), (said, act("request-explanation", said, second.id))])
    assert finished.action == "explain"
    assert second.title in finished.reply


def test_a_restart_that_loses_no_promise_is_accepted(talk: Talk) -> None:
    said = "wipe the slate clean"
    finished = talk([("a heist film", {}), (said, act("restart", said))])
    assert finished.conversation.profile.is_empty
    assert finished.reply.startswith("All forgotten")


def test_a_wish_is_taken_back_where_the_quote_names_it(talk: Talk) -> None:
    gone = {"removals": [{"facet": "tags", "value": "heist", "quote": "heist has had its day"}]}
    profile = talk([("a heist film", {}), ("heist has had its day", gone)]).conversation.profile
    assert "heist" not in {w.value for w in profile.wants}
    named_not = {"removals": [{"facet": "tags", "value": "heist", "quote": "splendid stuff"}]}
    profile = talk([("a heist film", {}), ("splendid stuff", named_not)]).conversation.profile
    assert "heist" in {w.value for w in profile.wants}


def test_words_in_another_language_are_not_guessed_at_with_a_model_either(talk: Talk) -> None:
    said = "Ich möchte einen Film ohne Gewalt und unter zwei Stunden"
    finished = talk([(said, want("comedy", "Film"))])
    assert not finished.cards
    assert finished.conversation.profile.is_empty


def test_long_nonsense_is_read_in_no_time(talk: Talk) -> None:
    """2,000 characters and 24 entries of each kind with the longest quotes."""
    said = "one two hundred and a drama " * 75
    entry = {"quote": said[:390], "strength": 1.0, "value": "drama", "facet": "genres"}
    bound = {"quote": said[:100], "facet": "runtime", "op": "<", "value": 2}
    finished = talk(
        [(said, {"avoids": [entry] * 24, "limits": [bound] * 24, "wants": [entry] * 24})]
    )
    assert finished.timings_ms["chat_model"] < 1000


def test_quotes_are_the_visitors_own_characters(talk: Talk) -> None:
    said = "My GRAN  can’t stand … Gunshots!"
    profile = talk([(said, avoid("crime", "my gran cant stand gunshots"))]).conversation.profile
    assert [a.quote for a in profile.avoids if a.value == "crime"] == [
        said[: said.index("!")].replace("  ", " ")
    ]
    assert tokens(profile.avoids[-1].quote)
    assert profile.avoids[-1].strength >= EXCLUDES_FROM
    assert fold(profile.avoids[-1].quote) in fold(said)
