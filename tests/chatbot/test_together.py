"""Conversations over several scenes: nothing is mixed, nothing that was ruled out is shown in any."""

import json
import os
import random
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from chatbot.events import Said
from chatbot.log import ConversationLog
from chatbot.parts import Parts
from chatbot.scene_words import scene_words
from chatbot.together import FinishedTogether, InScene, Together, begin, respond_together
from retrieval.errors import UnknownConversation
from tests.chatbot.oracle import Memory, faults
from tests.chatbot.worlds import World, opened, row_lists, utterance_of
from tests.conftest import ROOT
from ui.wire import profile_json
from ui.wire_together import together_turn_json

WORDS = {name: scene_words(name) for name in ("films", "books")}
NAMES = tuple(WORDS)
QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
shown_items: Counter[str] = Counter()
GOLDEN = ROOT / "tests" / "golden" / "together" / "rainy-weekend.json"


def turn(together: Together, said: str, parts: Mapping[str, Parts]) -> FinishedTogether:
    *_, end = respond_together(together, said, parts, WORDS)
    assert isinstance(end, FinishedTogether)
    return end


def talk(parts: Mapping[str, Parts], *said: str) -> list[FinishedTogether]:
    together, found = begin("golden", NAMES), []
    for utterance in said:
        found.append(turn(together, utterance, parts))
        together = found[-1].together
    return found


def said_of(worlds: Mapping[str, World], dice: random.Random) -> str:
    """Something about one scene, about both in one breath, or about none by name."""
    film, book = (utterance_of(worlds[name], dice) for name in NAMES)
    forms = (
        f"a film, {film}", f"a book, {book}", film, book, f"a film and a book, {film}",
        f"a film with {film} and a book about {book}", f"the second book, {book}", f"films: {film}. books: {book}",
        f"I hate the film {film} and the book {book}", f"no films, {book}", f"for both: {film}", f"{film}。{book}",
        f"一部{film}的电影和一本{book}的书", f"I've seen {film} and read {book}",
    )  # fmt: skip
    return dice.choice(forms)


def exercise(worlds: Mapping[str, World], seed: int) -> None:
    """One conversation; every item that a scene shows is laid before the oracle with its profile."""
    dice = random.Random(seed)
    together = begin(f"t{seed}", NAMES)
    memories = {name: Memory() for name in NAMES}
    rows: dict[str, dict[str, Any]] = {n: {r["id"]: r for r in worlds[n].rows} for n in NAMES}
    parts = {name: worlds[name].parts for name in NAMES}
    for _ in range(dice.randint(2, 7)):
        said = said_of(worlds, dice)
        before, end = together, turn(together, said, parts)
        together = end.together
        heard = {scene.catalogue for scene in end.scenes}
        for name in set(NAMES) - heard:
            assert together.of(name) == before.of(name), "what was not heard changes nothing"
        for scene in end.scenes:
            name = scene.catalogue
            now = together.of(name)
            profile = json.loads(json.dumps(profile_json(now.profile)))
            here = [card.item.id for card in scene.finished.cards]
            out = memories[name].out(here, "undo" in now.turns[-1].acts)
            for id in here:
                wrong = faults(rows[name][id], profile, out, set(now.hidden))
                assert not wrong, (said, name, rows[name][id], wrong)
            memories[name].add(here)
            shown_items["items"] += len(here)
            if here and dice.random() < 0.3:
                together = together.with_one(now.reacted(here[0], "dislike"))


@settings(max_examples=60, deadline=None, suppress_health_check=QUIET)
@given(row_lists(), row_lists(), st.lists(st.integers(0, 2**32), min_size=3, max_size=5))
def many(films: list[Any], books: list[Any], seeds: list[int]) -> None:
    worlds = {"films": opened(films), "books": opened(books)}
    for seed in seeds:
        exercise(worlds, seed)


def test_whatever_is_said_no_scene_shows_what_its_profile_rules_out() -> None:
    shown_items.clear()
    many()
    assert shown_items["items"] >= 1000


@pytest.mark.parametrize(
    "said",
    ["nothing violent", "no romance please", "I hate war", "不要暴力", "without suicide",
     "a film and a book, no horror", "a film for tonight. Nothing violent."],
)  # fmt: skip
def test_what_is_ruled_out_for_all_stands_on_every_profile(
    two: Mapping[str, Parts], said: str
) -> None:
    together = talk(two, said)[-1].together
    for conversation in together.conversations:
        assert conversation.profile.avoids, conversation.catalogue


