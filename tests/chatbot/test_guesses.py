"""Guesses: made from likes alone, weaker than what is said, never against it, gone with their likes."""

from collections.abc import Callable
from copy import copy
from dataclasses import replace
from time import perf_counter

import pytest

from chatbot.conversation import Conversation
from chatbot.events import Finished
from chatbot.explain import gather, reason, supported
from chatbot.guesses import (
    MOST_GUESSES,
    SIGNIFICANT,
    STRONGEST,
    guesses_of,
    log_likelihood_ratio,
)
from chatbot.parts import Parts
from chatbot.profile import WEAK, Limit, Preference, Profile, ProfileChange
from chatbot.profile_text import profile_text
from chatbot.recommend import query_of
from retrieval.constraints import Columns
from retrieval.find import Retriever
from retrieval.prompt import ScorerPrompt
from retrieval.rank import rank
from retrieval.settings import RankSettings
from tests.conftest import make_retriever

Say = Callable[..., list[Finished]]


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    """A hundred items; every fifth is red, every second large, two are round, all are things."""
    rows = [
        {
            "id": f"i{n}",
            "title": f"Item {n}",
            "colour": ["red" if n % 5 == 0 else "blue"],
            "size": ["large" if n % 2 == 0 else "small"],
            "shape": ["round" if n in (0, 5) else "square"],
            "kind": ["thing"],
            "warnings": ["sharp" if n % 10 == 0 else "hot"],
        }
        for n in range(100)
    ]
    return make_retriever(tmp_path_factory.mktemp("board"), rows)


def values(profile: Profile, retriever: Retriever) -> list[str]:
    return [g.value for g in guesses_of(profile, retriever)]


def test_what_two_likes_share_beyond_chance_is_guessed(board: Retriever) -> None:
    (guess,) = guesses_of(Profile(liked=("i10", "i15")), board)
    assert (guess.facet, guess.value, guess.likes) == ("colour", "red", ("i10", "i15"))
    assert 0 < guess.strength < STRONGEST < WEAK


def test_one_like_is_no_ground_for_a_guess(board: Retriever) -> None:
    assert values(Profile(liked=("i10",)), board) == []


def test_what_half_of_the_catalogue_has_is_not_guessed_from_two(board: Retriever) -> None:
    assert "large" not in values(Profile(liked=("i10", "i20")), board)
    many = tuple(f"i{n}" for n in range(10, 30, 2))
    assert "large" in values(Profile(liked=many), board)


def test_what_is_not_shared_by_more_than_chance_is_not_guessed(board: Retriever) -> None:
    assert "red" not in values(Profile(liked=("i5", "i10", "i1", "i2", "i3", "i4", "i6")), board)


def test_a_dislike_takes_a_like_away(board: Retriever) -> None:
    likes = ("i10", "i15")
    assert values(Profile(liked=likes, disliked=("i20",)), board) == []
    assert values(Profile(liked=likes, disliked=("i1",)), board) == ["red"]
    assert values(Profile(liked=(*likes, "i25", "i30"), disliked=("i20",)), board) == ["red"]


def test_a_guess_goes_with_its_like(board: Retriever) -> None:
    conversation = Conversation("c", "board").reacted("i10", "like").reacted("i15", "like")
    assert values(conversation.profile, board) == ["red"]
    back = conversation.changed(ProfileChange(undo=True))
    assert values(back.profile, board) == []


def test_what_was_said_is_never_guessed_nor_guessed_against(board: Retriever) -> None:
    likes = ("i10", "i15")
    red = Preference("colour", "Red", 0.4, "red", 1)
    assert values(Profile(liked=likes, wants=(red,)), board) == []
    assert values(Profile(liked=likes, avoids=(red,)), board) == []
    other = Limit("colour", "=", "blue", "blue only", 1)
    assert values(Profile(liked=likes, limits=(other,)), board) == []
    assert values(Profile(liked=likes, dismissed=(("colour", "red"),)), board) == []


def test_what_no_item_left_carries_is_not_guessed(board: Retriever) -> None:
    assert "round" not in values(Profile(liked=("i0", "i5")), board)


def test_warnings_are_never_guessed_at(board: Retriever) -> None:
    assert "sharp" not in values(Profile(liked=("i10", "i20", "i30")), board)


def test_there_are_five_at_the_most(parts: Parts) -> None:
    liked = ("alien-1979", "aliens-1986", "blade-runner-1982", "heat-1995", "the-godfather-1972")
    assert len(guesses_of(Profile(liked=liked), parts.retriever)) <= MOST_GUESSES


