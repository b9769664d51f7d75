"""Limits: messages a minute, bodies as they arrive, utterances that are too long, callers who guess."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from tests.ui.sited import JSON, SHOP, V1, Secrets, add_site, bearer, begin, light_service
from ui import bounded_bodies
from ui.api import make_api
from ui.bounded_bodies import LONGEST_BODY
from ui.server import listening
from ui.service import Service
from ui.settings import ServeSettings


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def shop(home: Path) -> Secrets:
    return add_site(home, "shop", "--origin", SHOP)


@pytest.fixture(scope="module")
def service(home: Path, shop: Secrets) -> Iterator[Service]:
    made = light_service(home)
    yield made
    made.close()


def with_limits(service: Service, **limits: int) -> Service:
    """The same service with some limits; all others are off."""
    free = service.settings.limits
    limited = service.settings.model_copy(update={"limits": free.model_copy(update=limits)})
    service.settings = limited
    return service


def client_of(service: Service, address: str = "198.51.100.7", **limits: int) -> TestClient:
    before = service.settings
    try:
        app = make_api(with_limits(service, **limits))
    finally:
        service.settings = before
    return TestClient(app, client=(address, 5000))


def message(client: TestClient, made: dict[str, Any], **headers: str) -> Any:
    url = f"{V1}/sessions/{made['id']}/messages"
    return client.post(
        url, json={"text": "hello"}, headers=bearer(made["token"], **JSON, **headers)
    )


def test_a_visitor_may_say_so_much_a_minute_and_others_go_on(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(service, messages_of_visitor=3)
    one, two = begin(client, site="shop"), begin(client, site="shop")
    assert [message(client, one).status_code for _ in range(4)] == [200, 200, 200, 429]
    answer = message(client, one)
    assert answer.json()["title"] == "Too Many Requests"
    wait = int(answer.headers["retry-after"])
    assert 1 <= wait <= 60
    assert message(client, two).status_code == 200
    assert len(service.conversation(one["id"]).turns) == 3
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + wait + 60)
    assert message(client, one).status_code == 200


def test_a_turn_that_is_asked_for_again_is_not_counted(service: Service) -> None:
    client = client_of(service, messages_of_visitor=1)
    made = begin(client, site="shop")
    body = {"text": "hello", "turn_id": "7b1d9c52-6a0e-4a3e-9a52-0c8f6f3a1d10"}
    url = f"{V1}/sessions/{made['id']}/messages"
    headers = bearer(made["token"]) | JSON
    codes = [client.post(url, json=body, headers=headers).status_code for _ in range(3)]
    assert codes == [200, 200, 200]
    assert message(client, made).status_code == 429


def test_an_address_a_site_and_beginning_have_limits_of_their_own(
    service: Service, shop: Secrets
) -> None:
    client = client_of(service, messages_of_address=2, sessions_of_address=3)
    made = [begin(client, site="shop") for _ in range(3)]
    assert client.post(f"{V1}/sessions", json={"site": "shop"}).status_code == 429
    assert [message(client, m).status_code for m in made] == [200, 200, 429]
    key = {"X-Tastemaker-Key": shop.key}
    assert message(client, made[2], **key).status_code == 200, "a backend speaks for many visitors"
    assert begin(client, key)
    client = client_of(service, messages_of_site=2)
    made = [begin(client, site="shop") for _ in range(3)]
    assert [message(client, m).status_code for m in made] == [200, 200, 429]
    assert message(client, made[2], **key).status_code == 429


def test_whoever_guesses_waits(service: Service) -> None:
    client = client_of(service, refused_of_address=5)
    made = begin(client, site="shop")
    url = f"{V1}/sessions/{made['id']}"
    codes = [client.get(url, headers=bearer("x")).status_code for _ in range(5)]
    assert codes == [401] * 5
    assert client.get(url, headers=bearer("x")).status_code == 429
    other = TestClient(client.app, client=("198.51.100.8", 1))
    assert other.get(url, headers=bearer(made["token"])).status_code == 200


@pytest.mark.parametrize(
    ("proxies", "forwarded", "codes"),
    [
        ((), ["203.0.113.1", "203.0.113.2"], [201, 429]),
        (("198.51.100.7",), ["203.0.113.1", "203.0.113.2"], [201, 201]),
        (("198.51.100.0/24",), ["1.1.1.1, 203.0.113.1", "2.2.2.2, 203.0.113.1"], [201, 429]),
        (("198.51.100.7",), ["2001:db8::1", "2001:db8::2"], [201, 429]),
        (("198.51.100.7",), ["2001:db8::1", "2001:db8:1::2"], [201, 201]),
    ],
)
def test_a_forwarded_address_counts_only_from_a_proxy_that_is_trusted(
    service: Service, proxies: tuple[str, ...], forwarded: list[str], codes: list[int]
) -> None:
    """As uvicorn runs it. What a client itself put before the proxy's word is not believed."""
    client = client_of(service, sessions_of_address=1)
    config = listening(ServeSettings(trusted_proxies=proxies))
    app = client.app
    if config["proxy_headers"]:
        app = ProxyHeadersMiddleware(app, config["forwarded_allow_ips"])  # type: ignore[arg-type,assignment]
    behind = TestClient(app, client=("198.51.100.7", 5000))
    answers = [
        behind.post(f"{V1}/sessions", json={"site": "shop"}, headers={"X-Forwarded-For": f})
        for f in forwarded
    ]
    assert [a.status_code for a in answers] == codes


