"""The page about films, about books, and about both, in real Chromium."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.ui.test_browser import SHOTS, Visitor, browser, pytestmark, service, serving, visitor
from ui.service import Service
from ui.settings import load

# Fixtures, and the skip where there is no Chromium.
__all__ = ["browser", "pytestmark", "service", "visitor"]
BOTH = ("films", "books")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Service]]:
    settings, _ = load([], {}, {"encoder.model": "hashing", "scorer.model": "none"})
    with serving(Service(tmp_path_factory.mktemp("home"), settings, BOTH)) as found:
        yield found


def choose(visitor: Visitor, name: str) -> None:
    visitor.page.locator("#choice").get_by_role("button", name=name, exact=True).click()
    visitor.page.wait_for_selector(f"#choice button:has-text('✓ {name}')")


def headings(visitor: Visitor) -> list[str]:
    found: list[str] = visitor.page.locator("h2.tm-scene:visible").all_inner_texts()
    return found


def test_lists_stand_under_a_heading_for_each_scene(visitor: Visitor, service: Service) -> None:
    choose(visitor, "Both")
    assert "films and books" in visitor.page.inner_text("#empty")
    visitor.page.screenshot(path=SHOTS / "desktop-choice.png")
    visitor.click("a film and a book for a rainy weekend", within="#answers")
    assert headings(visitor) == ["Films", "Books"]
    titles = visitor.titles()
    assert len(titles) == 10
    for name, shown in zip(BOTH, (titles[:5], titles[5:]), strict=True):
        known = {item.label() for item in service.house.parts(name).lexicon.items.values()}
        assert {*shown} <= known
    visitor.say("nothing violent")
    panel = visitor.page.inner_text("#profile")
    assert panel.count("nothing violent · none of these") == 2
    assert "Films" in panel
    assert "Books" in panel
    visitor.page.screenshot(path=SHOTS / "desktop-both.png", full_page=True)
    visitor.page.locator("#books-card-1").get_by_role("button", name="Not for me").click()
    visitor.page.wait_for_timeout(1500)
    assert "Not for you" in visitor.page.inner_text("#books-card-1")
    assert "Not for you" not in visitor.page.inner_text("#card-1")
    visitor.page.locator("#books-card-1").get_by_role("button", name="Not for me").click()
    visitor.page.wait_for_timeout(1500)
    assert "Not for you" not in visitor.page.inner_text("#books-card-1"), "taken back"
    chip = visitor.page.locator("#books-chips").get_by_role("button", name="nothing violent").first
    count = visitor.page.locator("#conversation .bot").count()
    chip.click()
    visitor.settle(count)
    panel = visitor.page.inner_text("#profile")
    assert panel.count("nothing violent · none of these") == 1
    ids = visitor.page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id).filter(i => /chips|undo|guesses/.test(i))")  # fmt: skip
    assert len(ids) == len(set(ids))
    assert visitor.errors == []
    assert visitor.foreign == []


def test_a_conversation_about_books_alone_and_the_next_keeps_the_choice(
    visitor: Visitor, service: Service
) -> None:
    choose(visitor, "Books")
    visitor.say("a detective novel")
    assert headings(visitor) == []
    known = {item.label() for item in service.house.parts("books").lexicon.items.values()}
    assert {*visitor.titles()} <= known
    visitor.page.get_by_role("button", name="Start over").click()
    visitor.page.wait_for_selector("#choice button:has-text('✓ Books')")
    assert visitor.titles() == []


def test_two_lists_fit_a_phone(served: tuple[str, Service], browser: Any) -> None:
    url, _ = served
    visitor = Visitor(browser, url, 390, 844)
    choose(visitor, "Both")
    visitor.say("a funny film and a sad book, no horror")
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 390
    visitor.page.screenshot(path=SHOTS / "phone-both.png", full_page=True)
