"""Behind a real nginx: under a path, with TLS, with buffering on. The block is that of docs/api.md."""

import json
import os
import re
import ssl
import subprocess
import time
from collections.abc import Iterator
from getpass import getuser
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import ROOT
from tests.ui.live_api import listening
from tests.ui.sited import JSON, SHOP, V1, add_site, bearer, begin, light_service
from tests.ui.test_streams import read
from ui.server import listening as as_served
from ui.server import make_app
from ui.visitor_cookie import COOKIE

NGINX, OPENSSL, CHROMIUM = "/usr/sbin/nginx", "/usr/bin/openssl", "/usr/bin/chromium"
pytestmark = pytest.mark.skipif(
    not (Path(NGINX).exists() and Path(OPENSSL).exists()), reason="nginx is not installed"
)
PORT = 7885
PUBLIC = f"https://localhost:{PORT}/talk"


def block(upstream: str) -> str:
    """The page's block, with the server's own port, and buffering forced upon it."""
    doc = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    found = re.search(r"```nginx\n(.*?)\n```", doc, re.DOTALL)
    assert found is not None
    told = found[1].replace("http://127.0.0.1:7860", upstream).replace("$host", "$http_host")
    return told.replace(
        "}", "    proxy_buffering on;\n    proxy_ignore_headers X-Accel-Buffering;\n}"
    )


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, ssl.SSLContext]]:
    """Gives the home and the certificate's context; the server is at PUBLIC."""
    folder = tmp_path_factory.mktemp("nginx")
    subprocess.run(
        [OPENSSL, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    flags = {"serve.public_url": PUBLIC, "serve.trusted_proxies": "127.0.0.1",
             "limits.sessions_of_address": "40"}  # fmt: skip
    service = light_service(folder / "home", **flags)
    add_site(folder / "home", "shop", "--origin", SHOP)
    config = as_served(service.settings.serve)
    kept = {name: config[name] for name in ("proxy_headers", "forwarded_allow_ips", "root_path")}
    with listening(make_app(service), **kept) as upstream:
        user = f"user {getuser()};" if os.getuid() == 0 else ""
        (folder / "nginx.conf").write_text(
            f"daemon off; {user} pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
            f"http {{ access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;\n"
            f"fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n"
            f"server {{ listen 127.0.0.1:{PORT} ssl; ssl_certificate {folder}/cert.pem;\n"
            f"ssl_certificate_key {folder}/key.pem;\n{block(upstream)}\n}} }}"
        )
        nginx = subprocess.Popen([NGINX, "-c", folder / "nginx.conf", "-p", folder])
        try:
            context = ssl.create_default_context(cafile=str(folder / "cert.pem"))
            for _ in range(100):
                try:
                    httpx.get(f"{PUBLIC}/healthz", verify=context)
                    break
                except httpx.ConnectError:
                    time.sleep(0.05)
            yield folder / "home", context
        finally:
            nginx.terminate()
            nginx.wait(10)
    service.close()


@pytest.fixture
def client(served: tuple[Path, ssl.SSLContext]) -> Iterator[httpx.Client]:
    """From an address that is not the proxy's."""
    transport = httpx.HTTPTransport(verify=served[1], local_address="127.0.0.2")
    with httpx.Client(base_url=PUBLIC, transport=transport, timeout=30) as made:
        yield made


def test_a_conversation_streamed_and_whole(client: httpx.Client) -> None:
    own = {"Origin": f"https://localhost:{PORT}"}
    made = begin(client, own)
    url = f"{V1}/sessions/{made['id']}/messages"
    events = read(client.post(url, json={"text": "a heist film from the 70s"}, headers=own).text)
    assert [events[0][1], events[-1][1]] == ["understood", "finished"]
    assert client.post(url, json={"text": "more"}, headers=JSON).json()["turn"] == 2
    assert client.get("/openapi.json").status_code == 200
    assert client.get(f"{V1}/nowhere").json()["title"] == "Not Found"
    assert client.put(url).status_code == 405
    body = client.post(url, content=b"x" * 70_000, headers={"Content-Type": "application/json"})
    assert body.status_code == 413


def test_a_site_and_its_origin(client: httpx.Client) -> None:
    made = begin(client, {"Origin": SHOP}, site="shop")
    url = f"{V1}/sessions/{made['id']}"
    assert client.get(url, headers=bearer(made["token"], Origin=SHOP)).status_code == 200
    assert client.get(url, headers={"Origin": SHOP}).status_code == 401
    foreign = client.get(url, headers=bearer(made["token"], Origin="https://evil.example"))
    assert foreign.status_code == 403
    assert client.get("/metrics").status_code == 403


def test_the_cookie_is_of_the_path_and_for_tls_only(client: httpx.Client) -> None:
    cookie = client.get("/").headers["set-cookie"]
    assert cookie.startswith(COOKIE)
    assert {"Path=/talk/", "Secure"} <= set(cookie.split("; "))


def test_what_a_client_says_of_its_address_is_not_believed(client: httpx.Client) -> None:
    """nginx adds the address that it saw; the one before it, which a client made up, counts nothing."""
    codes = [
        client.post(
            f"{V1}/sessions", json={"site": "shop"}, headers={"X-Forwarded-For": f"203.0.113.{n}"}
        ).status_code
        for n in range(45)
    ]
    assert 429 in codes


@pytest.mark.browser
@pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Debian's chromium is not installed")
def test_the_page_works_under_the_path(served: Any) -> None:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, headless=True,
            args=["--no-sandbox", "--disable-gpu", "--ignore-certificate-errors"],
        )  # fmt: skip
        page = chromium.new_page(ignore_https_errors=True)
        wrong: list[str] = []
        page.on("response", lambda r: wrong.append(r.url) if r.status >= 400 else None)
        page.goto(f"{PUBLIC}/")
        page.wait_for_selector("#answers button")  # before that it forgets what is typed
        box = page.locator("#message textarea")
        box.fill("a heist film from the 70s")
        box.press("Enter")
        page.locator("#card-1").first.wait_for(timeout=20_000)
        assert not [url for url in wrong if "favicon" not in url and "manifest" not in url]
        chromium.close()


def test_the_document_names_the_path(client: httpx.Client) -> None:
    assert json.loads(client.get("/openapi.json").text)["servers"] == [{"url": "/talk"}]
