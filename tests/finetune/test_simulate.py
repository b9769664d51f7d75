"""Simulated conversations: a visitor that means what it says, and figures that can be had again."""

import random
from dataclasses import replace

import pytest

from chatbot.conversation import Option, Question
from chatbot.parts import Parts
from finetune import phrasings
from finetune.simulate import Talk, converse, simulate, summary
from finetune.visitor import Fact, Taste, Visitor, draw_taste
from tests.conftest import item


def test_thirty_conversations_under_three_policies(parts: Parts) -> None:
    """What was read is kept without exception, nothing comes twice; what was *meant* is kept as far as
    the wordings are read (DECISIONS names those that are not)."""
    told: list[tuple[str, int, int]] = []
    talks = simulate(parts, 30, 0, lambda *report: told.append(report))
    assert told[-1] == ("talking, ask only", 30, 30)
    found = {name: summary(part) for name, part in talks.items()}
    for name, row in found.items():
        assert row["conversations"] == 30, name
        assert row["kept_by_profile"] == 1.0, name
        assert row["repeat_rate"] == 0.0, name
        assert row["kept_as_meant"] == 1.0, name
        rates = [row["success"][turn]["value"] for turn in range(1, 11)]
        assert rates == sorted(rates)
    assert found["recommend only"]["questions"]["value"] == 0
    assert found["ask only"]["questions"]["value"] > found["ours"]["questions"]["value"] > 0
    assert found["ours"]["success"][5]["value"] >= 0.6
    assert found["ask only"]["success"][2]["value"] < found["ours"]["success"][2]["value"]


def test_the_same_seed_gives_the_same_conversation(parts: Parts) -> None:
    assert converse(parts, "7/1") == converse(parts, "7/1")


def test_a_visitor_never_names_its_target_and_its_rules_fit_it(parts: Parts) -> None:
    items, schema = parts.lexicon.items, parts.lexicon.schema
    forms: set[str] = set()
    for n in range(150):
        dice = random.Random(n)
        visitor = Visitor(draw_taste(items, schema, dice), dice)
        target = visitor.taste.target
        assert visitor.taste.accepts(target)
        assert 1 <= len(visitor.taste.rules) <= 3
        assert 5 <= visitor.taste.patience <= 10
        shown = dice.sample(list(items.values()), 5)
        said = [visitor.open(), *(visitor.react(shown, None) for _ in range(8))]
        assert not any(f"“{target.title}”" in s or f"like {target.title}" in s for s in said)
        assert not visitor.broken(target.fields), (said, visitor.voiced)
        forms |= set(said)
    assert len(forms) > 700


def made_up(**given: object) -> Visitor:
    target = item("t", "T", genres=["drama"], year=1985, runtime=100)
    taste = Taste(target, (Fact("genres", "has", "drama"),), (), "", frozenset(), 5)
    return Visitor(replace(taste, **given), random.Random(1))  # type: ignore[arg-type]


def test_a_question_is_answered_truthfully_and_the_answer_is_meant() -> None:
    options = (Option("before 1980", 5), Option("1980 to 1999", 5), Option("2000 or later", 5))
    question = Question("year", "From when?", options, 1.5)
    answers = set()
    for n in range(200):
        visitor = made_up()
        visitor.dice = random.Random(n)
        answers.add(visitor.react([], question))
        if visitor.voiced:
            assert visitor.broken({"year": 2001}) == [Fact("year", "<=", 1999)]
            assert not visitor.broken({"year": 1980})
    assert "1980 to 1999" in answers
    assert not answers & {"before 1980", "2000 or later"}
    assert answers & set(phrasings.SKIPS)


def test_a_broken_rule_is_seen_by_the_visitor_itself() -> None:
    visitor = made_up(rules=(Fact("runtime", "<=", 110), Fact("cast", "has not", "Ann")))
    visitor.open()
    while visitor.unsaid:
        visitor.react([], None)
    assert visitor.broken({"runtime": 180, "cast": ["Ann"]})
    assert visitor.broken({"cast": []}), "an unknown number keeps no promise"
    assert not visitor.broken({"runtime": 100, "cast": []})


def test_success_is_counted_from_the_turn_it_comes() -> None:
    row = summary([Talk(found=2, turns=2, shown=5), Talk(found=0, turns=5, shown=5)])
    assert [row["success"][turn]["value"] for turn in (1, 2, 10)] == [0.0, 0.5, 0.5]
    assert row["turns"]["value"] == pytest.approx(3.5)
