"""The widget over a shop's catalogue: pictures and links as far as they may be trusted, prices, labels,
several catalogues in one conversation."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.ui.shops import indexed_shop
from tests.ui.sited import light_service
from tests.ui.test_browser import pytestmark
from tests.ui.widget_host import Guest, Shop, browser, shop

# Fixtures, and the skip where there is no Chromium.
__all__ = ["browser", "pytestmark"]
ROWS = [
    {"id": f"p{n}", "title": f"Lamp {n}", "category": "lamps", "price": 10.5 + n, "description": "Warm light.",
     "url": url, "image": image}
    for n, (url, image) in enumerate([
        ("/lamps/0", "/pictures/0.png"),
        ("https://maker.example/lamp", "https://pictures.example/1.png"),
        ("lamps/2", "https://elsewhere.example/2.png"),
        ("http://maker.example:8080/lamp?a=1#b", "//elsewhere.example/3.png"),
        ("", ""),
    ])
]  # fmt: skip
INSIDE = "document.querySelector('tastemaker-widget').shadowRoot"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    home = indexed_shop(tmp_path_factory.mktemp("home"), ROWS)
    pinned = '[[pin]]\nwhere = { id = "p1" }\nsponsored = true\n'
    (home / "catalogues" / "shop" / "rules.toml").write_text(pinned)
    named = (
        "cdn.example",
    )  # unset, the hosts of most of these pictures would be the catalogue's own
    service = light_service(home, ["shop", "books"])
    with shop(service, images="http://localhost:*", image_hosts=named) as made:
        yield made


def shown(guest: Guest, title: str) -> Any:
    return guest.page.locator(".card").filter(has_text=title)


def test_pictures_and_links_are_trusted_as_far_as_the_docs_say(site: Shop, browser: Any) -> None:
    guest = Guest(browser, site.page(item_url="/p/{id}", catalogue="shop"))
    guest.page.route(
        "**/pictures/*", lambda route: route.fulfill(body="", content_type="image/png")
    )
    guest.open().say("a lamp")
    assert len(guest.titles) == 5
    pictures = guest.page.evaluate(f"[...{INSIDE}.querySelectorAll('img')].map((i) => i.src)")
    assert pictures == [f"{site.host}/pictures/0.png"]
    leads = {
        title: shown(guest, title).locator("a").get_attribute("href")
        for title in ("Lamp 0", "Lamp 1", "Lamp 2", "Lamp 3", "Lamp 4")
    }
    assert leads == {
        "Lamp 0": f"{site.host}/lamps/0",
        "Lamp 1": "https://maker.example/lamp",
        "Lamp 2": f"{site.host}/lamps/2",
        "Lamp 3": "http://maker.example:8080/lamp?a=1#b",
        "Lamp 4": f"{site.host}/p/p4",
    }
    away = shown(guest, "Lamp 1").locator("a")
    assert (away.get_attribute("target"), away.get_attribute("rel")) == ("_blank", "noreferrer")
    assert shown(guest, "Lamp 0").locator("a").get_attribute("target") is None
    assert "Price 14.5" in shown(guest, "Lamp 4").locator(".facts").inner_text()
    assert guest.violations() == []
    guest.context.close()


def test_what_is_paid_for_is_said_also_after_a_reload(site: Shop, browser: Any) -> None:
    guest = Guest(browser, site.page(catalogue="shop")).open()
    guest.say("a lamp")
    assert shown(guest, "Lamp 1").locator(".label").inner_text() == "Sponsored"
    assert guest.page.locator(".label").count() == 1
    guest.page.evaluate(
        """() => {
          const [key, text] = Object.entries(localStorage).find(([k]) => k.startsWith("tastemaker "));
          localStorage.setItem(key, JSON.stringify({...JSON.parse(text), notes: {}}));
        }"""
    )
    guest.page.reload()
    guest.page.wait_for_selector(".turn")
    assert shown(guest, "Lamp 1").locator(".label").inner_text() == "Sponsored"
    guest.context.close()


def test_one_conversation_about_two_catalogues(site: Shop, browser: Any) -> None:
    guest = Guest(browser, site.page(catalogue="shop|books")).open()
    guest.say("surprise me, nothing violent")
    cards = guest.events("recommend")[0]["items"]
    assert {card["catalogue"] for card in cards} == {"shop", "books"}
    assert len(guest.titles) == len(cards)
    guest.press("Like")
    guest.pressed("like")
    guest.press("Like")
    guest.pressed("like", 0)
    if guest.chips:
        count = len(guest.chips)
        guest.page.locator(".going .chip").first.click()
        guest.wait_for("What I go by")
        assert len(guest.chips) == count - 1
    guest.page.reload()
    guest.page.wait_for_selector(".turn")
    assert len(guest.titles) == len(cards)
    guest.context.close()
