"""The widget for everyone: the keyboard alone, what is read out, contrast, small and large screens, axe."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.ui.test_browser import SHOTS, pytestmark
from tests.ui.widget_host import NODE_MODULES, Guest, Shop, browser, service, site

# Fixtures, and the skip where there is no Chromium.
__all__ = ["browser", "pytestmark", "service", "site"]
ROOT = "document.querySelector('tastemaker-widget').shadowRoot"
FOCUSED = """() => {
  const root = document.querySelector("tastemaker-widget").shadowRoot;
  const found = root.activeElement;
  if (!found) return "page " + document.activeElement.tagName;
  return found.ariaLabel || found.textContent || found.tagName;
}"""
REACHABLE = """() => [...document.querySelector("tastemaker-widget").shadowRoot
  .querySelectorAll("button, a[href], summary, textarea, input, [tabindex='0']")]
  .filter((e) => e.checkVisibility()).map((e) => e.ariaLabel || e.textContent || e.tagName)"""
CONTRAST = """(selector) => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, n) => sum + v * [.2126, .7152, .0722][n], 0);
  const node = document.querySelector("tastemaker-widget").shadowRoot.querySelector(selector);
  let ground = node;
  while (getComputedStyle(ground).backgroundColor === "rgba(0, 0, 0, 0)") ground = ground.parentElement;
  const two = [getComputedStyle(node).color, getComputedStyle(ground).backgroundColor].map(rgb).map(light).sort((a, b) => a - b);
  return (two[1] + .05) / (two[0] + .05);
}"""


def walk(guest: Guest, key: str = "Tab", most: int = 120) -> list[str]:
    """Press Tab until the focus has left the widget or is where it was; what it came by."""
    seen: list[str] = []
    for _ in range(most):
        guest.page.keyboard.press(key)
        now = guest.page.evaluate(FOCUSED)
        if now.startswith("page ") or (len(seen) > 3 and now == seen[0] and seen.count(now) > 0):
            return [*seen, now]
        seen.append(now)
    raise AssertionError(f"The focus never left: {seen[-10:]}")


def test_the_keyboard_alone_reaches_everything_and_leaves_it(site: Shop, browser: Any) -> None:
    body = "<a href=/before>before</a><script></script>"
    guest = Guest(browser, site.page(body=body, item_url="/p/{id}"))
    guest.page.keyboard.press("Tab")
    assert guest.page.evaluate("document.activeElement.textContent") == "before"
    guest.page.keyboard.press("Tab")
    assert guest.page.evaluate(FOCUSED) == "Get recommendations"
    guest.page.keyboard.press("Enter")
    guest.page.wait_for_selector(".panel .reply")
    assert guest.page.evaluate(FOCUSED) == "Say what you feel like …", "the focus goes in"
    guest.page.keyboard.type("a heist film after 1990, no horror")
    guest.page.keyboard.press("Enter")
    guest.settle(1)
    guest.page.keyboard.press("Escape")
    assert not guest.page.locator(".panel").is_visible()
    assert guest.page.evaluate(FOCUSED) == "Get recommendations", "and comes back"
    guest.page.keyboard.press("Space")
    guest.page.wait_for_selector(".turn")
    guest.page.evaluate("document.querySelector('a').focus()")
    seen = walk(guest)
    assert seen[-1].startswith("page "), "beside the page it is no trap"
    assert seen[:-1] == guest.page.evaluate(REACHABLE)
    assert seen.count("Like") == 5
    assert any(name.startswith("Remove: ") for name in seen)
    guest.page.evaluate(f"{ROOT}.querySelector('textarea').focus()")
    back = walk(guest, "Shift+Tab")
    assert back[-1].startswith("page ")
    guest.page.get_by_role("button", name="My taste").focus()
    guest.page.keyboard.press("Enter")
    reachable = guest.page.evaluate(REACHABLE)
    guest.page.evaluate("document.querySelector('a').focus()")
    assert walk(guest)[:-1] == reachable
    guest.page.get_by_role("button", name="My taste").focus()
    guest.page.keyboard.press("Escape")
    assert guest.turns.first.is_visible(), "Escape leaves the profile first"
    assert guest.violations() == []
    guest.context.close()


def test_a_button_that_goes_away_leaves_the_focus_somewhere(site: Shop, browser: Any) -> None:
    guest = Guest(browser, site.page()).open()
    guest.say("a heist film, no horror, no gore")
    guest.page.get_by_role("button", name="Remove: no horror").focus()
    guest.page.keyboard.press("Enter")
    guest.wait_for("What I go by: no gore, heist")
    assert guest.page.evaluate(FOCUSED) == "Undo the last change"
    guest.page.locator(".own button").first.focus()
    guest.page.keyboard.press("Enter")
    guest.settle(2)
    assert guest.page.evaluate(FOCUSED) == "Say what you feel like …"
    guest.page.get_by_role("button", name="Start over").focus()
    for answer in ("Start over?", "What do you feel like?"):
        guest.page.keyboard.press("Enter")
        guest.wait_for(answer)
    assert guest.page.evaluate(FOCUSED) == "Say what you feel like …"
    guest.context.close()


def test_a_finished_reply_is_read_out_once_and_no_piece_of_it(site: Shop, browser: Any) -> None:
    guest = Guest(browser, site.page()).open()
    guest.page.evaluate(
        f"""() => {{
          window.read = [];
          for (const live of {ROOT}.querySelectorAll("[role=status], [role=log], [aria-live]")) {{
            if (live.getAttribute("aria-live") === "off") continue;
            new MutationObserver(() => window.read.push(live.textContent))
              .observe(live, {{childList: true, characterData: true, subtree: true}});
          }}
        }}"""
    )
    guest.say("a heist film after 1990")
    read = [text for text in guest.page.evaluate("window.read") if text]
    assert len(read) == 1
    assert read[0].startswith(guest.reply)
    assert guest.titles[4] in read[0]
    log = guest.page.get_by_role("log", name="Conversation")
    assert log.count() == 1
    assert log.locator(".turn").count() == 1
    guest.context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_any_accent_can_be_read(site: Shop, browser: Any, theme: str) -> None:
    for accent in (
        "#ffd400",
        "#777777",
        "white",
        "black",
        "#ff0000",
        "hsl(210 90% 60%)",
        "#1a1c20",
        "nonsense",
    ):
        guest = Guest(browser, site.page(accent=accent, theme=theme, item_url="/p/{id}"))
        assert guest.page.evaluate(CONTRAST, ".launcher") >= 4.5, accent
        guest.open().say("a heist film")
        guest.press("Like")
        guest.pressed("like")
        for part in (
            ".said",
            ".pill",
            ".card a",
            "[data-mark=like]",
            "form button",
            ".facts",
            ".reason",
            "h2",
        ):
            assert guest.page.evaluate(CONTRAST, part) >= 4.5, (accent, part)
        guest.context.close()


def test_at_four_times_the_size_nothing_is_cut_off(site: Shop, browser: Any) -> None:
    guest = Guest(browser, site.page(), viewport={"width": 320, "height": 256}).open()
    guest.say("a heist film after 1990, no horror")
    assert guest.page.evaluate("document.documentElement.scrollWidth") <= 320
    wide = f"[...{ROOT}.querySelectorAll('.panel, .scroll, .log, .card, form, header')].filter((e) => e.scrollWidth > e.clientWidth + 1).length"
    assert guest.page.evaluate(wide) == 0
    guest.page.locator("textarea").scroll_into_view_if_needed()
    assert guest.page.locator("textarea").is_visible()
    guest.page.screenshot(path=SHOTS / "widget-zoomed.png")
    guest.page.locator(".card").last.scroll_into_view_if_needed()
    guest.press("Like", 4)
    guest.pressed("like")
    guest.context.close()


def test_from_right_to_left_it_stands_on_the_other_side(site: Shop, browser: Any) -> None:
    guest = Guest(browser, site.page(direction="rtl"))
    assert guest.page.locator(".launcher").bounding_box()["x"] < 40
    guest.open().say("a heist film after 1990")
    assert guest.page.locator(".panel").bounding_box()["x"] < 40
    direction = f"getComputedStyle({ROOT}.querySelector('.panel')).direction"
    assert guest.page.evaluate(direction) == "ltr", "its own words are English"
    assert guest.page.evaluate(
        f"{ROOT}.querySelector('.scroll').scrollWidth <= {ROOT}.querySelector('.scroll').clientWidth"
    )
    guest.page.screenshot(path=SHOTS / "widget-rtl.png")
    guest.context.close()


def test_on_a_phone_it_covers_the_page_and_stays_above_the_keyboard(
    site: Shop, browser: Any
) -> None:
    guest = Guest(
        browser, site.page(), viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    guest.open()
    box = guest.page.locator(".panel").bounding_box()
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 844)
    guest.page.evaluate(
        """() => {
          Object.defineProperty(visualViewport, "height", {value: 500, configurable: true});
          Object.defineProperty(visualViewport, "offsetTop", {value: 40, configurable: true});
          visualViewport.dispatchEvent(new Event("resize"));
        }"""
    )
    box = guest.page.locator(".panel").bounding_box()
    assert (box["y"], box["height"]) == (40, 500)
    line = guest.page.locator("textarea").bounding_box()
    assert line["y"] + line["height"] <= 540
    size = f"parseFloat(getComputedStyle({ROOT}.querySelector('textarea')).fontSize)"
    assert guest.page.evaluate(size) >= 16, "smaller, and a phone zooms in"
    seen = [guest.page.evaluate(FOCUSED)]
    for _ in range(12):
        guest.page.keyboard.press("Tab")
        seen.append(guest.page.evaluate(FOCUSED))
    assert not [s for s in seen if s in ("page A", "Get recommendations")], (
        "what is covered is not reached"
    )
    guest.page.keyboard.press("Escape")
    assert not guest.page.locator(".panel").is_visible()
    assert guest.page.evaluate(FOCUSED) == "Get recommendations"
    guest.context.close()


def test_who_wants_no_motion_sees_none(site: Shop, browser: Any) -> None:
    for motion, moves in (("reduce", "none"), ("no-preference", "beat")):
        guest = Guest(browser, site.page(), reduced_motion=motion)
        waiting(guest)
        name = f"getComputedStyle({ROOT}.querySelector('i')).animationName"
        assert guest.page.evaluate(name) == moves
        guest.context.close()


def test_forced_colours_keep_edges_and_what_is_pressed(site: Shop, browser: Any) -> None:
    guest = Guest(browser, site.page(), forced_colors="active").open()
    guest.say("a heist film")
    guest.press("Like")
    guest.pressed("like")
    style = f"(s) => getComputedStyle({ROOT}.querySelector(s))"
    grounds = {
        pressed: guest.page.evaluate(
            f"({style})('[data-mark=like][aria-pressed={pressed}]').backgroundColor"
        )
        for pressed in ("true", "false")
    }
    assert grounds["true"] != grounds["false"]
    for part in (".panel", ".card", "textarea", "form button", ".said"):
        assert guest.page.evaluate(f"({style})('{part}').borderTopStyle") == "solid", part
    guest.page.screenshot(path=SHOTS / "widget-forced-colours.png")
    guest.context.close()


def hello(guest: Guest) -> None:
    guest.open()


def talked(guest: Guest) -> None:
    guest.open().say("a heist film after 1990, no horror")


def asked(guest: Guest) -> None:
    guest.open().say("hi")


def marked(guest: Guest) -> None:
    talked(guest)
    for nth in (0, 3):
        guest.page.locator(".card").first.locator(".actions button").nth(nth).click()
    guest.page.locator("summary").first.click()
    guest.page.locator("[data-mark=compare]").first.click()
    guest.pressed("save")


def compared(guest: Guest) -> None:
    talked(guest)
    guest.page.locator("[data-mark=compare]").nth(0).click()
    guest.page.locator("[data-mark=compare]").nth(1).click()
    guest.settle(2)


def in_taste(guest: Guest) -> None:
    guest.open().say("I loved Heat and The Godfather, no horror, after 1950")
    guest.page.locator("header button").first.click()
    guest.page.wait_for_selector("span.chip")


def waiting(guest: Guest) -> None:
    guest.open()
    held: list[Any] = []
    guest.page.route("**/messages", lambda route: held.append(route))
    guest.say("a western", wait=False)
    guest.page.wait_for_selector(".reply i")


def stopped(guest: Guest) -> None:
    waiting(guest)
    guest.page.locator("form button").click()
    guest.page.wait_for_selector(".note button")


def offline(guest: Guest) -> None:
    guest.open()
    guest.context.set_offline(True)
    guest.say("a western")


def too_long(guest: Guest) -> None:
    guest.open().say("x" * 2001, wait=False)


def removed(guest: Guest) -> None:
    talked(guest)
    guest.page.locator(".going .chip").first.click()
    guest.page.wait_for_selector(".status:not(:empty)")


def closed(guest: Guest) -> None:
    pass


STATES: list[Callable[[Guest], None]] = [
    *(closed, hello, talked, asked, marked, compared),
    *(in_taste, waiting, stopped, offline, too_long, removed),
]


@pytest.mark.skipif(
    not (NODE_MODULES / "axe-core").exists(),
    reason="axe-core is not installed; `npm ci` in ui/widget does that",
)
@pytest.mark.parametrize("locale", ["en", "zh"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(site: Shop, browser: Any, theme: str, locale: str) -> None:
    axe = (NODE_MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    found = []
    for state in STATES:
        guest = Guest(browser, site.page(theme=theme, locale=locale, item_url="/p/{id}"))
        state(guest)
        guest.page.wait_for_timeout(100)
        guest.page.evaluate(axe)
        result = guest.page.evaluate("axe.run(document)")
        looked = json.dumps([p["nodes"] for p in result["passes"]])
        assert "tastemaker-widget" in looked, "it looks into the shadow root"
        found += [
            (state.__name__, v["id"], [n["target"] for n in v["nodes"]][:3])
            for v in result["violations"]
        ]
        guest.page.screenshot(path=SHOTS / f"widget-{state.__name__}-{theme}-{locale}.png")
        guest.context.close()
    assert not found, json.dumps(found, indent=1)