def test_the_ratio_is_that_of_the_two_likelihoods() -> None:
    """Known by hand: two of two where a quarter is expected is 2 * 2 * ln 4."""
    assert log_likelihood_ratio(2, 2, 0.25) == pytest.approx(5.545, abs=1e-3)
    assert log_likelihood_ratio(1, 2, 0.5) == 0
    assert log_likelihood_ratio(1, 4, 0.5) == 0
    assert log_likelihood_ratio(2, 2, 0.5) < SIGNIFICANT < log_likelihood_ratio(2, 2, 0.3)


def test_a_guess_reorders_a_little_and_neither_brings_nor_excludes(board: Retriever) -> None:
    blue = Preference("colour", "blue", 0.8, "blue", 1)
    small = Preference("size", "small", 0.8, "small", 1)
    liked = ("i10", "i15")
    conversation = Conversation("c", "board", profile=Profile(wants=(small,), liked=liked))
    query = query_of(conversation, board)
    assert [w.value for w in query.guesses] == ["red"]
    assert [w.value for w in query.wishes] == ["small"]
    assert query.constraints == ()
    found = board.find(query)
    settings = RankSettings()
    prompt = ScorerPrompt.of("", "", "")
    scores = {r.candidate.item.id: r for r in rank(found, query, prompt, None, 0.0, 32, settings)}
    assert {r.candidate.item.id for r in scores.values()} == {c.item.id for c in found}
    gain = max(r.parts.get("guessed", 0.0) for r in scores.values())
    stated = max(r.parts["wishes"] for r in scores.values())
    assert 0 < gain < 0.25 * stated
    assert blue.value not in [w.value for w in query.guesses]


def test_a_card_that_rests_on_a_guess_says_so(say: Say, parts: Parts) -> None:
    finished = say("I loved Heat and The Godfather")[-1]
    guessed = [c for c in finished.cards if any(e.kind == "guess" for e in c.evidence)]
    assert guessed
    for card in guessed:
        assert "a guess from your liking Heat (1995) and The Godfather (1972)" in card.reason
        for e in card.evidence:
            if e.kind == "guess":
                assert card.item.has(e.field, str(e.value))
                assert parts.lexicon.items[e.other].has(e.field, str(e.value))


def test_a_guess_that_the_item_does_not_bear_out_is_not_said(say: Say, parts: Parts) -> None:
    conversation = say("I loved Heat and The Godfather")[-1].conversation
    item = parts.lexicon.items["annie-hall-1977"]
    evidence = gather(
        item, conversation, parts.retriever, 3, guesses_of(conversation.profile, parts.retriever)
    )
    words = reason(item, evidence, conversation, parts.lexicon)
    assert "crime" not in words
    false = "Has crime: a guess from your liking Heat (1995)."
    assert not supported(false, item, conversation, parts.lexicon)


def test_what_do_you_know_about_me_tells_guesses_from_what_was_said(say: Say) -> None:
    finished = say(
        "something like Alien, maybe a comedy, no horror, under two hours, I loved Heat and The Godfather, hated Titanic",
        "what do you know about me?",
    )[-1]
    assert finished.action == "talk"
    for said in (
        "You very much want something like Alien (1979).",
        "You want, but less, “comedy”.",
        "You ruled out “no horror”.",
        "Limits: “under two hours”.",
        "You liked Heat (1995) and The Godfather (1972).",
        "You did not like Titanic (1997).",
        "I only guess, and go by it less, that you may like",
        "crime (from your liking Heat and The Godfather)",
    ):
        assert said in finished.reply


def test_soft_avoids_and_turned_down_guesses_are_told_apart() -> None:
    hard = Preference("genres", "horror", 1.0, "no horror", 1)
    soft = Preference("genres", "war", 0.4, "no war films", 1)
    profile = Profile(avoids=(hard, soft), dismissed=(("genres", "crime"),))
    assert profile_text(profile, (), {}) == (
        "You ruled out “no horror”. To be shown less, but not ruled out: “no war films” (fewer of these). "
        "Guesses that you turned down: crime."
    )


def test_guessing_takes_a_few_milliseconds_in_a_large_catalogue(parts: Parts) -> None:
    """36,000 rows: our own films over and over, under other ids."""
    items = list(parts.lexicon.items.values())
    many = [replace(items[n % len(items)], id=f"{n}") for n in range(36_000)]

    retriever = copy(parts.retriever)
    retriever.catalogue = copy(parts.retriever.catalogue)
    retriever.catalogue.items = {item.id: item for item in many}
    retriever.columns = Columns(many, parts.lexicon.schema)
    profile = Profile(
        liked=tuple(str(n) for n in range(0, 40)),
        disliked=tuple(str(n) for n in range(40, 50)),
        limits=(Limit("year", ">", 1980, "after 1980", 1),),
    )
    assert guesses_of(profile, retriever)
    best = 1.0
    for _ in range(5):
        start = perf_counter()
        guesses_of(profile, retriever)
        best = min(best, perf_counter() - start)
    assert best < 0.01
