"""Whose pages may call and frame: a table of origins, frames and keys, and what else a browser is told."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.ui.sited import (
    CAFE,
    EVIL,
    JSON,
    SHOP,
    V1,
    Secrets,
    add_site,
    bearer,
    begin,
    light_service,
)
from ui.server import make_app
from ui.service import Service

OWN = "http://testserver"
PREFLIGHT = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def keys(home: Path) -> dict[str, Secrets]:
    cafe = (
        "--origin",
        CAFE,
        "--frame-ancestor",
        CAFE,
        "--frame-ancestor",
        "https://*.cafe.example",
    )
    return {
        "shop": add_site(home, "shop", "--origin", SHOP, "--origin", "https://shop2.example"),
        "cafe": add_site(home, "cafe", *cafe, "--catalogue", "films"),
    }


@pytest.fixture(scope="module")
def service(home: Path) -> Iterator[Service]:
    made = light_service(home)
    yield made
    made.close()


@pytest.fixture(scope="module")
def client(service: Service, keys: dict[str, Secrets]) -> TestClient:
    """The whole application, page and all."""
    return TestClient(make_app(service))


ORIGINS = {
    "none": None,
    "own": OWN,
    "the site's": SHOP,
    "the site's second": "https://shop2.example",
    "another site's": CAFE,
    "foreign": EVIL,
    "null": "null",
    "with another port": f"{SHOP}:8443",
    "without TLS": "http://shop.example",
    "a subdomain": "https://a.shop.example",
}
MAY = ("none", "own", "the site's", "the site's second")
HOW = ("token", "key", "another site's key", "nothing")
COMBINATIONS = list(product(ORIGINS, HOW))


@pytest.mark.parametrize(
    ("origin", "how"), COMBINATIONS, ids=[f"{o}, {h}" for o, h in COMBINATIONS]
)
def test_forty_combinations_of_origin_and_key(
    client: TestClient, keys: dict[str, Secrets], origin: str, how: str
) -> None:
    """A page of the site's, with the conversation's token or its backend's key: nobody else."""
    made = begin(client, site="shop")
    given = ORIGINS[origin]
    headers = {
        "token": bearer(made["token"]),
        "key": {"X-Tastemaker-Key": keys["shop"].key},
        "another site's key": {"X-Tastemaker-Key": keys["cafe"].key},
        "nothing": {},
    }[how] | ({"Origin": given} if given else {})
    foreign = given not in (None, OWN, SHOP, "https://shop2.example", CAFE)
    if foreign:
        expected = 403
    elif how in ("another site's key", "nothing"):
        expected = 401
    else:
        expected = 200 if origin in MAY else 403
    answer = client.get(f"{V1}/sessions/{made['id']}", headers=headers)
    assert answer.status_code == expected
    told = answer.headers.get("access-control-allow-origin")
    assert told == (None if foreign or given in (None, OWN) else given)
    assert "access-control-allow-credentials" not in answer.headers
    if given and given != OWN:
        assert "Origin" in answer.headers["vary"]
    started = client.post(
        f"{V1}/sessions", json={"site": "shop"}, headers={"Origin": given} if given else {}
    )
    assert started.status_code == (201 if origin in MAY else 403)


FRAMES = [
    ("/embed?site=shop", "frame-ancestors 'self'"),
    ("/embed?site=cafe", "frame-ancestors https://cafe.example https://*.cafe.example"),
    ("/embed?site=nobody", "frame-ancestors 'none'"),
    ("/embed?site=cafe;&site=shop", "frame-ancestors 'none'"),
    ("/embed", "frame-ancestors 'self'"),
    ("/", "frame-ancestors 'self'"),
    ("/?site=cafe", "frame-ancestors 'self'"),
    ("/healthz", "frame-ancestors 'self'"),
    (f"{V1}/widget", "default-src 'none'; frame-ancestors 'none'"),
    (f"{V1}/nowhere", "default-src 'none'; frame-ancestors 'none'"),
]


@pytest.mark.parametrize(("path", "policy"), FRAMES)
def test_who_may_frame_is_another_setting_than_who_may_call(
    client: TestClient, path: str, policy: str
) -> None:
    for origin in (None, SHOP, CAFE):
        answer = client.get(path, headers={"Origin": origin} if origin else {})
        assert answer.headers.get_list("content-security-policy")[-1] == policy


def test_the_servers_own_page_may_be_framed_by_whom_the_owner_names(tmp_path: Path) -> None:
    service = light_service(tmp_path, **{"serve.frame_ancestors": f"self,{SHOP}"})
    try:
        answer = TestClient(make_app(service)).get("/")
        assert answer.headers["content-security-policy"] == f"frame-ancestors 'self' {SHOP}"
    finally:
        service.close()


