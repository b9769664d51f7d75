"""The profile on the page, in real Chromium: edits by hand, guesses, what gave way, undo."""

from typing import Any

from tests.ui.test_browser import (
    SHOTS,
    Visitor,
    browser,
    pytestmark,
    served,
    service,
    shown,
    visitor,
)
from ui.service import Service

# Fixtures, and the skip where there is no Chromium.
__all__ = ["browser", "pytestmark", "served", "service", "visitor"]
WISH = "something funny, no horror, under two hours, I loved Heat and The Godfather"


def press(visitor: Visitor, name: str) -> None:
    """Click the button of exactly that accessible name, and wait for the answer."""
    count = visitor.page.locator("#conversation .bot").count()
    visitor.page.get_by_role("button", name=name, exact=True).click()
    visitor.settle(count)


def last_reply(visitor: Visitor) -> str:
    text: str = visitor.page.locator("#conversation .bot").last.inner_text()
    return text


def texts(visitor: Visitor) -> str:
    """What the chips say, without their small buttons."""
    chips = visitor.page.locator("#chips .tm-chip button:not(.tm-small)")
    return " | ".join(chips.all_inner_texts())


def test_an_avoid_is_weakened_turned_round_and_taken_back(
    visitor: Visitor, service: Service
) -> None:
    visitor.say(WISH)
    assert "no horror · none of these" in texts(visitor)
    first = texts(visitor)
    press(visitor, "Count less: no horror")
    assert "no horror · fewer of these" in texts(visitor)
    assert "fewer of these from now on, no longer none" in last_reply(visitor)
    assert "All keep to “no horror”" not in last_reply(visitor)
    press(visitor, "Turn round: no horror")
    assert "♥ horror" in texts(visitor)
    assert "“horror” replaces “no horror” from before" in last_reply(visitor)
    assert "replaces “no horror”" in visitor.page.inner_text("#gave-way")
    visitor.page.screenshot(path=SHOTS / "desktop-profile.png", full_page=True)
    assert any(i.has("genres", "horror") for i in shown(service, visitor.titles()))
    press(visitor, "more")
    assert visitor.page.locator("#gave-way").count() == 0, "what gave way is shown once"
    press(visitor, "Undo the last change")
    press(visitor, "Undo the last change")
    assert texts(visitor) == first
    assert visitor.errors == []
    for item in shown(service, visitor.titles()):
        assert not item.has("genres", "horror")


def test_liked_is_turned_to_disliked_and_its_guesses_go(visitor: Visitor) -> None:
    visitor.say("I loved Heat and The Godfather")
    guesses = visitor.page.inner_text("#guesses")
    assert "a guess from your liking Heat and The Godfather" in guesses
    press(visitor, "Turn round: liked Heat")
    assert "⊘ not Heat" in texts(visitor)
    assert "Heat counts as not liked now" in last_reply(visitor)
    assert visitor.page.locator("#guesses").count() == 0


def test_a_guess_is_confirmed_and_another_turned_down(visitor: Visitor) -> None:
    visitor.say("I loved Heat and The Godfather")
    press(visitor, "Yes, I like: crime")
    assert "♥ crime" in texts(visitor)
    assert "crime ·" not in visitor.page.inner_text("#guesses")
    press(visitor, "Wrong guess: Al Pacino")
    left = visitor.page.locator("#guesses")
    assert left.count() == 0 or "Al Pacino" not in left.inner_text()
    visitor.say("what do you know about me?")
    assert "Guesses that you turned down: al pacino." in last_reply(visitor)
    assert "You want “crime”." in last_reply(visitor)


def test_likes_on_cards_that_contradict_are_shown_in_the_profile(visitor: Visitor) -> None:
    visitor.say("a heist film")
    visitor.click("Like", within="#card-1")
    visitor.click("Not for me", within="#card-1")
    assert "counts as not liked now, where you liked it before" in visitor.page.inner_text(
        "#gave-way"
    )


def test_every_edit_is_reached_by_tab_and_pressed_by_key(visitor: Visitor) -> None:
    visitor.say(WISH)
    page = visitor.page
    page.focus("#message textarea")
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        name = page.evaluate("document.activeElement.innerText || ''").strip()
        reached.append(name)
        if name == "Undo the last change":
            break
    for wanted in ("Count less: funny", "Count more: funny", "Turn round: funny", "Count less: no horror", "Turn round: liked Heat", "Yes, I like: crime", "Wrong guess: crime", "Undo the last change"):  # fmt: skip
        assert wanted in reached
    small = page.locator("button.tm-small")
    for n in range(small.count()):
        box = small.nth(n).bounding_box()
        assert box["width"] >= 24
        assert box["height"] >= 24
    count = page.locator("#conversation .bot").count()
    page.get_by_role("button", name="Count less: no horror", exact=True).focus()
    page.keyboard.press("Enter")
    visitor.settle(count)
    assert "no horror · fewer of these" in texts(visitor)
    focused = "document.activeElement.innerText"
    assert page.evaluate(focused) == "Count less: no horror", "the profile was drawn anew"
    page.keyboard.press("Enter")
    visitor.settle(count + 1)
    assert "no horror · slightly fewer of these" in texts(visitor)
    assert page.evaluate(focused) == "Undo the last change", "there is no less than that"
    assert visitor.errors == []


def test_the_profile_fits_a_phone(served: tuple[str, Service], browser: Any) -> None:
    url, _ = served
    visitor = Visitor(browser, url, 390, 844)
    visitor.say(WISH + ", no films about the Vietnam War or anything set in a submarine please")
    press(visitor, "Count less: no horror")
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 390
    for n in range(visitor.page.locator(".tm-chip button").count()):
        box = visitor.page.locator(".tm-chip button").nth(n).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    visitor.page.screenshot(path=SHOTS / "phone-profile.png", full_page=True)
