"""The page in real Chromium, as a visitor uses it. Screenshots land in ./screenshots to be looked at."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from retrieval.item import Item
from tests.conftest import ROOT
from ui.server import make_app
from ui.service import Service
from ui.settings import load

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
SHOTS = ROOT / "screenshots"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Debian's chromium is not installed"),
]
WISH = "something like Blade Runner but less bleak, after 2000, no horror"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Service]]:
    """The whole application on a free port, with the real encoder."""
    settings, _ = load([], {}, {"scorer.model": "none"})
    with serving(Service(tmp_path_factory.mktemp("home"), settings, "films")) as found:
        yield found


@contextmanager
def serving(service: Service) -> Iterator[tuple[str, Service]]:
    """An application on a free port; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(make_app(service), port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}/", service
    server.should_exit = True
    thread.join(20)
    service.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    SHOTS.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        yield chromium
        chromium.close()


class Visitor:
    """One browser context on the page."""

    def __init__(
        self, browser: Any, url: str, width: int = 1280, height: int = 900, locale: str = "en-US"
    ) -> None:
        size = {"width": width, "height": height}
        self.page = browser.new_context(viewport=size, locale=locale).new_page()
        self.foreign: list[str] = []
        self.errors: list[str] = []
        self.page.on(
            "request",
            lambda r: (
                self.foreign.append(r.url)
                if "127.0.0.1" not in r.url and not r.url.startswith(("data:", "blob:"))
                else None
            ),
        )
        self.page.on("pageerror", lambda e: self.errors.append(str(e)))
        self.page.goto(url)
        self.page.wait_for_selector("#answers button")

    def say(self, text: str) -> None:
        count = self.page.locator("#conversation .bot").count()
        self.page.fill("#message textarea", text)
        self.page.press("#message textarea", "Enter")
        self.settle(count)

    def settle(self, count: int) -> None:
        """Wait for one more answer, whole, and for the profile, which is drawn behind it."""
        bots = self.page.locator("#conversation .bot")
        deadline, before, steady = time.monotonic() + 30, "", 0
        while time.monotonic() < deadline:
            self.page.wait_for_timeout(350)
            said = self.page.inner_text("#conversation")
            now = said + self.page.inner_text("#profile")
            steady = steady + 1 if now == before else 0
            if bots.count() > count and steady > 1 and not said.rstrip().endswith("…"):
                return
            before = now
        raise AssertionError("no answer came")

    def titles(self) -> list[str]:
        return [
            t.split(". ", 1)[1] for t in self.page.locator(".tm-card:visible h3").all_inner_texts()
        ]

    def chips(self) -> list[str]:
        return list(self.page.locator("#chips button").all_inner_texts())

    def click(self, name: str, within: str = "body") -> None:
        count = self.page.locator("#conversation .bot").count()
        self.page.locator(within).get_by_role("button", name=name).first.click()
        if within != "#card-1":
            self.settle(count)
        else:
            self.page.wait_for_timeout(1500)


@pytest.fixture
def visitor(served: tuple[str, Service], browser: Any) -> Iterator[Visitor]:
    """A visitor at a desk, who leaves when the test is done."""
    found = Visitor(browser, served[0])
    yield found
    found.page.context.close()


@pytest.fixture
def service(served: tuple[str, Service]) -> Service:
    return served[1]


def shown(service: Service, titles: list[str]) -> list[Item]:
    by_label = {item.label(): item for item in service.parts.lexicon.items.values()}
    return [by_label[title] for title in titles]


def test_a_visitor_talks_dislikes_and_takes_a_chip_away(visitor: Visitor, service: Service) -> None:
    assert "without a language model" in visitor.page.inner_text("#top")
    visitor.page.screenshot(path=SHOTS / "desktop-start.png")
    visitor.say(WISH)
    first = visitor.titles()
    assert len(first) == 5
    for item in shown(service, first):
        assert item.fields["year"] > 2000
        assert "horror" not in item.values("genres")
        assert "bleak" not in item.values("tags")
    visitor.click("Not for me", within="#card-1")
    assert "Not for you" in visitor.page.inner_text("#card-1")
    visitor.page.screenshot(path=SHOTS / "desktop-cards.png")
    (after,) = [chip for chip in visitor.chips() if "after 2000" in chip]
    visitor.click(after, within="#chips")
    second = visitor.titles()
    assert second
    assert "after 2000" not in " ".join(visitor.chips())
    assert any("no horror" in chip for chip in visitor.chips())
    for item in shown(service, second):
        assert "horror" not in item.values("genres")
        assert item.label() not in first
    visitor.say("before 2000")
    for item in shown(service, visitor.titles()):
        assert item.fields["year"] < 2000
        assert item.label() not in first
    visitor.page.locator("body").get_by_role("button", name="Light / dark").click()
    visitor.page.wait_for_timeout(300)
    visitor.page.screenshot(path=SHOTS / "desktop-dark.png")
    assert visitor.foreign == []
    assert visitor.errors == []


