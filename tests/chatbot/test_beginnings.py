"""How many words can name something together: never fewer than what some lookup would find."""

import random
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from chatbot.beginnings import LONGEST_PHRASE, Beginnings
from chatbot.called import called, counted
from chatbot.lexicon import Lexicon
from chatbot.mentions import link
from chatbot.scene_words import folded, scene_words
from chatbot.words import concepts, places, renderings
from chatbot.words.spellings import other_spelling
from retrieval.catalogue import Catalogue, read_rows, write_catalogue
from retrieval.text import fold, tokens
from tests.conftest import ROOT

FILES = {
    "films": ROOT / "data",
    "books": ROOT / "data",
    "recipes": ROOT / "tests" / "catalogues",
    "shop": ROOT / "tests" / "catalogues",
    "books_zh": ROOT / "tests" / "catalogues",
}


@pytest.fixture(scope="module", params=sorted(FILES))
def lexicon(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Lexicon:
    home: Path = tmp_path_factory.mktemp("longest") / request.param
    write_catalogue(home, read_rows(FILES[request.param] / f"{request.param}.jsonl"))
    return Lexicon(Catalogue(home), folded(scene_words(request.param)))


def named(lexicon: Lexicon) -> Iterator[str]:
    for table in (lexicon.values, lexicon.people, lexicon.surnames, lexicon.titles):
        yield from table
    yield from (*concepts(), *places(), *renderings("names"), *renderings("titles"))


def test_every_name_fits_however_it_is_written(lexicon: Lexicon) -> None:
    seen = 0
    for phrase in named(lexicon):
        forms = {phrase, f"{phrase}s", counted(phrase), other_spelling(phrase)}
        for form in forms:
            words = form.split()
            if not 1 < len(words) <= LONGEST_PHRASE:
                continue
            if lexicon.value_senses(form) or lexicon.person_senses(form) or lexicon.titled(form):
                assert lexicon.beginnings.longest([*words, "and", "more"]) >= len(words), form
                seen += 1
    assert seen > 100


def test_the_same_is_linked_as_when_every_length_is_tried(
    lexicon: Lexicon, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = random.Random(7)
    names = order.sample(sorted(set(named(lexicon))), 300)
    said = [f"something like {name} or {other}'s" for name, other in pairwise(names)]
    quick = [link(text, tokens(text), lexicon) for text in said]
    monkeypatch.setattr(Beginnings, "longest", lambda _, words: min(LONGEST_PHRASE, len(words)))
    assert [link(text, tokens(text), lexicon) for text in said] == quick


def test_words_that_begin_nothing_are_looked_up_alone(lexicon: Lexicon) -> None:
    assert lexicon.beginnings.longest(["perhaps", "zyzzyva", "tonight"]) == 1
    assert lexicon.beginnings.longest(["tonight"]) == 1
    assert lexicon.beginnings.longest([]) == 0


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Part Two", "part two's"),
        ("Terminator 2: Judgment Day", "terminator two's"),
        ("Earbuds 2.0", "earbuds 2.0"),
        ("Gray Dress", "grey dress's"),
    ],
)
def test_names_fit_in_odd_spellings(title: str, said: str) -> None:
    beginnings = Beginnings([called(title, fold(title))])
    assert beginnings.longest([t.folded for t in tokens(said)]) > 1
