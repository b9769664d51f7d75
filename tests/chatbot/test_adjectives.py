"""Limits in words without a figure, and what they come to in the catalogue at hand."""

import pytest

from chatbot.conversation import Conversation
from chatbot.lexicon import Lexicon
from chatbot.parts import Parts
from chatbot.understand import understand
from retrieval.catalogue import Catalogue, read_rows, write_catalogue
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Lexicon:
    folder = tmp_path_factory.mktemp("shop")
    write_catalogue(folder, read_rows(ROOT / "tests" / "catalogues" / "shop.jsonl"))
    return Lexicon(Catalogue(folder))


def limits(said: str, lexicon: Lexicon) -> set[tuple[str, str, float]]:
    change = understand(said, Conversation("t", "t"), lexicon).change
    return {(x.facet, x.op, float(x.value)) for x in change.limits}


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("something recent", {("year", ">=", 2016.0)}),
        ("not too long", {("runtime", "<=", 120.0)}),
        ("quick, something good under 100 minutes", {("runtime", "<", 100.0)}),
        ("a recent film, after 2020", {("year", ">", 2020.0)}),
    ],
)
def test_words_about_films(parts: Parts, said: str, meant: set[tuple[str, str, float]]) -> None:
    assert limits(said, parts.lexicon) == meant


def test_good_reviews_are_four_of_five(shop: Lexicon) -> None:
    assert limits("wireless headphones with good reviews", shop) == {("rating", ">=", 4.0)}
    assert limits("gutes Essen", shop) == set()


def test_cheap_depends_on_what_is_looked_for(shop: Lexicon) -> None:
    ((_, op, anything),) = limits("something cheap", shop)
    prices = sorted(n for i in shop.items.values() if (n := i.number("price")) is not None)
    assert op == "<="
    assert prices[0] < anything < prices[len(prices) // 2] + 1
    ((_, _, watch),) = limits("a cheap watch", shop)
    watches = [i for i in shop.items.values() if "watch" in str(i.fields["category"])]
    assert watch != anything or len(watches) < 8


def test_a_figure_says_it_better_than_a_word(shop: Lexicon) -> None:
    assert limits("something cheap, under 20 euros", shop) == {("price", "<", 20.0)}


def test_what_is_denied_is_no_limit(shop: Lexicon) -> None:
    assert limits("not in stock", shop) == set()
