"""A shop's page on an origin of its own, with the strictest policy, and a guest who uses the widget there."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from uvicorn import Config, Server

from tests.ui.sited import light_service
from tests.ui.test_browser import CHROMIUM, FLAGS
from ui.server import make_app
from ui.service import Service
from ui.sites import Site, change_sites

WATCH = """
window.seen = {violations: [], shift: 0, events: []};
document.addEventListener("securitypolicyviolation", (e) =>
  window.seen.violations.push(`${e.violatedDirective} ${e.blockedURI}`));
new PerformanceObserver((list) => list.getEntries().forEach((e) => window.seen.shift += e.value))
  .observe({type: "layout-shift", buffered: true});
window.Tastemaker = (...call) => window.Tastemaker.q.push(call);
window.Tastemaker.q = ["ready", "open", "close", "message", "recommend", "itemclick", "feedback", "error"]
  .map((name) => ["on", name, (e) => window.seen.events.push([name, e.detail])]);
"""
"""What stands on the page before the widget: the stub that queues calls, and our eyes."""


SECRET = "the secret of the host's own backend"


@dataclass
class Shop:
    """Where the server is, where the host page is, and how to change what is served there."""

    server: str
    host: str
    pages: dict[str, str] = field(default_factory=dict)
    policy: str = ""

    def page(
        self,
        path: str = "/",
        lang: str = "en",
        direction: str = "ltr",
        twice: bool = False,
        body: str = "",
        **data: str,
    ) -> str:
        """Put a page with the widget there; `data` are the script's attributes. Gives its address."""
        attributes = " ".join(
            f'data-{name.replace("_", "-")}="{escape(value)}"'
            for name, value in {"site": "shop", **data}.items()
        )
        script = f'<script src="{self.server}/widget.js" {attributes} async></script>'
        self.pages[path] = (
            f'<!doctype html><html lang="{lang}" dir="{direction}"><head><meta charset="utf-8"><title>A shop</title>'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"{script * (2 if twice else 1)}</head><body>{body or '<main><h1>A shop</h1><p><a href=/>Home</a></p></main>'}</body></html>"
        )
        return self.host + path


@contextmanager
def on_port(app: FastAPI) -> Iterator[str]:
    """An application on a free port; gives its address."""
    server = Server(Config(app, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(20)


@contextmanager
def shop(service: Service, images: str = "", image_hosts: tuple[str, ...] = ()) -> Iterator[Shop]:
    """A host page's server on `localhost`, which to a browser is another site than 127.0.0.1."""
    made = Shop("", "")

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = made.pages.get(self.path.split("?")[0])
            self.send_response(200 if page else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", made.policy)
            self.end_headers()
            self.wfile.write((page or "").encode())

        def log_message(self, *_: Any) -> None:
            pass

    pages = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=pages.serve_forever, daemon=True).start()
    made.host = f"http://localhost:{pages.server_address[1]}"
    site = Site(origins=(made.host,), image_hosts=image_hosts, identity=SECRET)
    change_sites(service.home, lambda sites: sites.update(shop=site))
    app = make_app(service)
    with on_port(app) as made.server:
        made.policy = (
            f"default-src 'none'; script-src {made.server}; connect-src {made.server}; "
            f"img-src {made.server} {images}; require-trusted-types-for 'script'; trusted-types 'none'"
        )
        yield made
    pages.shutdown()
    service.close()


@contextmanager
def chromium() -> Iterator[Any]:
    """Debian's browser."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        yield browser
        browser.close()


class Guest:
    """One tab on a host page. Playwright's selectors see into the shadow root."""

    def __init__(self, browser: Any, url: str, context: Any = None, **settings: Any) -> None:
        size = {"width": 1280, "height": 900}
        self.context = context or browser.new_context(**{"viewport": size, **settings})
        self.page = self.context.new_page()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.set_default_timeout(10_000)
        self.page.on("request", lambda r: self.requests.append(r.url))
        self.page.on("pageerror", lambda e: self.complaints.append(str(e)))
        self.page.on(
            "console",
            lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None,
        )
        self.page.add_init_script(WATCH)
        self.page.goto(url)
        self.page.wait_for_selector("tastemaker-widget", state="attached")

    def open(self) -> "Guest":
        self.page.locator(".launcher").click()
        self.page.wait_for_selector(".panel .reply")
        return self

    def say(self, text: str, wait: bool = True) -> None:
        count = self.turns.count()
        self.page.fill("textarea", text)
        self.page.press("textarea", "Enter")
        if wait:
            self.settle(count + 1)

    def settle(self, count: int) -> None:
        """Wait until there are `count` turns and none runs."""
        self.page.wait_for_function(
            """(count) => {
              const root = document.querySelector("tastemaker-widget").shadowRoot;
              return root.querySelectorAll(".turn").length >= count
                && !["Stop", "停止"].includes(root.querySelector("form button").ariaLabel);
            }""",
            arg=count,
        )

    def press(self, name: str, nth: int = 0) -> None:
        """Click the button of that accessible name."""
        self.page.get_by_role("button", name=name, exact=True).nth(nth).click()

    def pressed(self, mark: str, count: int = 1) -> None:
        """Wait until so many buttons of that kind are pressed."""
        self.page.wait_for_function(
            """([mark, count]) => document.querySelector("tastemaker-widget").shadowRoot
              .querySelectorAll(`[data-mark=${mark}][aria-pressed=true]`).length === count""",
            arg=[mark, count],
        )

    @property
    def turns(self) -> Any:
        return self.page.locator(".turn")

    @property
    def titles(self) -> list[str]:
        """The titles of the last turn's cards."""
        return list(self.turns.last.locator(".card h3").all_inner_texts())

    @property
    def reply(self) -> str:
        text: str = self.turns.last.locator(".reply").inner_text()
        return text

    @property
    def chips(self) -> list[str]:
        return list(self.page.locator(".going .chip bdi").all_inner_texts())

    @property
    def status(self) -> str:
        text: str = self.page.locator(".status").inner_text()
        return text

    def wait_for(self, text: str) -> None:
        """Until a text stands somewhere in the panel."""
        self.page.locator(".panel").get_by_text(text).locator("visible=true").first.wait_for()

    def events(self, name: str) -> list[Any]:
        """What the host page was told."""
        return [detail for kind, detail in self.page.evaluate("window.seen.events") if kind == name]

    def violations(self) -> list[str]:
        return list(self.page.evaluate("window.seen.violations"))

    def kept(self) -> Mapping[str, Any]:
        """What the browser keeps of the conversation."""
        found: Mapping[str, Any] = self.page.evaluate(
            "JSON.parse(Object.entries(localStorage).find(([k]) => k.startsWith('tastemaker '))?.[1] ?? '{}')"
        )
        return found

    def foreign(self, shop: Shop) -> list[str]:
        """Requests that went neither to the server nor to the host."""
        return [r for r in self.requests if not r.startswith((shop.server, shop.host))]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Service:
    return light_service(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def site(service: Service) -> Iterator[Shop]:
    with shop(service) as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as found:
        yield found


NODE_MODULES = Path(__file__).parents[2] / "ui" / "widget" / "node_modules"
