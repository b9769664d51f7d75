"""The cookie that says whose browser it is: what it is like, and what is refused."""

import stat
import time
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from starlette.requests import Request

from chatbot.conversation import Conversation
from chatbot.log import ConversationLog
from chatbot.together import begin
from retrieval.errors import SettingsError
from tests.ui.test_api import service
from ui.server import make_app
from ui.service import Service
from ui.visitor_cookie import COOKIE, LASTS, SECRET, VisitorCookies

__all__ = ["service"]  # a fixture


def value(header: str) -> str:
    """What a browser keeps of a Set-Cookie header."""
    name, _, rest = header.partition("=")
    assert name == COOKIE
    return rest.split(";")[0]


def test_who_opens_the_page_gets_a_cookie_and_keeps_it(service: Service) -> None:
    app, cookies = make_app(service), VisitorCookies(service.home)
    browser = TestClient(app)
    first = browser.get("/")
    assert first.status_code == 200
    assert first.headers["cache-control"] == "no-store"
    attributes = first.headers["set-cookie"].split("; ")[1:]
    assert attributes == ["Path=/", f"Max-Age={LASTS}", "HttpOnly", "SameSite=Lax"]
    visitor = cookies.visitor({COOKIE: value(first.headers["set-cookie"])})
    assert len(visitor) == 32
    again = cookies.visitor({COOKIE: value(browser.get("/").headers["set-cookie"])})
    assert again == visitor
    other = TestClient(app, base_url="https://testserver").get("/").headers["set-cookie"]
    assert other.endswith("; Secure")
    assert cookies.visitor({COOKIE: value(other)}) not in ("", visitor)
    for elsewhere in ("/healthz", "/readyz", "/config"):
        assert "set-cookie" not in TestClient(app).get(elsewhere).headers


def test_a_cookie_that_is_not_ours_or_too_old_names_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cookies = VisitorCookies(tmp_path / "one")
    good = value(cookies.header("anna", secure=False))
    assert cookies.visitor({COOKIE: good}) == "anna"
    assert VisitorCookies(tmp_path / "one").visitor({COOKIE: good}) == "anna"
    assert VisitorCookies(tmp_path / "two").visitor({COOKIE: good}) == ""
    for bad in ("", "anna", good.replace("anna", "otto"), good[:-2]):
        assert cookies.visitor({COOKIE: bad}) == ""
    assert cookies.visitor({}) == ""
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + LASTS - 60)
    assert cookies.visitor({COOKIE: good}) == "anna"
    monkeypatch.setattr(time, "time", lambda: now + LASTS + 60)
    assert cookies.visitor({COOKIE: good}) == ""


@pytest.mark.parametrize(
    ("sent_by", "named"),
    [(None, "anna"), ("same-origin", "anna"), ("same-site", ""), ("cross-site", "")],
)
def test_the_cookie_counts_for_our_own_page_only(
    tmp_path: Path, sent_by: str | None, named: str
) -> None:
    cookies = VisitorCookies(tmp_path)
    headers = {"cookie": f"{COOKIE}={value(cookies.header('anna', secure=True))}"}
    headers |= {"sec-fetch-site": sent_by} if sent_by else {}
    raw = [(name.encode(), text.encode()) for name, text in headers.items()]
    assert cookies.visitor_of_page(Request({"type": "http", "headers": raw})) == named


def test_the_secret_is_for_its_owner_alone_and_a_damaged_one_is_told(tmp_path: Path) -> None:
    VisitorCookies(tmp_path)
    path = tmp_path / SECRET
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_bytes(b"")
    with pytest.raises(SettingsError, match=rf"{SECRET}.*Remove it"):
        VisitorCookies(tmp_path)


def test_whose_a_conversation_is_goes_with_it(tmp_path: Path) -> None:
    log = ConversationLog(tmp_path)
    log.save(Conversation("first", "films"))
    log.visit("anna", "first")
    together = begin("second", ("films", "books"))
    log.save_together(together)
    log.visit("anna", "second")
    assert log.visited("anna") == "second"
    assert log.visited("otto") is None
    time.sleep(0.01)
    log.save(Conversation("first", "films"))
    assert log.visited("anna") == "first", "where something happened last"
    assert [v["visitor"] for v in log.export("second")["visits"]] == ["anna"]
    log.forget("first")
    assert log.visited("anna") == "second"
    log.forget("second")
    assert log.visited("anna") is None
    assert b"anna" not in (tmp_path / "log.db").read_bytes()
