"""Limits in words, as a visitor says them."""

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from chatbot.bounds import bounds
from chatbot.quantities import number, quantities
from retrieval.item import Schema

SCHEMA = Schema({"year": "number", "runtime": "number", "price": "number"})
NOW = datetime.now(UTC).year
SEVENTIES = {("year", ">=", 1970), ("year", "<=", 1979)}
Meant = set[tuple[str, str, float]]
TABLE: list[tuple[str, Any]] = [
    ("after 2000", {("year", ">", 2000)}),
    ("nothing after 2000", {("year", "<=", 2000)}),
    ("in or after 1990", {("year", ">=", 1990)}),
    ("since 2010 please", {("year", ">=", 2010)}),
    ("2015 or later", {("year", ">=", 2015)}),
    ("from 2000 on", {("year", ">=", 2000)}),
    ("pre-1960", {("year", "<", 1960)}),
    ("nothing older than 1990", {("year", ">=", 1990)}),
    ("it can't be older than 2000", {("year", ">=", 2000)}),
    ("isn't from before 1980", {("year", ">=", 1980)}),
    ("not older than 2010", {("year", ">=", 2010)}),
    ("after 1985 and before 2005", {("year", ">", 1985), ("year", "<", 2005)}),
    ("between 1990 and 1999", {("year", ">=", 1990), ("year", "<=", 1999)}),
    ("from 1994", {("year", "=", 1994)}),
    ("only 1999", {("year", "=", 1999)}),
    ("from the 70s", SEVENTIES),
    ("a seventies thriller", SEVENTIES),
    ("in the 1970's", SEVENTIES),
    ("before the 60s", {("year", "<", 1960)}),
    ("after the eighties", {("year", ">", 1989)}),
    ("from the 80s or 90s", {("year", ">=", 1980), ("year", "<=", 1999)}),
    ("from the 40s through to the 60s", {("year", ">=", 1940), ("year", "<=", 1969)}),
    ("from the 70s & 80s", {("year", ">=", 1970), ("year", "<=", 1989)}),
    ("from the nineteenth century", {("year", ">=", 1801), ("year", "<=", 1900)}),
    ("not from the last 20 years", {("year", "<", NOW - 20)}),
    ("anything under fifty", {("price", "<", 50)}),
    ("under a tenner", {("price", "<", 10)}),
    ("something funny, ninety minutes, no stars", {("runtime", "<=", 90)}),
    ("under an hour forty", {("runtime", "<", 100)}),
    ("late 90s", {("year", ">=", 1997), ("year", "<=", 1999)}),
    ("the noughties", {("year", ">=", 2000), ("year", "<=", 2009)}),
    ("set in the 1930s", set()),
    ("in the last ten years", {("year", ">=", NOW - 10)}),
    ("from last year", {("year", "=", NOW - 1)}),
    ("under two hours", {("runtime", "<", 120)}),
    ("less than an hour and a half", {("runtime", "<", 90)}),
    ("at most ninety minutes", {("runtime", "<=", 90)}),
    ("1h45 max", {("runtime", "<=", 105)}),
    ("no longer than 100 min", {("runtime", "<=", 100)}),
    ("not exceeding 105 minutes", {("runtime", "<=", 105)}),
    ("it mustn't run over 105 minutes", {("runtime", "<=", 105)}),
    ("I've got 95 minutes", {("runtime", "<=", 95)}),
    ("at least three hours, a long film", {("runtime", ">=", 180)}),
    ("under 30 euros", {("price", "<", 30)}),
    ("at least $1,299.50", {("price", ">=", 1299.5)}),
    ("I loved 1917", set()),
    ("ten out of ten", set()),
]  # fmt: skip


@pytest.mark.parametrize(("said", "meant"), TABLE, ids=[said for said, _ in TABLE])
def test_a_limit_is_read_as_it_is_meant(said: str, meant: set[tuple[str, str, float]]) -> None:
    assert {(b.facet, b.op, float(b.value)) for b in bounds(said, SCHEMA, [])} == meant


def test_years_that_are_ruled_out_are_ruled_out_one_by_one() -> None:
    found = bounds("not from the 80s", SCHEMA, [])
    assert {(b.op, b.value) for b in found} == {("!=", year) for year in range(1980, 1990)}


def test_what_is_a_title_is_no_limit() -> None:
    said = "after 1984, or 2001: A Space Odyssey"
    assert [b.value for b in bounds(said, SCHEMA, [(15, 19)])] == [1984]


@pytest.mark.parametrize(
    ("said", "value"),
    [("1,299.00", 1299), ("2,5", 2.5), ("a hundred and twenty", 120), ("ninety", 90)],
)
def test_numbers_in_figures_and_words(said: str, value: float) -> None:
    assert number(said) == value


def test_quantities_do_not_overlap() -> None:
    found = quantities("two and a half hours in the late 90s for 30 euros, 1994 to 1h45")
    assert all(a.end <= b.start for a, b in pairwise(found))
