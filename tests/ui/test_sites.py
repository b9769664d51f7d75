"""Sites: registered by commands, kept in a file that is its owner's alone, followed while a server runs."""

import json
import stat
from pathlib import Path

import pytest

from retrieval.errors import SiteError
from tests.ui.sited import SHOP, add_site, command
from ui.site_origins import ancestor, origin
from ui.sites import FILE, Site, SitesFile, read_sites


def test_a_site_is_added_listed_changed_and_removed(tmp_path: Path) -> None:
    assert "No sites yet" in command(tmp_path, "sites", "list")
    args = ("--catalogue", "films", "--image-host", "img.shop.example", "--frame-ancestor", "self")
    secrets = add_site(tmp_path, "shop", "--origin", "https://Shop.example:443/", *args)
    assert secrets.key.startswith("tmk_")
    assert secrets.identity.startswith("tmi_")
    listed = json.loads(command(tmp_path, "sites", "list", "--json"))
    assert listed == {
        "shop": {
            "origins": [SHOP],
            "frame_ancestors": ["'self'"],
            "catalogues": ["films"],
            "image_hosts": ["img.shop.example"],
        }
    }
    before = read_sites(tmp_path / FILE)["shop"]
    said = command(tmp_path, "sites", "add", "shop", "--origin", "http://localhost:3000")
    assert "tmk_" not in said
    after = read_sites(tmp_path / FILE)["shop"]
    assert after == before.model_copy(update={"origins": ("http://localhost:3000",)})
    assert "removed" in command(tmp_path, "sites", "remove", "shop")
    assert "no site 'shop'" in command(tmp_path, "sites", "remove", "shop", fails=True)


def test_the_file_is_its_owners_alone_and_holds_no_key(tmp_path: Path) -> None:
    secrets = add_site(tmp_path, "shop", "--origin", SHOP)
    path = tmp_path / FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert secrets.key not in path.read_text()
    for shown in (command(tmp_path, "sites", "list"), command(tmp_path, "sites", "list", "--json")):
        assert secrets.key not in shown
        assert secrets.identity not in shown
    assert secrets.identity not in repr(read_sites(path))


def test_each_secret_is_exchanged_by_itself(tmp_path: Path) -> None:
    secrets = add_site(tmp_path, "shop")
    first = read_sites(tmp_path / FILE)["shop"]
    assert first.opens(secrets.key)
    assert not first.opens(secrets.key + "x")
    said = command(tmp_path, "sites", "rotate", "shop", "--key")
    second = read_sites(tmp_path / FILE)["shop"]
    assert not second.opens(secrets.key)
    assert second.opens(said.split()[-1])
    assert second.identity == first.identity == secrets.identity
    said = command(tmp_path, "sites", "rotate", "shop", "--identity", "--tokens")
    third = read_sites(tmp_path / FILE)["shop"]
    assert (third.key, third.epoch) == (second.key, second.epoch + 1)
    assert third.identity in said
    assert third.identity != first.identity
    assert "Say what to exchange" in command(tmp_path, "sites", "rotate", "shop", fails=True)
    assert "there is shop" in command(tmp_path, "sites", "rotate", "cafe", "--key", fails=True)


def test_a_site_without_a_key_is_opened_by_none() -> None:
    assert not Site().opens("")
    assert not Site().opens("tmk_")


@pytest.mark.parametrize(
    ("given", "kept"),
    [("https://shop.example", SHOP), (" HTTPS://SHOP.EXAMPLE/ ", SHOP), ("https://shop.example:443", SHOP),
     ("http://127.0.0.1:8000", "http://127.0.0.1:8000"), ("http://[::1]:80", "http://[::1]"),
     ("https://bücher.example", "https://xn--bcher-kva.example")],
)  # fmt: skip
def test_an_origin_is_kept_as_browsers_write_it(given: str, kept: str) -> None:
    assert origin(given) == kept


@pytest.mark.parametrize(
    "wrong",
    ["", "null", "*", "shop.example", "https://*.shop.example", "https://shop.example/a", "ftp://x.example",
     "https://a@shop.example", "https://shop.example:port", "https://", "https://a b", "https://x;y",
     "javascript:alert(1)", "https://shop.example?x"],
)  # fmt: skip
def test_what_is_no_origin_is_refused(wrong: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="origin"):
        origin(wrong)
    said = command(tmp_path, "sites", "add", "shop", "--origin", wrong, fails=True)
    assert "origin" in said
    assert not (tmp_path / FILE).exists()


def test_frame_ancestors_may_be_patterns_and_nothing_else_gets_into_the_header() -> None:
    assert ancestor("https://*.shop.example") == "https://*.shop.example"
    assert ancestor("self") == ancestor("'self'") == "'self'"
    for wrong in (
        "*",
        "https:",
        "https://x; script-src *",
        "https://x https://y",
        "'unsafe-inline'",
    ):
        with pytest.raises(ValueError, match="origin"):
            ancestor(wrong)


@pytest.mark.parametrize("name", ["", "a b", "../x", "ä", "x" * 41, "-x"])
def test_a_sites_name_is_a_plain_word(name: str, tmp_path: Path) -> None:
    command(tmp_path, "sites", "add", "--", name, fails=True)


def test_a_running_server_follows_and_keeps_what_it_had_if_the_file_is_damaged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    followed = SitesFile(tmp_path)
    assert not followed.now()
    secrets = add_site(tmp_path, "shop", "--origin", SHOP)
    assert followed.now()["shop"].origins == (SHOP,)
    assert followed.of_key(secrets.key) == "shop"
    assert followed.of_key("tmk_x") is None
    (tmp_path / FILE).write_text("{")
    assert followed.now()["shop"].origins == (SHOP,)
    assert "The sites stay as they were" in caplog.text
    with pytest.raises(SiteError, match="cannot be read"):
        SitesFile(tmp_path)


def test_help_teaches_what_the_two_kinds_of_origin_are(tmp_path: Path) -> None:
    said = " ".join(command(tmp_path, "sites", "add", "--help").split())
    assert "never for a page" in said
    assert "/embed" in said
