"""A page that is opened again, in real Chromium: the conversation is there, for its own visitor only."""

from typing import Any

from tests.ui.test_browser import (
    SHOTS,
    Visitor,
    browser,
    pytestmark,
    service,
    visitor,
)
from tests.ui.test_profile_page import press, texts
from tests.ui.test_scenes_page import choose, headings, served
from ui.service import Service
from ui.visitor_cookie import COOKIE

# Fixtures, and the skip where there is no Chromium.
__all__ = ["browser", "pytestmark", "served", "service", "visitor"]


def reload(visitor: Visitor) -> None:
    visitor.page.reload()
    visitor.page.wait_for_selector("#answers button")
    visitor.page.wait_for_timeout(500)


def seen(visitor: Visitor) -> dict[str, Any]:
    """All that the page shows of a conversation."""
    page = visitor.page
    return {
        "said": page.locator("#conversation .user, #conversation .bot").all_inner_texts(),
        "cards": page.locator(".tm-card:visible").all_inner_texts(),
        "profile": page.inner_text("#profile"),
        "answers": page.locator("#answers button").all_inner_texts(),
    }


def test_a_page_that_is_opened_again_shows_what_it_showed(visitor: Visitor) -> None:
    visitor.say("something funny, no horror, I loved Heat and The Godfather")
    visitor.click("Like", within="#card-1")
    visitor.say("why the first one?")
    before = seen(visitor)
    assert len(before["cards"]) == 5
    assert "You like this." in before["cards"][0]
    reload(visitor)
    assert seen(visitor) == before
    visitor.page.screenshot(path=SHOTS / "desktop-resumed.png", full_page=True)
    press(visitor, "Turn round: no horror")
    assert "♥ horror" in texts(visitor), "and the conversation goes on"
    assert visitor.errors == []


def test_an_open_question_is_still_open(visitor: Visitor) -> None:
    visitor.say("hi")
    before = seen(visitor)
    assert any("comedy (" in answer for answer in before["answers"])
    reload(visitor)
    assert seen(visitor) == before
    visitor.click("comedy (", within="#answers")
    assert len(visitor.titles()) == 5


def test_both_lists_and_both_profiles_are_shown_again(visitor: Visitor) -> None:
    choose(visitor, "Both")
    visitor.say("a film and a book for a rainy weekend, nothing violent")
    visitor.say("more books")
    before = seen(visitor)
    assert len(before["cards"]) == 10
    reload(visitor)
    assert seen(visitor) == before
    assert headings(visitor) == ["Films", "Books"]
    visitor.say("no romance")
    assert visitor.errors == []


def test_a_conversation_is_shown_again_to_its_own_visitor_only(
    served: tuple[str, Service], browser: Any
) -> None:
    url, _ = served
    one, other = Visitor(browser, url), Visitor(browser, url)
    one.say("a heist film canaryone, no gore")
    other.say("a western canarytwo")
    third = Visitor(browser, url)
    reload(one)
    reload(other)
    shown = [v.page.inner_text("body") for v in (one, other, third)]
    assert "canaryone" in shown[0]
    assert "canarytwo" not in shown[0]
    assert "canarytwo" in shown[1]
    assert "canaryone" not in shown[1]
    assert "gore" not in shown[1]
    assert "canary" not in shown[2]
    second_tab = one.page.context.new_page()
    second_tab.goto(url)
    second_tab.wait_for_selector(".tm-card:visible")
    assert "canaryone" in second_tab.inner_text("#conversation")


def test_after_start_over_the_page_stays_empty(visitor: Visitor) -> None:
    visitor.say("a heist film, no gore")
    visitor.page.get_by_role("button", name="Start over").click()
    visitor.page.wait_for_timeout(1500)
    reload(visitor)
    assert visitor.titles() == []
    assert visitor.chips() == []
    assert "heist" not in visitor.page.inner_text("#conversation")


def test_a_cookie_that_was_made_up_or_taken_from_the_log_shows_nothing(
    served: tuple[str, Service], browser: Any
) -> None:
    url, service = served
    one, other = Visitor(browser, url), Visitor(browser, url)
    one.say("a heist film canarythree")
    (cookie,) = one.page.context.cookies()
    name = cookie["value"].split(".")[0]
    assert service.log.visited(name) is not None
    for value in (name, f"{name}.AAAAAA.{'A' * 27}", cookie["value"][:-3] + "AAA"):
        other.page.context.add_cookies([{"name": COOKIE, "value": value, "url": url}])
        reload(other)
        assert "canarythree" not in other.page.inner_text("body")


def test_a_browser_that_keeps_no_cookie_still_talks(
    served: tuple[str, Service], browser: Any
) -> None:
    url, _ = served
    visitor = Visitor(browser, url)
    context = visitor.page.context

    def without_cookie(route: Any) -> None:
        answer = route.fetch()
        context.clear_cookies()
        headers = {name: value for name, value in answer.headers.items() if name != "set-cookie"}
        route.fulfill(status=answer.status, headers=headers, body=answer.body())

    visitor.page.route(url, without_cookie)
    reload(visitor)
    visitor.say("a heist film")
    assert len(visitor.titles()) == 5
    assert context.cookies() == []
    reload(visitor)
    assert visitor.titles() == []
