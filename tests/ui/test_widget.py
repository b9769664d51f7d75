"""The widget on a host page with `default-src 'none'`, in real Chromium: what a visitor does with it."""

from collections.abc import Iterator
from typing import Any

import pytest

from retrieval.errors import UnknownConversation
from tests.ui.test_browser import pytestmark
from tests.ui.widget_host import Guest, Shop, browser, service, site
from ui.service import Service

# Fixtures, and the skip where there is no Chromium.
__all__ = ["browser", "pytestmark", "service", "site"]
WISH = "a heist film after 1990, no horror"


@pytest.fixture
def guest(site: Shop, browser: Any) -> Iterator[Guest]:
    """A visitor who has opened the widget, and at the end saw no error and no violation."""
    found = Guest(browser, site.page(item_url="/p/{id}")).open()
    yield found
    assert found.violations() == []
    assert found.complaints == []
    assert found.foreign(site) == []
    found.context.close()


def test_a_visitor_talks_and_the_host_page_hears_of_it(guest: Guest, service: Service) -> None:
    assert "What do you feel like?" in guest.page.locator(".reply").first.inner_text()
    guest.say(WISH)
    assert len(guest.titles) == 5
    assert "heist" in guest.reply
    assert sorted(guest.chips) == ["after 1990", "heist", "no horror"]
    assert [m["role"] for m in guest.events("message")] == ["visitor", "assistant"]
    (told,) = guest.events("recommend")
    by_id = service.parts.lexicon.items
    assert [by_id[card["id"]].label() for card in told["items"]] == guest.titles
    assert "crime" in guest.turns.last.locator(".facts").first.inner_text()
    assert guest.events("ready") == [None]
    assert guest.events("open") == [None]


def test_each_reaction_is_kept_shown_and_taken_back(guest: Guest, service: Service) -> None:
    guest.say(WISH)
    id = guest.kept()["id"]
    first = guest.events("recommend")[0]["items"][0]["id"]
    for name, mark, section in (
        ("Like", "like", "liked"),
        ("Not for me", "dislike", "disliked"),
        ("Seen it", "seen", "seen"),
    ):
        guest.press(name)
        guest.pressed(mark)
        assert first in getattr(service.conversation(id).profile, section)
    assert guest.page.locator("[data-mark=like][aria-pressed=true]").count() == 0, (
        "one or the other"
    )
    guest.press("Seen it")
    guest.pressed("seen", 0)
    assert service.conversation(id).profile.seen == ()
    guest.press("Save")
    guest.pressed("save")
    guest.press("Save")
    guest.pressed("save", 0)
    told = [(e["reaction"], e["on"]) for e in guest.events("feedback")]
    assert told == [
        ("like", True),
        ("dislike", True),
        ("seen", True),
        ("seen", False),
        ("save", True),
        ("save", False),
    ]


def test_two_cards_are_compared(guest: Guest) -> None:
    guest.say(WISH)
    first, _, third, *_ = guest.titles
    guest.press("Compare", 0)
    assert first in guest.status
    guest.press("Compare", 2)
    guest.settle(2)
    assert guest.reply.startswith(f"{first} and {third}:")


def test_the_options_of_a_question_are_answered_by_a_click(guest: Guest) -> None:
    guest.say("hi")
    option = guest.page.locator(".own button").nth(1)
    shown = option.inner_text()
    assert shown.startswith("comedy (")
    option.click()
    guest.settle(2)
    assert guest.turns.last.locator(".said").inner_text().endswith("comedy")
    assert len(guest.titles) == 5
    assert (
        guest.page.evaluate(
            "document.querySelector('tastemaker-widget').shadowRoot.activeElement.tagName"
        )
        == "TEXTAREA"
    )


def test_a_chip_is_taken_away_and_taken_back(guest: Guest, service: Service) -> None:
    guest.say(WISH)
    guest.press("Remove: no horror")
    guest.wait_for("What I go by: after 1990, heist")
    assert "no horror" not in guest.chips
    assert service.conversation(guest.kept()["id"]).profile.avoids == ()
    guest.press("Undo the last change")
    guest.wait_for("What I go by: after 1990, no horror, heist")
    assert "no horror" in guest.chips


