"""The page for site owners says what the code does."""

import re

from chatbot.liked_together import LEAST_PEOPLE
from retrieval.likes import PRIOR
from retrieval.signals import COUNTED, EVENTS, ONCE
from tests.conftest import ROOT


def test_the_page_lists_every_event_with_its_worth() -> None:
    text = (ROOT / "docs" / "interactions.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([a-z, ]+) \| (-?[\d.]+) \|$", text, re.MULTILINE)
    told = {name: float(worth) for names, worth in rows for name in names.split(", ")}
    assert told == dict(EVENTS)
    assert all(f"`{name}`" in text for name in COUNTED)
    for said in (f"1 - {ONCE}ⁿ", f"by {PRIOR:g} ratings there", f"at least {LEAST_PEOPLE} people"):
        assert said in text