def test_the_page_works_at_phone_width(served: tuple[str, Service], browser: Any) -> None:
    url, _ = served
    visitor = Visitor(browser, url, 390, 844)
    visitor.say("hi")
    options = visitor.page.locator("#answers button").all_inner_texts()
    assert any("comedy (" in option for option in options)
    visitor.click("comedy (", within="#answers")
    assert len(visitor.titles()) == 5
    wide = visitor.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390, "nothing sticks out sideways"
    visitor.page.screenshot(path=SHOTS / "phone.png", full_page=True)


def test_two_visitors_have_their_own_conversations(
    served: tuple[str, Service], browser: Any
) -> None:
    url, _ = served
    one, other = Visitor(browser, url), Visitor(browser, url)
    one.say("a heist film canaryone")
    other.say("a western canarytwo")
    one.say("no gore")
    assert "canarytwo" not in one.page.inner_text("body")
    assert "canaryone" not in other.page.inner_text("body")
    assert not any("gore" in chip for chip in other.chips())


def test_markup_is_shown_and_not_run(visitor: Visitor) -> None:
    visitor.say(
        "a heist film <img src=x onerror=\"document.title='owned'\"> **bold** [x](javascript:alert(1))"
    )
    assert visitor.page.title() == "Tastemaker"
    assert "<img src=x onerror" in visitor.page.inner_text("#conversation")
    assert "&lt;" not in visitor.page.inner_text("#conversation")
    assert visitor.page.locator("#conversation img[src='x'], #conversation a").count() == 0


def test_start_over_gives_a_clean_page(visitor: Visitor) -> None:
    visitor.say("a heist film, no gore")
    visitor.page.get_by_role("button", name="Start over").click()
    visitor.page.wait_for_timeout(1500)
    assert visitor.titles() == []
    assert visitor.chips() == []
    assert "gore" not in visitor.page.inner_text("#conversation")


def test_start_over_may_be_said(visitor: Visitor) -> None:
    visitor.say("a heist film, no gore")
    assert visitor.titles() != []
    visitor.say("start over")
    assert visitor.titles() == []
    assert visitor.chips() == []


def test_what_is_said_is_learned_from_where_the_visitor_says_so(
    served: tuple[str, Service], browser: Any
) -> None:
    visitor, service = Visitor(browser, served[0]), served[1]
    box = visitor.page.get_by_label("Learn from this conversation")

    def agreed() -> str:
        asked = "select consent from conversations order by created desc, rowid desc limit 1"
        return str(service.log.connection().execute(asked).fetchone()[0])

    assert not box.is_checked()
    assert agreed() == ""
    box.check()
    visitor.page.wait_for_timeout(1000)
    assert agreed() == "visitor"
    visitor.say("a heist film")
    visitor.page.reload()
    visitor.page.wait_for_selector("#card-1")
    assert box.is_checked()
    visitor.page.screenshot(path=SHOTS / "desktop-learn.png")
    box.uncheck()
    visitor.page.wait_for_timeout(1000)
    assert agreed() == ""
    box.check()
    visitor.page.wait_for_timeout(1000)
    visitor.page.get_by_role("button", name="Start over").click()
    visitor.page.wait_for_timeout(1500)
    assert not box.is_checked()
    visitor.page.context.close()


def test_a_conversation_is_deleted_where_the_visitor_says_so_twice(
    served: tuple[str, Service], browser: Any
) -> None:
    visitor, service = Visitor(browser, served[0]), served[1]
    press = partial(visitor.page.get_by_role, "button")

    def kept() -> int:
        asked = "select count(*) from turns where utterance = 'a heist film for my aunt Petra'"
        return int(service.log.connection().execute(asked).fetchone()[0])

    visitor.say("a heist film for my aunt Petra")
    assert kept() == 1
    press(name="Delete this conversation").click()
    visitor.page.get_by_text("erased for good").wait_for()
    visitor.page.screenshot(path=SHOTS / "desktop-erase.png")
    press(name="Keep it").click()
    visitor.page.get_by_text("erased for good").wait_for(state="hidden")
    assert kept() == 1
    press(name="Delete this conversation").click()
    press(name="Delete", exact=True).click()
    visitor.page.get_by_text("erased for good").wait_for(state="hidden")
    visitor.page.wait_for_timeout(1000)
    assert kept() == 0
    assert visitor.titles() == []
    assert "Petra" not in visitor.page.inner_text("body")
    visitor.page.context.close()


WATCH = """() => {
  window.keys = [];
  const look = (node) => window.keys.push(...((node.textContent || '').match(/common\\.\\w+/g) || []));
  new MutationObserver((all) => all.forEach((m) => { look(m.target); m.addedNodes.forEach(look); }))
    .observe(document.body, {subtree: true, childList: true, characterData: true});
}"""


def test_no_key_of_gradios_is_read_out_where_words_should_be(
    served: tuple[str, Service], browser: Any
) -> None:
    """Gradio told those who listen to the page "common.complete", for which it has no words."""
    visitor = Visitor(browser, served[0])
    visitor.page.evaluate(WATCH)
    visitor.say("a heist film")
    visitor.page.get_by_role("button", name="Light / dark").click()
    visitor.page.wait_for_timeout(4000)
    assert visitor.page.evaluate("window.keys") == []
