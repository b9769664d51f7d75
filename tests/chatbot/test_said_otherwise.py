"""Turns of phrase that were taken for something else: limits that were told, wishes behind "so"."""

from datetime import UTC, datetime

import pytest

from chatbot.conversation import Conversation
from chatbot.lexicon import Lexicon
from chatbot.parts import Parts
from chatbot.understand import understand
from tests.chatbot.test_labelled import lexicons
from tests.chatbot.test_other_titles import read

__all__ = ["lexicons"]

THIS_YEAR = datetime.now(UTC).year


def limits(parts: Parts, said: str) -> set[tuple[str, str, float]]:
    return {(x.facet, x.op, float(str(x.value))) for x in read(parts, said).change.limits}


@pytest.mark.parametrize(
    "said",
    [
        "i got twenty minutes into roma and fell asleep",
        "noped out of Possession after an hour",
        "I fell asleep in 2001, twice",
        "3 hours is longer than my break",
    ],
)
def test_how_long_somebody_watched_is_no_limit(parts: Parts, said: str) -> None:
    assert not limits(parts, said)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("one from the 70s, sorry 60s", {("year", ">=", 1960), ("year", "<=", 1969)}),
        ("from the 60s, no wait, the 50s", {("year", ">=", 1950), ("year", "<=", 1959)}),
        ("films under 90 minutes, actually no, 100", {("runtime", "<", 100)}),
        ("older than me and I'm 64", {("year", "<", THIS_YEAR - 64)}),
        ("nothing older than me, I'm 30", {("year", ">=", THIS_YEAR - 30)}),
        ("sci fi from before I was born, so before 1974", {("year", "<", 1974)}),
    ],
)
def test_limits_that_are_corrected_or_told_by_an_age(
    parts: Parts, said: str, meant: set[tuple[str, str, float]]
) -> None:
    assert limits(parts, said) == meant
    assert not read(parts, said).unclear


def test_an_age_that_nobody_says_is_asked_for(parts: Parts) -> None:
    assert read(parts, "something older than me").unclear


@pytest.mark.parametrize(
    ("said", "wanted", "ruled_out"),
    [
        ("I don't like horror so maybe a comedy", {"comedy"}, {"horror"}),
        ("nothing with Tom Cruise he runs funny", None, {"Tom Cruise"}),
        ("of course I cried, I'm not a monster", set(), set()),
        ("I'm not a horror person", set(), {"horror"}),
        ("samurai is not necessary", {"samurai"}, set()),
        ("I'd say no to a western", set(), {"western"}),
        ("I'd never say no to a western", {"western"}, set()),
        ("no patience for musicals", set(), {"musicals"}),
        ("nothing so sad", set(), {"sad"}),
    ],
)
def test_what_is_ruled_out_ends_where_its_clause_does(
    parts: Parts, said: str, wanted: set[str] | None, ruled_out: set[str]
) -> None:
    change = read(parts, said).change
    assert {a.phrase for a in change.avoids} == ruled_out
    assert wanted is None or {w.phrase for w in change.wants} == wanted


def test_what_is_wished_for_but_not_too_much_of_it_is_a_wish(parts: Parts) -> None:
    change = read(parts, "something scary but not too scary").change
    assert ("genres", "horror") in {(w.facet, w.value) for w in change.wants}
    assert not {w.key for w in change.wants} & {a.key for a in change.avoids}


def test_a_price_that_is_corrected(lexicons: dict[str, Lexicon]) -> None:
    said = "a kettle under 20 euros, no sorry 40"
    change = understand(said, Conversation("t", "shop"), lexicons["shop"]).change
    assert [(x.facet, x.op, x.value) for x in change.limits] == [("price", "<", 40)]