def test_a_body_is_counted_as_it_arrives(service: Service) -> None:
    client = client_of(service)
    id = begin(client, {"Sec-Fetch-Site": "same-origin"})["id"]
    url, read = f"{V1}/sessions/{id}/messages", 0

    def endless() -> Iterator[bytes]:
        nonlocal read
        for _ in range(1000):
            read += 8192
            yield b" " * 8192

    answer = client.post(url, content=endless(), headers={"Content-Type": "application/json"})
    assert "content-length" not in answer.request.headers
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    just = b'{"text": "hello"' + b" " * (LONGEST_BODY - 17) + b"}"
    assert len(just) == LONGEST_BODY
    headers = {"Content-Type": "application/json"} | JSON
    assert client.post(url, content=just, headers=headers).status_code == 200
    assert client.post(url, content=just + b" ", headers=headers).status_code == 413
    lying = headers | {"Content-Length": "10"}
    assert client.post(url, content=just + b" ", headers=lying).status_code == 413
    assert (
        client.post(url, content=b"{", headers=headers | {"Content-Length": "x"}).status_code == 413
    )


def test_a_body_that_does_not_arrive_is_not_waited_for(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    import asyncio  # noqa: PLC0415

    monkeypatch.setattr(bounded_bodies, "SLOWEST", 0.1)
    app, sent = client_of(service).app, []

    async def slow() -> Any:
        await asyncio.sleep(5)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": f"{V1}/sessions", "headers": [],
             "query_string": b"", "client": ("198.51.100.7", 1), "scheme": "http"}  # fmt: skip
    asyncio.run(app(scope, slow, send))  # type: ignore[arg-type]
    assert sent[0]["status"] == 408


@pytest.mark.parametrize(("length", "cut"), [(2000, False), (2001, True), (20_000, True)])
def test_of_a_long_utterance_so_much_is_read_and_the_reply_says_so(
    service: Service, length: int, cut: bool
) -> None:
    client = client_of(service)
    made = begin(client, {"Sec-Fetch-Site": "same-origin"})
    text = "a heist film " + "x" * (length - 13)
    answer = client.post(f"{V1}/sessions/{made['id']}/messages", json={"text": text}, headers=JSON)
    assert answer.status_code == 200
    assert ("2,000" in answer.json()["reply"]) == cut


def test_what_the_page_shows_is_no_part_of_the_moment(service: Service) -> None:
    client = client_of(service)
    made = begin(client, {"Sec-Fetch-Site": "same-origin"})
    cart = ",".join(f"item-{n}" for n in range(100))
    context = {"device": "phone", "item": "heat-1995", "category": "films", "cart": cart}
    body = {"text": "a heist film", "context": context}
    url = f"{V1}/sessions/{made['id']}/messages"
    assert client.post(url, json=body, headers=JSON).status_code == 200
    assert service.conversation(made["id"]).moment == {"device": "phone"}
    body = {"text": "more", "context": {"cart": "x" * 2001}}
    assert client.post(url, json=body, headers=JSON).status_code == 422


HOSTILE = {
    "deep": b'{"text": ' + b"[" * 30_000 + b"]" * 30_000 + b"}",
    "deeper in a context": b'{"text": "x", "context": '
    + b'{"a":' * 9_000
    + b"1"
    + b"}" * 9_000
    + b"}",
    "a number without end": b'{"text": ' + b"9" * 60_000 + b"}",
    "no number": b'{"text": "x", "context": {"device": NaN}}',
    "no text": b'{"text": "\xff\xfe"}',
    "half a character": b'{"text": "\\ud83d"}',
    "half a character as a name": b'{"text": "x", "context": {"\\udfff": "x"}}',
    "a name twice": b'{"text": "a western", "text": "a western"}',
    "nothing": b"",
    "a list": b"[]",
    "null": b"null",
    "a zero byte": b'{"text": "a \\u0000 western"}',
    "another type": b"text=a+western",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_body_is_answered_or_refused_and_nothing_breaks(
    service: Service, what: str
) -> None:
    client = client_of(service)
    made = begin(client, {"Sec-Fetch-Site": "same-origin"})
    url = f"{V1}/sessions/{made['id']}/messages"
    headers = {"Content-Type": "application/json"} | JSON
    answer = client.post(url, content=HOSTILE[what], headers=headers)
    fine = what in ("a name twice", "a zero byte")
    assert answer.status_code in ((200,) if fine else (400, 422)), answer.text[:200]
    if not fine:
        assert answer.headers["content-type"] == "application/problem+json"
        assert list(answer.json()) == ["type", "title", "status", "detail"]
    assert message(client, made).status_code == 200