def test_the_profile_is_a_view_of_its_own(guest: Guest) -> None:
    guest.say("I loved Heat and The Godfather, no horror")
    guest.press("My taste")
    guest.wait_for("Heat")
    text = guest.page.locator(".taste").inner_text()
    assert "You avoid" in text
    assert "no horror" in text
    guest.press("Remove: Heat")
    guest.wait_for("What I go by: no horror")
    assert "Heat" not in guest.page.locator(".taste").inner_text()
    guest.press("My taste")
    assert guest.turns.first.is_visible()


def test_start_over_is_a_clean_conversation(guest: Guest) -> None:
    guest.say(WISH)
    before = guest.kept()["id"]
    guest.press("Start over")
    guest.wait_for("Start over?")
    assert guest.turns.count() == 1, "one tap loses nothing"
    guest.press("Start over")
    guest.wait_for("What do you feel like?")
    assert guest.turns.count() == 0
    assert guest.chips == []
    guest.say("a western")
    assert guest.kept()["id"] != before
    assert guest.chips == ["western"]


def test_a_conversation_is_erased_on_the_server_too(guest: Guest, service: Service) -> None:
    guest.say("a western canaryword")
    id = guest.kept()["id"]
    guest.press("My taste")
    guest.press("Erase this conversation")
    guest.wait_for("Erase this conversation?")
    assert guest.kept()["id"] == id, "one tap loses nothing"
    guest.press("Erase this conversation")
    guest.wait_for("Erased, here and on the server.")
    assert guest.kept() == {}
    with pytest.raises(UnknownConversation):
        service.log.export(id)


def test_what_is_too_long_is_said_before_it_is_sent(guest: Guest) -> None:
    before = len(guest.requests)
    guest.say("x" * 2001, wait=False)
    guest.wait_for("That is 2001 characters; I can read 2000 at once.")
    assert len(guest.requests) == before
    assert guest.page.input_value("textarea") == "x" * 2001, "nothing that was written is lost"
    guest.say("a western " + "very " * 300)
    assert guest.status == ""


def test_enter_that_ends_a_chinese_word_sends_nothing(guest: Guest) -> None:
    guest.page.fill("textarea", "科幻")
    guest.page.locator("textarea").dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    guest.page.press("textarea", "Shift+Enter")
    assert guest.turns.count() == 0
    guest.say("科幻片，不要恐怖片")
    assert guest.chips == ["不要恐怖片", "科幻片"]
    assert guest.page.get_by_role("button", name="重新开始").is_visible(), (
        "who writes Chinese reads it"
    )
    assert guest.page.locator("[data-mark=dislike]").first.get_attribute("aria-label") == "不合口味"
    guest.press("比较", 0)
    guest.press("比较", 1)
    guest.settle(2)
    assert "年份" in guest.reply


def test_an_item_is_followed_unless_the_host_forbids_it(
    guest: Guest, site: Shop, service: Service
) -> None:
    guest.say(WISH)
    id = guest.events("recommend")[0]["items"][0]["id"]
    link = guest.page.locator(".card a").first
    assert link.get_attribute("href") == f"{site.host}/p/{id}"
    guest.page.evaluate(
        "window.forbid = (e) => e.preventDefault(); Tastemaker.on('itemclick', window.forbid)"
    )
    link.click()
    guest.page.wait_for_timeout(300)
    assert guest.page.url == f"{site.host}/"
    assert guest.events("itemclick")[0]["id"] == id
    guest.page.evaluate("Tastemaker.off('itemclick', window.forbid)")
    site.page(f"/p/{id}")
    link.click()
    guest.page.wait_for_url(f"**/p/{id}")
    guest.page.wait_for_selector(".turn")
    assert guest.titles
    assert guest.page.locator(".reason").first.is_visible(), (
        "the reason is still there on the next page"
    )
    assert str(service.log.export(guest.kept()["id"])).count("click") >= 1
