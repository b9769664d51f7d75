"""A value that says an item has none of something is not ruled out with it."""

import pytest

from chatbot.lacking import lacks
from chatbot.lexicon import Lexicon
from chatbot.profile import Profile
from retrieval.constraints import permitted
from retrieval.text import fold
from tests.chatbot.test_first_visits import change
from tests.chatbot.test_labelled import lexicons

__all__ = ["lexicons"]


@pytest.mark.parametrize(
    ("catalogue", "said", "tag"),
    [
        ("recipes", "dinner without the oven", "no-oven"),
        ("recipes", "no gluten please", "gluten free"),
        ("films", "no violence", "non-violence"),
        ("shop", "a coffee, no caffeine", "caffeine-free"),
    ],
)
def test_what_has_none_of_it_is_still_shown(
    lexicons: dict[str, Lexicon], catalogue: str, said: str, tag: str
) -> None:
    found = change(lexicons, catalogue, said)
    assert found.avoids
    free = [i for i in lexicons[catalogue].items.values() if i.has("tags", tag)]
    of_values = tuple(a for a in found.avoids if a.facet not in ("allergens", "content_notes"))
    assert [i for i in free if permitted(i, Profile(avoids=of_values).constraints)]


def test_what_has_it_stays_out(lexicons: dict[str, Lexicon]) -> None:
    recipes = lexicons["recipes"]
    found = change(lexicons, "recipes", "dinner without the oven")
    limits = Profile(avoids=found.avoids).constraints
    kept = [i for i in recipes.items.values() if permitted(i, limits)]
    assert kept
    for item in kept:
        said = " ".join(str(item.fields.get(field)) for field in ("title", "tags", "description"))
        assert "oven" not in fold(said).split() or item.has("tags", "no-oven")


@pytest.mark.parametrize(
    ("value", "phrase", "so"),
    [
        ("gluten free", "gluten", True),
        ("no oven", "oven", True),
        ("non violence", "violence", True),
        ("oven", "oven", False),
        ("war violence", "war", False),
        ("free jazz", "jazz", False),
        ("no country for old men", "old men", False),
    ],
)
def test_a_word_that_denies_stands_next_to_what_it_denies(
    value: str, phrase: str, so: bool
) -> None:
    assert lacks(value, phrase) == so
