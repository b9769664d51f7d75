"""Addresses of a catalogue that may be links and pictures, and all those that may not."""

import pytest

from retrieval.errors import SettingsError
from retrieval.item import Schema
from tests.conftest import item
from tests.hostile import addresses, payloads
from ui.safe_urls import (
    Addresses,
    addresses_of,
    allowed_hosts,
    hosts_of_images,
    safe_image,
    safe_link,
)
from ui.settings import load

SCHEMA = Schema({"id": "id", "title": "title", "page": "url", "picture": "image"})
HOSTS = ("allowed.example", "cdn.example:8443")
FINE = (
    "https://allowed.example/a.png", "http://allowed.example/a?b=c&d=%20#e", "HTTPS://ALLOWED.example/ä.png", "https://cdn.example:8443/x",
    "https://allowed.example:443/a", "/media/a.png", "media/a.png?size=2", "a.png", "?p=3", "#top", "./a/../b.png",
)  # fmt: skip


def test_what_is_plainly_an_address_is_kept_as_it_is() -> None:
    for url in FINE:
        assert safe_link(url) == url
        assert safe_image(f" {url} ", HOSTS) == url


def test_no_address_of_another_sort_or_in_disguise_is_kept() -> None:
    for url in [*addresses(400), *payloads(250)]:
        link = safe_link(url)
        assert link == "" or link.casefold().startswith(("https://evil.invalid", "http://evil.invalid", "https://allowed.example.evil")), url  # fmt: skip
        assert safe_image(url, HOSTS) == "", url
    nothing: tuple[object, ...] = (None, 7, [], "", "  ", "x" * 2001, "http://", "https:///a", "//a/b", "a//b:c", "javascript:1", "a:b")  # fmt: skip
    for none in nothing:
        assert safe_link(none) == ""


def test_the_hosts_of_a_catalogue_are_those_of_many_of_its_pictures() -> None:
    items = [item(f"i{n}", picture=f"https://{'cdn' if n % 2 else 'img'}.example/{n}") for n in range(60)]  # fmt: skip
    items += [item("spy", picture="https://spy.example/me.png"), item("x", picture="data:image/png;base64,AA")]  # fmt: skip
    assert set(hosts_of_images(items, SCHEMA)) == {"cdn.example", "img.example"}
    assert allowed_hosts(("a.example",), items, SCHEMA) == ("a.example",)
    assert allowed_hosts((), items, SCHEMA) == ()
    assert hosts_of_images(items, Schema({})) == ()


def test_of_an_item_the_first_address_that_may_be_shown_is_shown() -> None:
    one = item(page=["javascript:1", "/p/1"], picture=["https://evil.invalid/1", "https://cdn.example:8443/1"])  # fmt: skip
    assert addresses_of(one, SCHEMA, HOSTS) == Addresses("/p/1", "https://cdn.example:8443/1")
    assert addresses_of(item(page="data:x", picture="//a"), SCHEMA, HOSTS) == Addresses()


def test_the_setting_is_a_list_of_hosts() -> None:
    def hosts(value: str) -> tuple[str, ...] | None:
        return load([], {}, {"serve.image_hosts": value})[0].serve.image_hosts

    assert load([], {}, {})[0].serve.image_hosts is None
    assert hosts("a.example, b.example:81") == ("a.example", "b.example:81")
    assert hosts("none") == ()
    with pytest.raises(SettingsError, match="is no host"):
        hosts("https://a.example")
