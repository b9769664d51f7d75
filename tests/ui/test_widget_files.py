"""The widget's built files: small, of their source, served as a host page needs them; and the page at /demo."""

import gzip
import hashlib
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.conftest import ROOT
from tests.ui.shops import indexed_shop
from tests.ui.test_browser import SHOTS
from tests.ui.test_browser import pytestmark as in_a_browser
from tests.ui.widget_host import NODE_MODULES, browser, on_port
from ui.server import make_app
from ui.service import Service
from ui.settings import load

__all__ = ["browser"]  # a fixture
STATIC = ROOT / "ui" / "static"
SOURCE = ROOT / "ui" / "widget"
LAUNCHER, PANEL = STATIC / "widget.js", STATIC / "widget-panel.js"
LIGHT = {"encoder.model": "hashing", "scorer.model": "none"}


def zipped(file: Path) -> int:
    return len(gzip.compress(file.read_bytes(), 9, mtime=0))


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    settings, _ = load([], {}, LIGHT)
    made = Service(tmp_path_factory.mktemp("home"), settings, "films")
    yield made
    made.close()


@pytest.fixture(scope="module")
def client(service: Service) -> TestClient:
    return TestClient(make_app(service))


def test_the_files_are_as_small_as_promised() -> None:
    assert zipped(LAUNCHER) <= 3_000
    assert zipped(LAUNCHER) + zipped(PANEL) <= 15_000


def test_the_files_are_what_their_source_builds(tmp_path: Path) -> None:
    if not (NODE_MODULES / "esbuild").exists():
        pytest.skip("the bundler is not installed; `npm ci` in ui/widget does that")
    for command in (["npx", "tsc", "--noEmit"], ["node", "build.mjs", "--out", str(tmp_path)]):
        done = subprocess.run(command, cwd=SOURCE, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    for file in (LAUNCHER, PANEL):
        assert (tmp_path / file.name).read_bytes() == file.read_bytes(), "run `make widget`"


def test_the_source_has_no_way_to_run_text() -> None:
    sources = {path: path.read_text(encoding="utf-8") for path in (SOURCE / "src").rglob("*.ts")}
    assert len(sources) > 15
    banned = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|\.style\b|srcdoc|DOMParser|createContextualFragment"
    assert not [path.name for path, text in sources.items() if re.search(banned, text)]
    assert not [path.name for path, text in sources.items() if len(text.splitlines()) > 350]


def test_both_languages_have_the_same_words_with_the_same_gaps() -> None:
    en, zh = (
        json.loads((SOURCE / "src" / "words" / f"{name}.json").read_text("utf-8"))
        for name in ("en", "zh")
    )
    gaps = re.compile(r"\{\w+\}")
    assert list(en) == list(zh)
    for key in en:
        assert sorted(gaps.findall(en[key])) == sorted(gaps.findall(zh[key])), key


@pytest.mark.parametrize("name", ["widget.js", "widget-panel.js"])
def test_another_site_may_load_and_keep_the_files(client: TestClient, name: str) -> None:
    answer = client.get(f"/{name}", headers={"Origin": "https://shop.example"})
    assert answer.content == (STATIC / name).read_bytes()
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["cache-control"] == "public, max-age=300"
    plain = client.get(f"/{name}", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == answer.content
    again = client.get(f"/{name}", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.head(f"/{name}").status_code == 200


def test_the_launcher_asks_for_the_panel_that_was_built_with_it(client: TestClient) -> None:
    (name,) = re.findall(r"widget-panel\.js\?v=[0-9a-f]{8}", LAUNCHER.read_text("utf-8"))
    assert "immutable" in client.get(f"/{name}").headers["cache-control"]
    other = client.get("/widget-panel.js?v=00000000")
    assert "immutable" not in other.headers["cache-control"]
    assert name.endswith(hashlib.sha256(PANEL.read_bytes()).hexdigest()[:8])


def test_the_demo_is_a_shop_over_the_first_catalogue(client: TestClient, service: Service) -> None:
    shelf = client.get("/demo")
    assert "script-src 'self'" in shelf.headers["content-security-policy"]
    assert "default-src 'none'" in shelf.headers["content-security-policy"]
    linked = re.findall(r'href="demo\?item=([^"]+)"', shelf.text)
    items = service.parts.lexicon.items
    assert len(linked) == len(set(linked) & set(items)) == 12
    page = client.get("/demo", params={"item": linked[0]})
    assert items[linked[0]].fields["description"].split(".")[0] in page.text
    assert f'data-item="{linked[0]}"' in page.text
    assert client.get("/demo", params={"page": 2}).text != shelf.text
    assert client.get("/demo", params={"page": 10_000}).status_code == 200
    assert client.get("/demo", params={"item": "nothing"}).status_code == 404


def test_the_demo_escapes_what_the_catalogue_says(tmp_path: Path) -> None:
    evil = "\"'><script>alert(1)</script>"
    rows = [{"id": f"a{evil}", "title": evil, "brand": [evil], "description": evil, evil: "x"}]
    home = indexed_shop(tmp_path, rows)
    settings, _ = load([], {}, LIGHT)
    service = Service(home, settings, "shop")
    client = TestClient(make_app(service))
    pages = [client.get("/demo"), client.get("/demo", params={"item": rows[0]["id"]})]
    service.close()
    for page in pages:
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert page.text.count("<script") == 2


class TestDemo:
    """The page as a visitor finds it."""

    pytestmark = in_a_browser

    def test_a_shopper_asks_on_the_page_of_an_item(self, service: Service, browser: Any) -> None:
        with on_port(make_app(service)) as server:
            page = browser.new_page(viewport={"width": 1280, "height": 860})
            complaints: list[str] = []
            page.on("console", lambda m: complaints.append(m.text))
            page.on("pageerror", lambda e: complaints.append(str(e)))
            page.goto(f"{server}/demo")
            page.screenshot(path=SHOTS / "demo-shelf.png")
            page.get_by_role("button", name="Help me choose").click()
            page.wait_for_selector(".panel .reply")
            page.get_by_role("button", name="Close").click()
            page.locator(".shelf a").nth(2).click()
            title = page.locator(".prose").inner_text()
            assert title
            page.get_by_role("button", name="Put in the basket").click()
            assert page.locator("#count").inner_text() == "1"
            with page.expect_request("**/messages") as sent:
                page.get_by_role("button", name="Something like this").click()
            context = sent.value.post_data_json["context"]
            assert context["category"] == "films"
            assert context["cart"] == context["item"]
            page.wait_for_selector(".card")
            page.wait_for_timeout(300)
            page.screenshot(path=SHOTS / "demo-item.png")
            followed = page.locator(".card a").first
            label = followed.inner_text()
            followed.click()
            page.wait_for_selector(".turn")
            assert page.locator("h1").inner_text() == label
            assert complaints == []
            page.close()
