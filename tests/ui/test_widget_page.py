"""What the widget is to its host page: one request, no shift, one of it, gone when it is told to go."""

from typing import Any

from tests.ui.test_browser import pytestmark
from tests.ui.widget_host import Guest, Shop, browser, service, site

# Fixtures, and the skip where there is no Chromium.
__all__ = ["browser", "pytestmark", "service", "site"]


def test_a_page_pays_one_request_and_no_shift_until_it_is_opened(site: Shop, browser: Any) -> None:
    guest = Guest(browser, site.page(item="heat-1995", cart="a,b"))
    guest.page.wait_for_timeout(500)
    assert guest.requests == [f"{site.host}/", f"{site.server}/widget.js"]
    guest.open()
    guest.page.evaluate("Tastemaker.send('a western after 1950, no gore')")
    guest.settle(1)
    assert len(guest.titles) == 5
    assert guest.page.evaluate("window.seen.shift") == 0
    loaded = [r for r in guest.requests if "/api/" not in r]
    assert len(loaded) == 3, "the panel is one file more"
    assert guest.violations() == guest.complaints == guest.foreign(site) == []
    assert guest.page.evaluate("document.querySelectorAll('[style]').length") == 0
    inside = "document.querySelector('tastemaker-widget').shadowRoot"
    assert guest.page.evaluate(f"{inside}.querySelectorAll('[style], style, script').length") == 0
    guest.context.close()


def test_twice_on_a_page_is_one(site: Shop, browser: Any) -> None:
    guest = Guest(browser, site.page(twice=True))
    guest.page.wait_for_timeout(500)
    assert guest.page.locator("tastemaker-widget").count() == 1
    assert guest.events("ready") == [None]
    guest.open()
    guest.say("a western")
    assert guest.turns.count() == 1
    assert len(guest.events("message")) == 2
    guest.context.close()


def test_a_single_page_application_mounts_and_unmounts(site: Shop, browser: Any) -> None:
    guest = Guest(browser, site.page()).open()
    guest.say("a western, no gore")
    guest.page.evaluate("Tastemaker('destroy')")
    assert guest.page.locator("tastemaker-widget").count() == 0
    listening = "window.dispatchEvent(new StorageEvent('storage', {key: null}))"
    guest.page.evaluate(listening)
    for _ in range(3):
        guest.page.evaluate("Tastemaker('mount', {title: 'Again'})")
        guest.page.evaluate("Tastemaker.mount()")
        assert guest.page.locator("tastemaker-widget").count() == 1
        guest.page.wait_for_selector(".turn")
        assert guest.page.locator("h2").inner_text() == "Again"
        guest.page.evaluate("Tastemaker.destroy()")
    assert guest.page.locator("tastemaker-widget").count() == 0
    assert guest.complaints == []
    guest.context.close()


def test_a_page_can_wait_with_it(site: Shop, browser: Any) -> None:
    page = browser.new_page()
    page.goto(site.page(manual=""))
    page.wait_for_function("!!window.Tastemaker?.mount")
    assert page.locator("tastemaker-widget").count() == 0
    page.evaluate("Tastemaker('mount', {theme: 'dark', accent: 'gold', locale: 'zh'})")
    assert page.get_by_role("button", name="帮我推荐").is_visible()
    page.close()


def test_everything_can_be_done_from_javascript(site: Shop, browser: Any) -> None:
    guest = Guest(browser, site.page())
    call = guest.page.evaluate
    panel = guest.page.locator(".panel")
    call("Tastemaker('toggle')")
    guest.page.wait_for_selector(".panel .reply")
    call("Tastemaker('toggle')")
    assert not panel.is_visible()
    call(
        "Tastemaker.setContext({item: 'heat-1995', category: 'films', cart: ['a', 'b'], device: 'phone'})"
    )
    with guest.page.expect_request("**/messages") as sent:
        call("Tastemaker.send('a western')")
    body = sent.value.post_data_json
    assert body["context"] == {
        "item": "heat-1995",
        "category": "films",
        "cart": "a,b",
        "device": "phone",
    }
    guest.settle(1)
    call("Tastemaker.setContext({})")
    with guest.page.expect_request("**/messages") as sent:
        call("Tastemaker.send('more')")
    assert sent.value.post_data_json["context"] == {}, "that there is none any more is told"
    guest.settle(2)
    with guest.page.expect_request("**/messages") as sent:
        guest.say("more")
    assert "context" not in sent.value.post_data_json
    call("Tastemaker.setLocale('zh')")
    assert guest.page.get_by_role("button", name="重新开始").is_visible()
    assert guest.turns.count() == 3
    call("Tastemaker.reset()")
    guest.page.wait_for_function(
        "window.seen.events.length && !document.querySelector('tastemaker-widget').shadowRoot.querySelector('.turn')"
    )
    call("Tastemaker.close()")
    assert not panel.is_visible()
    assert len(guest.events("open")) == len(guest.events("close")) == 2
    call("Tastemaker('nothing', 1)")
    assert guest.complaints == []
    guest.context.close()


def test_the_owner_says_how_it_looks_and_begins(site: Shop, browser: Any) -> None:
    url = site.page(
        place="left",
        theme="dark",
        accent="#ffd400",
        title="Ask Marlowe",
        greeting="Evening.",
        starters="a western|surprise me",
        locale="en",
    )
    guest = Guest(browser, url, locale="zh-CN").open()
    box = guest.page.locator(".panel").bounding_box()
    assert box["x"] < 30
    assert guest.page.locator("h2").inner_text() == "Ask Marlowe"
    assert guest.page.locator(".reply").first.inner_text() == "Evening."
    assert guest.page.locator(".own button").all_inner_texts() == ["a western", "surprise me"]
    guest.press("a western")
    guest.settle(1)
    assert guest.chips == ["western"]
    said = "getComputedStyle(document.querySelector('tastemaker-widget').shadowRoot.querySelector('.said'))"
    assert guest.page.evaluate(f"[{said}.backgroundColor, {said}.color]") == [
        "rgb(255, 212, 0)",
        "rgb(0, 0, 0)",
    ]
    guest.context.close()


def test_a_hosts_own_style_sheet_does_not_reach_it(site: Shop, browser: Any) -> None:
    guest = Guest(browser, site.page())
    guest.page.evaluate(
        """() => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync("* { display: none !important; font-size: 40px !important; position: static !important; opacity: 0 !important }");
          document.adoptedStyleSheets = [sheet];
          document.documentElement.style.setProperty("display", "block", "important");
        }"""
    )
    shown = "getComputedStyle(document.querySelector('tastemaker-widget'))"
    assert guest.page.evaluate(f"[{shown}.opacity, {shown}.position]") == ["1", "fixed"]
    guest.context.close()


def test_a_panel_that_cannot_be_had_is_told_and_tried_again(site: Shop, browser: Any) -> None:
    guest = Guest(browser, site.page())
    guest.page.route("**/widget-panel.js*", lambda route: route.abort())
    guest.page.locator(".launcher").click()
    guest.page.get_by_role("button", name="Could not be loaded. Try again").wait_for()
    assert guest.events("error")[0]["title"] == "The panel could not be loaded"
    guest.context.close()
