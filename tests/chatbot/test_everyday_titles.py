"""Titles in everyday words and small letters: by the talk around them, in a row, or as a reader guesses."""

import pytest

from chatbot.conversation import Conversation
from chatbot.lexicon import Lexicon
from chatbot.mention_model import MiniLmReader
from chatbot.parts import Parts
from chatbot.second_reader import (
    ACT_NAMES,
    ITEM_KINDS,
    SORTS,
    WORD_KINDS,
    Cuts,
    Heard,
    Likely,
)
from chatbot.understand import Understanding, understand
from ui.opening import READER


class Guessing:
    """Takes every guess for a title, and is undecided on all else."""

    name = "guessing"
    cuts = Cuts(dict.fromkeys(SORTS, 0.9), dict.fromkeys(SORTS, 0.0))

    def read(self, heard: Heard) -> Likely:
        return Likely(
            dict.fromkeys(ACT_NAMES, 0.5),
            tuple(dict.fromkeys(ITEM_KINDS, 0.5) for _ in heard.named),
            tuple({k: float(k == "nothing") for k in WORD_KINDS} for _ in heard.words),
            (1.0,) * len(heard.maybe),
        )


@pytest.fixture
def lexicon(parts: Parts) -> Lexicon:
    return parts.lexicon


def titles(lexicon: Lexicon, said: Understanding) -> set[str]:
    change = said.change
    ids = {*said.about, *change.liked, *change.disliked, *change.seen}
    ids |= {str(w.value) for w in change.wants if w.facet == "similar"}
    return {lexicon.items[id].title for id in ids if id in lexicon.items}


def read(lexicon: Lexicon, text: str) -> set[str]:
    return titles(lexicon, understand(text, Conversation("t", "films"), lexicon))


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("have you got the piano", {"The Piano"}),
        ("what's room about", {"Room"}),
        ("how long is titanic again", {"Titanic"}),
        ("how scary is it follows out of ten", {"It Follows"}),
        ("speed but on a boat", {"Speed"}),
        ("big is my comfort film. so is clueless", {"Big", "Clueless"}),
        ("wonder made my whole class cry", {"Wonder"}),
        ("my top 3: heat, fargo, the thing", {"Heat", "Fargo", "The Thing"}),
        (
            "i like moon and gravity and arrival, you see the pattern",
            {"Moon", "Gravity", "Arrival"},
        ),
        ("ran or throne of blood for a first kurosawa?", {"Ran", "Throne of Blood"}),
        ("lady bird done, brooklyn done, atonement done", {"Lady Bird", "Brooklyn", "Atonement"}),
    ],
)
def test_everyday_words_are_titles_where_the_talk_around_them_asks_for_one(
    lexicon: Lexicon, said: str, named: set[str]
) -> None:
    assert read(lexicon, said) == named


@pytest.mark.parametrize(
    "said",
    [
        "how long is it",
        "what's it about",
        "do you have horror?",
        "drama or comedy?",
        "i like heat and sun",
        "once in a while a drive at speed",
        "i need some room, the weekend was a joke",
        "my mother is over the moon about her pride and joy",
    ],
)
def test_everyday_words_stay_what_they_are_elsewhere(lexicon: Lexicon, said: str) -> None:
    assert read(lexicon, said) == set()


def test_a_guess_that_a_second_reader_takes_is_read_as_a_title(lexicon: Lexicon) -> None:
    text, before = "we adored moon, all of us", Conversation("t", "films")
    assert titles(lexicon, understand("it was moon for us", before, lexicon)) == set()
    found = understand("my other half says watch moon", before, lexicon, Guessing())
    assert "Moon" in titles(lexicon, found) | {
        lexicon.items[i].title for i in found.about if i in lexicon.items
    }
    assert titles(lexicon, understand(text, before, lexicon, Guessing())) == {"Moon"}


def test_no_guess_takes_an_exclusion_away(lexicon: Lexicon) -> None:
    said = understand("no cars please", Conversation("t", "films"), lexicon, Guessing())
    assert "cars" in {str(a.value) for a in said.change.avoids}


def test_the_reader_that_comes_with_the_project_takes_no_everyday_word_for_a_title(
    lexicon: Lexicon,
) -> None:
    ours, before = MiniLmReader(READER), Conversation("t", "films")
    for text in ("i drive a lot for work", "there is no room in the house and the heat is bad"):
        assert titles(lexicon, understand(text, before, lexicon, ours)) == set(), text
