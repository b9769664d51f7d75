"""The lists of the page in real Chromium: that they are seen, and what the visitor said of what is on them."""

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.ui.test_browser import SHOTS, Visitor, browser, pytestmark, service, serving, visitor
from ui.service import Service
from ui.settings import load

# Fixtures, and the skip where there is no Chromium.
__all__ = ["browser", "pytestmark", "service", "visitor"]
PHONE = (390, 844)
TOP = "document.querySelector('#card-1').getBoundingClientRect().top"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Service]]:
    settings, _ = load([], {}, {"encoder.model": "hashing", "scorer.model": "none"})
    with serving(Service(tmp_path_factory.mktemp("home"), settings, "films")) as found:
        yield found


def test_on_a_phone_a_new_list_is_what_the_visitor_sees(
    served: tuple[str, Service], browser: Any
) -> None:
    """The cards came below the conversation and the whole profile, out of sight."""
    visitor = Visitor(browser, served[0], *PHONE)
    page = visitor.page

    def in_sight() -> bool:
        page.wait_for_timeout(1000)
        return bool(0 <= page.evaluate(TOP) < PHONE[1] / 2)

    visitor.say("a heist film, no gore")
    assert in_sight()
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA", "the focus stays"
    page.screenshot(path=SHOTS / "phone-list.png")
    page.mouse.wheel(0, 3000)
    page.wait_for_timeout(500)
    assert page.evaluate(TOP) < 0
    page.locator("#card-5").get_by_role("button", name="More like this").click()
    visitor.settle(1)
    assert in_sight()
    page.locator("#chips button").first.scroll_into_view_if_needed()
    page.locator("#card-2").get_by_role("button", name="Like", exact=True).click()
    page.locator("#chips button").first.scroll_into_view_if_needed()
    page.wait_for_timeout(1500)
    assert page.evaluate(TOP) < 0, "who looks at the profile is not taken away from it"
    visitor.page.context.close()


def test_a_visitor_who_comes_back_on_a_phone_begins_at_the_top(
    served: tuple[str, Service], browser: Any
) -> None:
    visitor = Visitor(browser, served[0], *PHONE)
    visitor.say("a heist film")
    visitor.page.goto(served[0])
    visitor.page.wait_for_selector("#card-5")
    visitor.page.wait_for_timeout(1500)
    assert visitor.page.evaluate("scrollY") == 0
    visitor.page.context.close()


def test_tab_goes_through_the_page_as_it_is_read(visitor: Visitor) -> None:
    visitor.say("a heist film")
    place = """() => {
      const parts = [...document.querySelectorAll("#talk, #lists, #about")].map((part) => part.id);
      return [parts, parts.map((id) => document.getElementById(id).getBoundingClientRect().left)];
    }"""
    order, (talk, lists, about) = visitor.page.evaluate(place)
    assert order == ["talk", "lists", "about"]
    assert talk == about < lists, "beside each other where there is room"


def pressed(visitor: Visitor, place: int = 1) -> list[str]:
    """The buttons of a card that are read out as pressed."""
    card = visitor.page.locator(f"#card-{place}").first
    return list(card.get_by_role("button", pressed=True).all_inner_texts())


def test_a_button_of_a_card_shows_that_it_is_pressed_until_it_is_pressed_again(
    visitor: Visitor,
) -> None:
    visitor.say("a heist film")
    card = visitor.page.locator("#card-1").first
    ground = "(b) => getComputedStyle(b).backgroundColor"
    like = card.get_by_role("button", name="Like", exact=True)
    plain = like.evaluate(ground)
    assert pressed(visitor) == []
    assert card.locator("[aria-pressed=false]").count() == 3
    visitor.click("Like", within="#card-1")
    visitor.click("Seen it", within="#card-1")
    assert pressed(visitor) == ["Like", "Seen it"]
    for where in (card.get_by_role("button", name="Seen it"), visitor.page.locator("#top")):
        where.hover()
        visitor.page.wait_for_timeout(400)
        grounds = [b.evaluate(ground) for b in card.locator("[aria-pressed=true]").all()]
        assert len({*grounds}) == 1, "under the mouse too"
    assert grounds[0] != plain
    assert "✓" in like.evaluate("(b) => getComputedStyle(b, '::before').content")
    visitor.page.screenshot(path=SHOTS / "desktop-pressed.png")
    visitor.click("Not for me", within="#card-1")
    assert pressed(visitor) == ["Not for me", "Seen it"], "one or the other"
    visitor.click("Seen it", within="#card-1")
    assert pressed(visitor) == ["Not for me"]
    assert "seen" not in " ".join(visitor.chips())
    assert pressed(visitor, 2) == []
    visitor.say("why the first one?")
    assert pressed(visitor) == ["Not for me"], "the list still stands there after a turn"
    first = visitor.titles()
    visitor.page.reload()
    visitor.page.wait_for_selector("#card-1 button[aria-pressed=true]")
    assert visitor.titles() == first
    assert pressed(visitor) == ["Not for me"]
    assert visitor.errors == []


def test_both_parts_are_drawn_anew_however_threads_take_turns(
    served: tuple[str, Service], browser: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    """Chips of the profile and of answers are drawn at once: one could end the other."""
    visitor = Visitor(browser, served[0])
    visitor.say("a heist film")
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for turn in range(6):
            visitor.click("Seen it", within="#card-1")
            chip = visitor.page.locator("#chips button", has_text="✓ seen")
            chip.wait_for(state="detached" if turn % 2 else "visible")
    finally:
        sys.setswitchinterval(before)
    assert "changed size" not in capfd.readouterr().err
    visitor.page.context.close()
