"""How visitors name items: without articles, spaces or capitals, by half a title or a number."""

import pytest

from chatbot.conversation import Conversation
from chatbot.lexicon import Lexicon
from chatbot.understand import Understanding, understand
from tests.chatbot.test_labelled import lexicons

__all__ = ["lexicons"]


def said(text: str, lexicon: Lexicon) -> Understanding:
    return understand(text, Conversation("t", "t"), lexicon)


def titles(ids: tuple[str, ...], lexicon: Lexicon) -> list[str]:
    return [lexicon.items[id].title for id in ids]


@pytest.mark.parametrize(
    ("catalogue", "text", "liked", "disliked"),
    [
        ("films", "loved toy story 2 and 3", ["Toy Story 2", "Toy Story 3"], []),
        ("films", "the second toy story was great", ["Toy Story 2"], []),
        ("films", "i liked the godfather part two", ["The Godfather Part II"], []),
        ("films", "pulpfiction is my favourite film", ["Pulp Fiction"], []),
        ("films", "twelve monkeys was amazing", ["12 Monkeys"], []),
        ("films", "gravity bored us", [], ["Gravity"]),
        ("films", "Nashville's a masterpiece", ["Nashville"], []),
        ("films", "frozen? meh.", [], ["Frozen"]),
        ("recipes", "the chicken katsu came out soggy", [], ["Chicken Katsu Curry"]),
        ("recipes", "gumbo went down a storm", ["Gumbo"], []),
        ("shop", "house espresso was a bit burnt", [], ["Copperlane House Espresso"]),
    ],
)
def test_an_item_is_known_by_what_visitors_call_it(
    lexicons: dict[str, Lexicon], catalogue: str, text: str, liked: list[str], disliked: list[str]
) -> None:
    change = said(text, lexicons[catalogue]).change
    assert titles(change.liked, lexicons[catalogue]) == liked
    assert titles(change.disliked, lexicons[catalogue]) == disliked


@pytest.mark.parametrize(
    "text",
    [
        "horror is great",
        "war is boring",
        "work was terrible today",
        "christmas was great",
        "it was great",
        "bought a film last year and it broke",
        "from the last 5 years",
        "3 hours is too much for me",
    ],
)
def test_words_that_a_title_has_too_are_no_title(lexicons: dict[str, Lexicon], text: str) -> None:
    change = said(text, lexicons["films"]).change
    assert change.liked == change.disliked == change.seen == ()


@pytest.mark.parametrize(
    ("catalogue", "text", "limit"),
    [
        ("films", "is there a western no longer than 100 minutes?", ("runtime", "<=", 100)),
        ("films", "nothing that's over two hours", ("runtime", "<=", 120)),
        ("films", "2 hours absolute maximum", ("runtime", "<=", 120)),
        ("films", "we have about two hours", ("runtime", "<=", 120)),
        ("films", "nothing made after about 1990 please", ("year", "<=", 1990)),
        ("films", "from 1990 until now", ("year", ">=", 1990)),
        ("films", "isn't sad and isn't from before 1980", ("year", ">=", 1980)),
        ("recipes", "no longer than three quarters of an hour", ("total_minutes", "<=", 45)),
        ("recipes", "dinner for 8", ("servings", ">=", 8)),
        ("recipes", "it should feed six", ("servings", ">=", 6)),
        ("shop", "15 euro limit", ("price", "<=", 15)),
    ],
)
def test_a_limit_is_kept_however_it_is_said(
    lexicons: dict[str, Lexicon], catalogue: str, text: str, limit: tuple[str, str, float]
) -> None:
    limits = said(text, lexicons[catalogue]).change.limits
    assert [(x.facet, x.op, x.value) for x in limits] == [limit]
