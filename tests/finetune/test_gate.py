"""The gate: what it lets through and what it refuses, each check by an example that fails it alone."""

from dataclasses import replace
from pathlib import Path

import pytest

from chatbot.parts import Parts
from finetune.gate import Check, better, exposure, measure, promises, slices
from finetune.held_out import split
from finetune.places import Ledger
from finetune.samples import Message, Sample
from finetune.settings import ReleaseSettings
from tests.finetune.poison import World

SETTINGS = ReleaseSettings(seekers=3)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World.draw(tmp_path_factory.mktemp("world") / "shop", 3)


@pytest.fixture(scope="module")
def parts(world: World) -> Parts:
    return world.parts(world.honest(120, 0))


def sample(n: int, label: str, said: str = "a lamp", scene: str = "") -> Sample:
    context = (Message(role="user", text=said),)
    return Sample(id=f"s{n}", dialogue=f"d{n}", context=context, mentioned=(), labels=(label,), scene=scene)  # fmt: skip


def ledger_of(parts: Parts, held: list[Sample], good: dict[str, str]) -> Ledger:
    """Places where the side that `good` names for a scene has the label first, and the other one last."""
    ids = parts.retriever.columns.ids
    ledger = Ledger.of(parts.retriever.columns.row, parts.retriever.popularity)
    for s in held:
        (label,) = s.labels
        last = [id for id in ids if id != label]
        orders = {side: [label, *last] if good[s.scene] in (side, "both") else [*last, label] for side in ("live", "new")}  # fmt: skip
        ledger.add(s, (), orders, {})
    return ledger


def of(checks: list[Check], name: str) -> Check:
    (found,) = [check for check in checks if check.name == name]
    return found


def test_better_means_the_whole_interval_above_zero(parts: Parts) -> None:
    held = [sample(n, "lamps-3", scene="a" if n % 2 else "b") for n in range(40)]
    up, figures = better(ledger_of(parts, held, {"a": "new", "b": "both"}), held, SETTINGS)
    assert of(up, "better than what is live").passed
    assert figures["gain"]["low"] > 0
    same, _ = better(ledger_of(parts, held, {"a": "both", "b": "both"}), held, SETTINGS)
    assert of(same, "better than what is live").passed is False
    mixed, _ = better(ledger_of(parts, held, {"a": "new", "b": "live"}), held, SETTINGS)
    assert of(mixed, "better than what is live").passed is False


def test_too_few_held_out_conversations_let_nothing_through(parts: Parts) -> None:
    held = [sample(n, "lamps-3") for n in range(19)]
    checks, _ = better(ledger_of(parts, held, {"": "new"}), held, SETTINGS)
    assert of(checks, "enough held-out conversations").passed is False


def test_a_slice_that_gets_worse_fails_though_the_whole_gets_better(parts: Parts) -> None:
    held = [sample(n, "lamps-3", scene="a" if n % 4 else "b") for n in range(100)]
    ledger = ledger_of(parts, held, {"a": "new", "b": "live"})
    assert better(ledger, held, SETTINGS)[0][1].passed
    found = slices(ledger, held, [], parts, SETTINGS)
    assert of(found, "scene a").passed
    assert of(found, "scene b").passed is False
    assert of(found, "cold items").passed, "all are cold here, and better on the whole"
    known = slices(ledger, held, [sample(999, "lamps-3")], parts, SETTINGS)
    assert of(known, "cold items").passed is None, "none is"
    assert "too few to judge" in of(known, "cold items").told


def test_languages_are_slices_of_their_own(parts: Parts) -> None:
    said = {"a": "something for the living room", "b": "我想要一盏灯"}
    held = [sample(n, "lamps-3", said["ab"[n % 2]], "ab"[n % 2]) for n in range(60)]
    found = slices(ledger_of(parts, held, {"a": "new", "b": "live"}), held, [], parts, SETTINGS)
    assert of(found, "language en").passed
    assert of(found, "language zh").passed is False


def lists(item: str, times: int, of: int = 100) -> list[list[str]]:
    return [[item if n < times else "rugs-1"] for n in range(of)]


@pytest.mark.parametrize(
    ("before", "after", "passes"),
    [(10, 30, True), (10, 31, False), (0, 6, True), (0, 7, False), (30, 9, False), (1, 5, True)],
)
def test_no_item_is_shown_more_than_three_times_as_often_or_as_rarely(
    parts: Parts, before: int, after: int, passes: bool
) -> None:
    live, new = lists("lamps-3", before), lists("lamps-3", after)
    found = exposure("x", live, new, parts, SETTINGS)
    assert found.passed is passes
    if not passes:
        assert f"in {before} -> {after} of 100 lists" in found.told


def test_promises_are_tried_with_visitors_who_have_limits(parts: Parts) -> None:
    found = promises(parts, SETTINGS)
    assert (found.figure, found.passed) == (1.0, True)
    silent = replace(parts, rules=replace(parts.rules, hidden=frozenset(parts.lexicon.items)))
    with pytest.raises(IndexError):  # nobody can want anything of a shop that hides all
        promises(silent, SETTINGS)


def test_what_learned_from_more_of_the_same_passes_and_a_push_without_caps_does_not(
    tmp_path: Path,
) -> None:
    world = World.draw(tmp_path / "shop", 5)
    first = world.honest(200, 0)
    live = world.parts(split(first, 0.2).learned)
    clean = [*first, *world.honest(150, 150)]
    parts = split(clean, 0.2)
    found = measure(parts.held, parts.learned, world.parts(parts.learned), live, SETTINGS)
    assert found.passed, [c for c in found.checks if c.passed is False]
    item = next(id for id in world.style if id not in world.well_made)
    pushed = split([*clean, *(world.pushes(item, f"p{n}") for n in range(50))], 0.2)
    poisoned = world.parts(pushed.learned)
    found = measure(pushed.held, pushed.learned, poisoned, live, SETTINGS)
    wrong = of(found.checks, "exposure, held-out conversations")
    assert wrong.passed is False
    assert world.retriever.catalogue.items[item].label() in wrong.told