def test_a_wish_for_one_scene_is_none_for_the_other(two: Mapping[str, Parts]) -> None:
    end = talk(two, "a scary film and a funny book")[-1]
    wants = {c.catalogue: {w.value for w in c.profile.wants} for c in end.together.conversations}
    assert wants["films"] & {"scary", "horror"}
    assert not wants["films"] & {"funny", "comedy"}
    assert wants["books"] & {"comedy", "funny", "humour"}
    assert not wants["books"] & {"scary", "horror"}


def test_undo_takes_back_the_last_change_where_it_was_made(two: Mapping[str, Parts]) -> None:
    *_, before, undone = talk(
        two, "a film and a book, no horror", "the book under 300 pages", "more films", "undo"
    )
    assert before.together.of("books").profile.limits
    assert not undone.together.of("books").profile.limits
    for name in NAMES:
        assert undone.together.of(name).profile.avoids, "older promises stay"


def test_what_only_took_note_shows_no_list_and_says_so(two: Mapping[str, Parts]) -> None:
    end = talk(two, "a film for tonight. Nothing violent.")[-1]
    films, books = end.scenes
    assert films.finished.cards
    assert not books.finished.cards
    assert "Books: Noted here too: “Nothing violent”." in end.reply


def test_at_most_one_question_is_asked_in_a_turn(two: Mapping[str, Parts]) -> None:
    for end in talk(
        two, "something", "a film and a book", "hello", "a drama film and a drama book"
    ):
        asked = [s for s in end.scenes if s.finished.question]
        assert len(asked) <= 1


def test_cards_of_every_scene_come_before_words(two: Mapping[str, Parts]) -> None:
    events = list(respond_together(begin("t", NAMES), "a funny film and book", two, WORDS))
    kinds = [type(e.event).__name__ for e in events if isinstance(e, InScene)]
    assert kinds.index("Said") > max(n for n, kind in enumerate(kinds) if kind == "Recommended")
    words = (e.event for e in events if isinstance(e, InScene))
    said = "".join(event.text for event in words if isinstance(event, Said))
    assert isinstance(events[-1], FinishedTogether)
    assert said == events[-1].reply


def test_the_reply_is_in_the_language_and_names_the_scene(two: Mapping[str, Parts]) -> None:
    reply = talk(two, "周末想看一部搞笑的电影和一本搞笑的书")[-1].reply
    assert reply.startswith("电影：")
    assert "\n\n图书：" in reply


def test_a_conversation_is_kept_whole_and_erased_whole(
    two: Mapping[str, Parts], tmp_path: Path
) -> None:
    log = ConversationLog(tmp_path)
    together = begin("abc", NAMES)
    log.save_together(together)
    for said in ("a film and a book, no horror", "more books", "undo"):
        end = turn(together, said, two)
        log.turn_together(end)
        together = end.together
    assert log.load_together("abc") == together
    kept = log.export("abc")
    assert [len(scene["turns"]) for scene in kept["scenes"]] == [
        len(c.turns) for c in together.conversations
    ]
    assert "no horror" in json.dumps(kept)
    log.forget("abc")
    assert log.load_together("abc") is None
    for name in NAMES:
        with pytest.raises(UnknownConversation):
            log.load(f"abc/{name}")
    assert b"no horror" not in (tmp_path / "log.db").read_bytes()


def test_a_turn_of_a_conversation_that_was_erased_meanwhile_is_not_kept(
    two: Mapping[str, Parts], tmp_path: Path
) -> None:
    log = ConversationLog(tmp_path)
    together = begin("abc", NAMES)
    log.save_together(together)
    end = turn(together, "a film and a book", two)
    log.forget("abc")
    with pytest.raises(UnknownConversation):
        log.turn_together(end)
    for name in NAMES:
        with pytest.raises(UnknownConversation):
            log.load(f"abc/{name}")


def play(parts: Mapping[str, Parts], said: list[str]) -> list[dict[str, Any]]:
    found = []
    for end in talk(parts, *said):
        wire = json.loads(json.dumps(together_turn_json(end, {})))
        del wire["timings_ms"], wire["profile"], wire["items"]
        for scene in wire["scenes"]:
            scene["items"] = [{k: i[k] for k in ("id", "reason")} for i in scene["items"]]
        found.append(wire)
    return found


def test_the_golden_conversation_about_a_rainy_weekend_is_as_it_was(
    two: Mapping[str, Parts],
) -> None:
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    turns = play(two, golden["utterances"])
    if os.environ.get("WRITE_GOLDEN"):
        text = json.dumps({**golden, "turns": turns}, ensure_ascii=False, indent=1)
        GOLDEN.write_text(text + "\n", encoding="utf-8")
        return
    assert len(turns) == 6
    for was, now in zip(golden["turns"], turns, strict=True):
        assert now == was
