"""What is ruled out right before an amount stays ruled out, and the amount is not turned round."""

import pytest

from chatbot.lexicon import Lexicon
from chatbot.profile import Profile
from retrieval.constraints import permitted
from tests.chatbot.test_first_visits import change
from tests.chatbot.test_labelled import lexicons

__all__ = ["lexicons"]


@pytest.mark.parametrize(
    ("catalogue", "said", "out", "limit"),
    [
        ("recipes", "no nuts under 500 calories", "nuts", ("calories", "<", 500)),
        ("recipes", "dinner without mushrooms or aubergine under 45 minutes", "aubergine", ("total_minutes", "<", 45)),
        ("recipes", "nothing with nuts over 500 calories", "nuts", ("calories", "<=", 500)),
        ("recipes", "no quinoa under 45 minutes", "quinoa", ("total_minutes", "<", 45)),
        ("films", "no horror under two hours", "horror", ("runtime", "<", 120)),
        ("films", "not too violent under two hours", "violence", ("runtime", "<", 120)),
        ("films", "no gore after 2000", "gore", ("year", ">", 2000)),
        ("shop", "no plastic under 50 euros", "plastic", ("price", "<", 50)),
    ],
)  # fmt: skip
def test_both_are_promises(
    lexicons: dict[str, Lexicon], catalogue: str, said: str, out: str, limit: tuple[str, str, int]
) -> None:
    found = change(lexicons, catalogue, said)
    assert {(x.facet, x.op, x.value) for x in found.limits} == {limit}
    assert out in {a.value for a in found.avoids}
    profile = Profile(avoids=found.avoids, limits=found.limits)
    for item in lexicons[catalogue].items.values():
        if permitted(item, profile.constraints):
            number = item.number(limit[0])
            assert number is not None
            assert (number > limit[2]) == (limit[1] == ">")


def test_without_the_years_that_are_wished_for(lexicons: dict[str, Lexicon]) -> None:
    found = change(lexicons, "films", "without violence from the 90s")
    assert {(x.op, x.value) for x in found.limits} == {(">=", 1990), ("<=", 1999)}
    assert "violence" in {a.value for a in found.avoids}


@pytest.mark.parametrize(
    ("catalogue", "said", "limit"),
    [
        ("shop", "no lamps over a hundred", ("price", "<=", 100)),
        ("shop", "no lamps under 20 euros", ("price", ">=", 20)),
        ("films", "not a film under 90 minutes", ("runtime", ">=", 90)),
        ("films", "no films over two hours", ("runtime", "<=", 120)),
        ("films", "nothing from before 1990", ("year", ">=", 1990)),
    ],
)
def test_items_that_are_ruled_out_by_an_amount_are_so_by_nothing_else(
    lexicons: dict[str, Lexicon], catalogue: str, said: str, limit: tuple[str, str, int]
) -> None:
    found = change(lexicons, catalogue, said)
    assert [(x.facet, x.op, x.value) for x in found.limits] == [limit]
    assert not found.avoids
