"""`tastemaker bench`: what can be measured is listed, and what cannot is said."""

from importlib import import_module
from inspect import signature
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bench.waterfall import draw, draw_lines
from ui.main import main


def run(home: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["bench", *words, "--home", str(home)])


def test_what_can_be_measured_is_listed_and_can_be_run(tmp_path: Path) -> None:
    names = run(tmp_path).output.split()
    assert {"encoder", "growth", "index", "scorer", "search", "turn", "update"} <= set(names)
    assert "waterfall" not in names
    for name in names:
        assert "progress" in signature(import_module(f"bench.{name}").run).parameters


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nothing",), "There is no benchmark 'nothing'; there are: "),
        (("growth", "--file", __file__), "Only `bench index` and `bench update` take a file"),
        (
            ("index", "--picture", "x.png"),
            "Only `bench growth`, `bench length`, `bench turn` draw a picture",
        ),
        (("turn", "--picture", "/nowhere/x.png"), "nowhere"),
    ],
)
def test_what_cannot_be_done_is_said(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    done = run(tmp_path, *words)
    assert done.exit_code != 0
    assert said in f"{done.output} {done.exception}"


def test_the_stages_of_a_turn_are_drawn(tmp_path: Path) -> None:
    draw(tmp_path / "turn.png", {"ours": {"find": 8.0, "rank": 90.0}, "plain": {"rank": 900.0}})
    assert (tmp_path / "turn.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_growth_is_drawn(tmp_path: Path) -> None:
    draw_lines(tmp_path / "g.png", [1, 2, 3], {"ours": [1.0, 2.0, 2.5]}, "turn", "ms", True)
    assert (tmp_path / "g.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
