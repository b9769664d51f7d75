"""For somebody of an age: where a catalogue says ages of some kinds of things, of these only."""

import pytest

from chatbot.lexicon import Lexicon
from chatbot.profile import Profile
from retrieval.constraints import permitted
from retrieval.item import Item
from tests.chatbot.test_first_visits import change
from tests.chatbot.test_labelled import lexicons

__all__ = ["lexicons"]


def left(lexicons: dict[str, Lexicon], said: str) -> list[Item]:
    found = change(lexicons, "shop", said)
    limits = Profile(limits=found.limits).constraints
    assert [x.facet for x in found.limits] == ["age_from"]
    return [i for i in lexicons["shop"].items.values() if permitted(i, limits)]


@pytest.mark.parametrize("said", ["a backpack for my 8 year old", "for a girl of 8"])
def test_kinds_of_which_no_age_is_said_are_let_through(
    lexicons: dict[str, Lexicon], said: str
) -> None:
    shop = lexicons["shop"]
    kept = left(lexicons, said)
    assert {"backpacks", "toys", "board games"} <= {i.fields["category"] for i in kept}
    backpacks = [i for i in shop.items.values() if i.has("category", "backpacks")]
    assert all(i in kept for i in backpacks)


def test_what_is_for_older_ones_or_does_not_say_stays_out(lexicons: dict[str, Lexicon]) -> None:
    shop, kept = lexicons["shop"], left(lexicons, "a toy for my 3 year old")
    aged = [i for i in shop.items.values() if i.fields["category"] in ("toys", "board games")]
    for item in aged:
        age = item.number("age_from")
        assert (item in kept) == (age is not None and age <= 3), item.title


@pytest.mark.parametrize(
    ("said", "among"),
    [
        ("a present for a boy of ten", "for a boy of ten"),
        ("something for a girl of 6", "for a girl of 6"),
    ],
)
def test_the_age_may_stand_behind_the_child(
    lexicons: dict[str, Lexicon], said: str, among: str
) -> None:
    found = change(lexicons, "shop", said)
    assert any(among in w.quote for w in found.wants)
    assert ("tags", "kids") in {(w.facet, w.value) for w in found.wants}
    assert [x.facet for x in found.limits] == ["age_from"]
