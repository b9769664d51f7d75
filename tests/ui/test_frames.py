"""In real Chromium: a page of another origin calls and frames only where its site says so."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from tests.ui.live_api import listening
from tests.ui.sited import add_site, light_service
from tests.ui.test_browser import CHROMIUM, FLAGS
from ui.server import make_app

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Debian's chromium is not installed"),
]
TALK = """async ([server, site]) => {
  const post = (path, body, headers) => fetch(`${server}/api/v1/${path}`, {
    method: "POST", body: JSON.stringify(body), headers: {"Content-Type": "application/json", ...headers}});
  try {
    const made = await (await post("sessions", {site}, {})).json();
    if (!made.id) return made.status;
    const authorized = {Authorization: `Bearer ${made.token}`};
    const answer = await post(`sessions/${made.id}/messages`, {text: "a heist film"}, authorized);
    return (await answer.text()).includes("event: finished");
  } catch (error) { return String(error); }
}"""
GRADIO = """async (server) => {
  try { return await (await fetch(`${server}/config`)).text(); } catch (error) { return "unread"; }
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        yield chromium
        chromium.close()


def host() -> FastAPI:
    """A page of somebody else's."""
    app = FastAPI()

    @app.get("/")
    def page(frame: str = "") -> HTMLResponse:
        return HTMLResponse(f'<!doctype html><iframe src="{frame}"></iframe>' if frame else "<p>hi")

    return app


def framed(page: Any, host: str, address: str) -> bool:
    """Whether a page may show an address in a frame."""
    page.goto(f"{host}/?frame={address.replace('&', '%26').replace('?', '%3F')}")
    page.wait_for_load_state("load")
    return "Tastemaker" in [frame.title() for frame in page.frames[1:]]


def test_a_page_calls_and_frames_as_its_site_says(browser: Any, tmp_path: Path) -> None:
    service = light_service(tmp_path)
    try:
        with (
            listening(make_app(service)) as own,
            listening(host()) as one,
            listening(host()) as two,
        ):
            add_site(tmp_path, "talks", "--origin", one)
            add_site(tmp_path, "frames", "--frame-ancestor", two)
            page = browser.new_page()
            embed = f"{own}/embed?site="
            for where, talks, frames in ((one, True, False), (two, False, True)):
                page.goto(where)
                said = page.evaluate(TALK, [own, "talks"])
                assert said is True if talks else "Failed to fetch" in said
                assert page.evaluate(GRADIO, own) == "unread"
                assert framed(page, where, f"{embed}frames") == frames
                assert not framed(page, where, f"{embed}talks")
                assert not framed(page, where, f"{own}/")
            page.goto(one)
            assert page.evaluate(TALK, [own, "frames"]) == 403
            page.goto(own)
            assert page.evaluate(TALK, [own, "talks"]) is True, "our own page may talk for a site"
            assert page.evaluate(TALK, [own, ""]) is True
    finally:
        service.close()
