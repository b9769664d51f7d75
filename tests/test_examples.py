"""Every example in a docstring gives what it says."""

import doctest
import importlib

import pytest

from tests.conftest import ROOT

PACKAGES = ("bench", "chatbot", "finetune", "retrieval", "ui")
MODULES = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for package in PACKAGES
    for path in sorted((ROOT / package).rglob("*.py"))
    if "\n    >>> " in path.read_text(encoding="utf-8")
]


def test_there_are_examples() -> None:
    assert "ui.progress" in MODULES


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_of(module: str) -> None:
    found = doctest.testmod(importlib.import_module(module))
    assert found.attempted > 0
    assert found.failed == 0