def test_a_preflight_tells_what_a_sites_page_may_send(client: TestClient) -> None:
    url = f"{V1}/sessions/x/messages"
    for origin in (SHOP, CAFE):
        answer = client.options(url, headers={"Origin": origin} | PREFLIGHT)
        assert answer.status_code == 204
        assert answer.headers["access-control-allow-origin"] == origin
        allowed = answer.headers["access-control-allow-headers"].lower()
        assert "authorization" in allowed
        assert "tastemaker-key" not in allowed
        assert "access-control-allow-credentials" not in answer.headers
    for origin in (EVIL, "null"):
        answer = client.options(url, headers={"Origin": origin} | PREFLIGHT)
        assert answer.status_code == 403
        assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/gradio_api/info"), ("GET", "/config"), ("GET", "/"), ("POST", "/gradio_api/queue/join"),
     ("OPTIONS", "/gradio_api/queue/join"), ("GET", "/gradio_api/nowhere"), ("GET", "/healthz"),
     ("GET", "/readyz"), ("POST", "/gradio_api/upload")],
)  # fmt: skip
def test_no_other_origin_may_read_what_gradio_or_the_page_answers(
    client: TestClient, method: str, path: str
) -> None:
    for origin in (EVIL, SHOP, "null"):
        headers = {"Origin": origin, "Host": "talk.example"} | (
            PREFLIGHT if method == "OPTIONS" else {}
        )
        answer = client.request(
            method, path, headers=headers, json={} if method == "POST" else None
        )
        assert "access-control-allow-origin" not in answer.headers
        assert "access-control-allow-credentials" not in answer.headers
        if method == "POST":
            assert answer.status_code == 403


def test_a_page_reads_why_it_is_refused(client: TestClient) -> None:
    made = begin(client, site="shop")
    url = f"{V1}/sessions/{made['id']}"
    answers = [
        client.get(url, headers={"Origin": SHOP}),
        client.get(f"{V1}/sessions/nobody", headers={"Origin": SHOP}),
        client.post(
            f"{url}/messages", json={"words": 1}, headers=bearer(made["token"], Origin=SHOP)
        ),
        client.post(f"{url}/messages", content=b"x" * 70_000, headers={"Origin": SHOP}),
        client.put(url, headers={"Origin": SHOP}),
    ]
    assert [a.status_code for a in answers] == [401, 403, 422, 413, 405]
    for answer in answers:
        assert answer.headers["access-control-allow-origin"] == SHOP
        assert "Retry-After" in answer.headers["access-control-expose-headers"]
        problem = answer.json()
        assert list(problem) == ["type", "title", "status", "detail"]
        assert problem["status"] == answer.status_code


def test_without_a_site_only_our_own_page_begins_where_there_are_sites(
    client: TestClient, keys: dict[str, Secrets]
) -> None:
    url = f"{V1}/sessions"
    for headers, status in (
        ({}, 401),
        ({"Sec-Fetch-Site": "same-origin"}, 201),
        ({"Sec-Fetch-Site": "same-origin", "Origin": OWN}, 201),
        ({"Origin": OWN}, 201),
        ({"Sec-Fetch-Site": "same-site", "Origin": OWN}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": SHOP}, 403),
        ({"X-Tastemaker-Key": keys["cafe"].key}, 201),
        ({"X-Tastemaker-Key": "tmk_wrong"}, 401),
    ):
        assert client.post(url, headers=headers).status_code == status, headers


def test_a_site_may_be_about_some_catalogues_only(client: TestClient) -> None:
    assert begin(client, site="cafe")["catalogue"] == "films"
    answer = client.post(f"{V1}/sessions", json={"site": "cafe", "catalogue": "books"})
    assert answer.status_code == 404
    assert "it has films" in answer.json()["detail"]


def test_the_widget_is_told_what_it_needs_by_pages_of_its_site(client: TestClient) -> None:
    told = client.get(f"{V1}/sites/shop/widget", headers={"Origin": SHOP})
    assert told.headers["access-control-allow-origin"] == SHOP
    assert told.json() == {
        "site": "shop",
        "catalogues": ["films"],
        "longest_utterance": 2000,
        "learning": "asked",
        "image_hosts": [],
        "without_model": told.json()["without_model"],
    }
    assert client.get(f"{V1}/sites/shop/widget", headers={"Origin": CAFE}).status_code == 403
    assert client.get(f"{V1}/sites/nobody/widget").status_code == 404
    assert client.get(f"{V1}/widget").json()["site"] == ""


def test_every_answer_guards_the_browser(client: TestClient) -> None:
    for path in ("/", "/healthz", f"{V1}/widget", f"{V1}/nowhere", "/config"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["cross-origin-resource-policy"] == "same-origin"
    assert client.get(f"{V1}/widget").headers["cache-control"] == "no-store"


def test_a_stream_may_be_read_by_a_page_of_the_site(client: TestClient) -> None:
    made = begin(client, site="shop")
    url = f"{V1}/sessions/{made['id']}/messages"
    headers = bearer(made["token"], Origin=SHOP)
    with client.stream("POST", url, json={"text": "a heist film"}, headers=headers) as answer:
        assert answer.headers["access-control-allow-origin"] == SHOP
        assert "event: finished" in answer.read().decode()
    assert client.post(url, json={"text": "more"}, headers=headers | JSON).status_code == 200


def test_the_page_for_a_frame_is_that_of_its_site_and_runs_nothing_else(client: TestClient) -> None:
    answer = client.get("/embed?site=cafe&theme=dark&locale=zh-CN")
    assert 'data-site="cafe" data-locale="zh-CN" data-theme="dark"' in answer.text
    own, framed = answer.headers.get_list("content-security-policy")
    assert own.startswith("default-src 'none'; script-src 'self';")
    assert framed == "frame-ancestors https://cafe.example https://*.cafe.example"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert client.get("/embed.js").headers["content-type"].startswith("text/javascript")
    assert client.get("/embed?site=nobody").status_code == 404
    assert client.get("/embed?theme=%22%3E%3Cscript%3E").status_code == 422
    assert client.get("/embed?locale=%22%3E%3Cscript%3E").status_code == 422
    refused = client.get("/embed?site=%22%3E%3Cscript%3E")
    assert refused.headers["content-type"] == "application/problem+json"
