"""Routing: who hears what, on utterances written by hand (tests/utterances/scenes*.jsonl)."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from chatbot.clauses import Scene
from chatbot.conversation import Conversation
from chatbot.parts import Parts
from chatbot.respond import respond
from chatbot.scene_words import scene_words
from chatbot.scenes import Heard, Latest, route
from retrieval.text import tokens
from tests.conftest import ROOT, last

UTTERANCES = ROOT / "tests" / "utterances"
Table = list[dict[str, Any]]
BEFORE = {"none": (), "both": ("films", "books"), "films": ("films",), "books": ("books",)}


def table(name: str) -> Table:
    lines = (UTTERANCES / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="session")
def situations(two: Mapping[str, Parts]) -> dict[str, tuple[list[Scene], Latest]]:
    """Nothing said yet; or two lists shown in each scene, talked about last in both, or in one."""

    def scenes(*said: str) -> list[Scene]:
        found = []
        for name, parts in two.items():
            conversation = Conversation("t", name)
            for utterance in said:
                conversation = last(respond(conversation, utterance, parts)).conversation
            found.append(Scene(scene_words(name), parts.lexicon, conversation))
        return found

    fresh, shown = scenes(), scenes("something funny", "more")
    return {
        name: (shown if talked else fresh, Latest(talked, talked[-1] if talked else "", talked))
        for name, talked in BEFORE.items()
    }


def heard(row: dict[str, Any], situations: dict[str, tuple[list[Scene], Latest]]) -> Any:
    found = route(row["said"], *situations[row["before"]])
    noted = [h.scene for h in found if h.only_noted]
    return {"heard": {h.scene: h.text for h in found}, **({"noted": noted} if noted else {})}


@pytest.mark.parametrize("row", table("scenes.jsonl"), ids=lambda r: f"{r['before']}: {r['said']}")
def test_every_scene_hears_what_is_said_of_it(
    row: dict[str, Any], situations: dict[str, tuple[list[Scene], Latest]]
) -> None:
    assert heard(row, situations) == {k: row[k] for k in ("heard", "noted") if k in row}


def test_the_table_holds_enough_of_both_languages() -> None:
    said = [row["said"] for row in table("scenes.jsonl")]
    assert len(said) >= 150
    assert sum(any("一" <= c <= "鿿" for c in text) for text in said) >= 25


def test_the_words_that_a_scene_hears_are_the_visitors_own() -> None:
    for row in table("scenes.jsonl"):
        said = {word.folded for word in tokens(row["said"])}
        for text in row["heard"].values():
            assert {word.folded for word in tokens(text)} <= said


def test_an_offered_answer_goes_to_the_scene_that_asked(two: Mapping[str, Parts]) -> None:
    asked = last(respond(Conversation("t", "books"), "hello", two["books"])).conversation
    question = asked.turns[-1].question
    assert question
    scenes = [
        Scene(scene_words("films"), two["films"].lexicon, Conversation("t", "films")),
        Scene(scene_words("books"), two["books"].lexicon, asked),
    ]
    answer = question.options[0].value
    assert route(answer, scenes, Latest(("films",))) == (Heard("books", answer),)


def test_one_scene_hears_everything(two: Mapping[str, Parts]) -> None:
    scene = Scene(scene_words("films"), two["films"].lexicon, Conversation("t", "films"))
    assert route("a film and a book", [scene]) == (Heard("films", "a film and a book"),)


def test_another_language_is_answered_once(
    situations: dict[str, tuple[list[Scene], Latest]],
) -> None:
    said = "ich möchte einen lustigen Film und ein Buch für meine Kinder"
    assert len(route(said, *situations["none"])) == 1


def test_a_catalogue_of_ones_own_is_called_by_its_name_and_its_owners_nouns() -> None:
    words = scene_words("board_games", ("puzzle", "桌游"))
    assert words.named("two games, a puzzle and a gamester") == [(4, 9), (13, 19)]
    assert words.named("想买一个桌游") == [(4, 6)]
    assert words.heading("en") == words.heading("zh") == "Board Games"
    assert scene_words("novels").heading("zh") == "图书"


def test_a_noun_is_no_wish_by_itself(two: Mapping[str, Parts]) -> None:
    """ "A book" once was a wish for the tag "books"."""
    for said, wishes in (("a book for a rainy weekend", []), ("a novel about books", ["books"])):
        profile = last(respond(Conversation("t", "books"), said, two["books"])).conversation.profile
        assert [w.value for w in profile.wants if w.facet != "context"] == wishes
