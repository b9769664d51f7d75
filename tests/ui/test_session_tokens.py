"""Tokens and identities: what opens a conversation of a site, and what does not."""

import base64
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
from fastapi.testclient import TestClient

from tests.ui.sited import (
    CAFE,
    JSON,
    SHOP,
    V1,
    Secrets,
    add_site,
    bearer,
    begin,
    command,
    identity,
    light_service,
)
from ui.api import make_api
from ui.service import Service
from ui.session_tokens import Opens, SessionTokens


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def shop(home: Path) -> Secrets:
    return add_site(home, "shop", "--origin", SHOP)


@pytest.fixture(scope="module")
def cafe(home: Path) -> Secrets:
    return add_site(home, "cafe", "--origin", CAFE)


@pytest.fixture(scope="module")
def service(home: Path) -> Iterator[Service]:
    made = light_service(home)
    yield made
    made.close()


@pytest.fixture
def client(service: Service, shop: Secrets, cafe: Secrets) -> TestClient:
    return TestClient(make_api(service))


def refused(client: TestClient, id: str, token: str | None, **headers: str) -> bool:
    """Whether a conversation stays shut; how, is as the API's document says."""
    sent = bearer(token, **headers) if token is not None else headers
    answer = client.get(f"{V1}/sessions/{id}", headers=sent)
    assert answer.status_code in (200, 401), answer.text
    if answer.status_code == 401:
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code == 401


def test_a_conversation_of_a_site_is_opened_by_its_token_alone(client: TestClient) -> None:
    one, two = begin(client, site="shop"), begin(client, site="shop")
    assert (one["site"], one["expires_in"]) == ("shop", 3600)
    assert not refused(client, one["id"], one["token"])
    assert refused(client, one["id"], None)
    assert refused(client, one["id"], two["token"])
    assert refused(client, one["id"], "")
    assert refused(client, one["id"], "x")
    for method, path, body in (
        ("POST", "/messages", {"text": "a film"}),
        ("POST", "/feedback", {"item": "x", "reaction": "like"}),
        ("GET", "/profile", None),
        ("PATCH", "/profile", {"undo": True}),
        ("GET", "/consent", None),
        ("PUT", "/consent", {"training": True}),
        ("POST", "/token", None),
        ("GET", "/turns/7b1d9c52-6a0e-4a3e-9a52-0c8f6f3a1d10", None),
        ("DELETE", "", None),
    ):
        answer = client.request(method, f"{V1}/sessions/{one['id']}{path}", json=body)
        assert answer.status_code == 401, path


def test_a_token_of_a_conversation_without_site_is_checked_where_it_is_sent(
    client: TestClient, shop: Secrets
) -> None:
    own = begin(client, {"Sec-Fetch-Site": "same-origin"})
    assert own["site"] is None
    assert not refused(client, own["id"], None)
    assert not refused(client, own["id"], own["token"])
    assert refused(client, own["id"], begin(client, site="shop")["token"])
    assert refused(client, own["id"], "nonsense")


def test_an_exchanged_token_is_refused_and_so_is_one_of_an_erased_conversation(
    client: TestClient, service: Service
) -> None:
    made = begin(client, site="shop")
    url = f"{V1}/sessions/{made['id']}"
    fresh = client.post(f"{url}/token", headers=bearer(made["token"])).json()
    assert fresh["expires_in"] == 3600
    assert refused(client, made["id"], made["token"])
    assert not refused(client, made["id"], fresh["token"])
    assert client.post(f"{url}/token", headers=bearer(made["token"])).status_code == 401
    again = TestClient(make_api(service))  # after a restart
    assert refused(again, made["id"], made["token"])
    assert not refused(again, made["id"], fresh["token"])
    assert client.delete(url, headers=bearer(fresh["token"])).status_code == 204
    assert refused(client, made["id"], fresh["token"])


def test_a_token_of_no_site_is_exchanged_too(client: TestClient) -> None:
    own = begin(client, {"Sec-Fetch-Site": "same-origin"})
    fresh = client.post(f"{V1}/sessions/{own['id']}/token").json()["token"]
    assert refused(client, own["id"], own["token"])
    assert not refused(client, own["id"], fresh)


def test_a_token_ends_with_its_time(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    made, now = begin(client, site="shop"), time.time()
    monkeypatch.setattr(time, "time", lambda: now + 3590)
    assert not refused(client, made["id"], made["token"])
    monkeypatch.setattr(time, "time", lambda: now + 3610)
    assert refused(client, made["id"], made["token"])


def test_tokens_of_another_home_or_changed_by_a_letter_are_refused(
    client: TestClient, tmp_path: Path
) -> None:
    made = begin(client, site="shop")
    id, token = made["id"], made["token"]
    assert refused(client, id, SessionTokens(tmp_path, 3600).make(Opens(id, "shop")))
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."
    for place in range(0, len(token) - 1, 3):
        other = letters[(letters.index(token[place]) + 7) % len(letters)]
        assert refused(client, id, token[:place] + other + token[place + 1 :]), place
    payload, stamp, signature = token.rsplit(".", 2)
    for wrong in (
        payload,
        f"{payload}.{stamp}",
        f"{payload}.{stamp}.",
        f".{payload}.{stamp}.{signature}",
    ):
        assert refused(client, id, wrong)


def test_ten_thousand_guesses_open_nothing(client: TestClient) -> None:
    made, rng = begin(client, site="shop"), random.Random(8)
    id, token = made["id"], made["token"]
    payload, stamp, signature = token.rsplit(".", 2)
    opened = 0
    url = f"{V1}/sessions/{id}"
    for n in range(10_000):
        noise = base64.urlsafe_b64encode(rng.randbytes(32)).rstrip(b"=").decode()
        guess = (f"{payload}.{stamp}.{noise}", noise, f"{payload}.{noise[:6]}.{signature}")[n % 3]
        headers = {"X-Tastemaker-Key": f"tmk_{noise}"} if n % 4 == 3 else bearer(guess)
        opened += client.get(url, headers=headers).status_code != 401
    assert opened == 0
    assert not refused(client, id, token)


def test_all_tokens_of_a_site_are_refused_at_once(client: TestClient, home: Path) -> None:
    made = begin(client, site="cafe")
    shops = begin(client, site="shop")
    command(home, "sites", "rotate", "cafe", "--tokens")
    assert refused(client, made["id"], made["token"])
    assert not refused(client, shops["id"], shops["token"])


def test_a_sites_key_opens_its_conversations_and_no_others(
    client: TestClient, shop: Secrets, cafe: Secrets
) -> None:
    key = {"X-Tastemaker-Key": shop.key}
    made = begin(client, key)
    assert made["site"] == "shop"
    assert not refused(client, made["id"], None, **key)
    assert refused(client, made["id"], None, **{"X-Tastemaker-Key": cafe.key})
    assert refused(client, made["id"], made["token"], **{"X-Tastemaker-Key": "tmk_wrong"})
    other = client.post(f"{V1}/sessions", json={"site": "cafe"}, headers=key)
    assert other.status_code == 403


def test_a_removed_site_opens_nothing_even_if_it_comes_back(client: TestClient, home: Path) -> None:
    add_site(home, "gone", "--origin", SHOP)
    made = begin(client, site="gone")
    command(home, "sites", "remove", "gone")
    assert refused(client, made["id"], made["token"])
    assert client.post(f"{V1}/sessions", json={"site": "gone"}).status_code == 404
    add_site(home, "gone", "--origin", SHOP)
    assert refused(client, made["id"], made["token"])


def test_who_signed_in_finds_their_conversation_and_nobody_elses(
    client: TestClient, service: Service, shop: Secrets, cafe: Secrets
) -> None:
    first = begin(client, site="shop", identity=identity(shop.identity, sub="bea"))
    said = {"text": "a heist film from the 70s"}
    url = f"{V1}/sessions/{first['id']}/messages"
    assert client.post(url, json=said, headers=bearer(first["token"]) | JSON).status_code == 200
    again = begin(client, site="shop", identity=identity(shop.identity, sub="bea"))
    assert again["id"] == first["id"]
    assert again["turns"][0]["utterance"] == said["text"]
    assert not refused(client, first["id"], again["token"])
    other = begin(client, site="shop", identity=identity(shop.identity, sub="otto"))
    elsewhere = begin(client, site="cafe", identity=identity(cafe.identity, "cafe", sub="bea"))
    anonymous = begin(client, site="shop")
    signed_in = identity(shop.identity, sub="bea")
    apart = begin(client, site="shop", identity=signed_in, temporary=True)
    clean = (other, elsewhere, anonymous, apart)
    assert len({made["id"] for made in (first, *clean)}) == 5
    assert not any(made["turns"] for made in clean)
    assert refused(client, first["id"], other["token"])
    kept = json.dumps(service.log.export(first["id"])["sessions"])
    assert "bea" not in kept, "a pseudonym is kept, not the name"
    client.delete(f"{V1}/sessions/{first['id']}", headers=bearer(again["token"]))
    fresh = begin(client, site="shop", identity=identity(shop.identity, sub="bea"))
    assert fresh["id"] != first["id"]


def forged(secret: str, algorithm: str | None, **header: Any) -> str:
    """A token that says itself how it is to be checked."""
    now = int(time.time())
    claims = {"sub": "anna", "aud": "tastemaker:shop", "iat": now, "exp": now + 300}
    if algorithm is not None:
        return jwt.encode(claims, secret, algorithm, headers=header or None)
    parts = [{"typ": "JWT", **header}, claims]
    encoded = (
        base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=").decode() for p in parts
    )
    return ".".join(encoded) + "."


def test_an_identity_is_believed_only_as_documented(
    client: TestClient, shop: Secrets, cafe: Secrets
) -> None:
    now, secret = int(time.time()), shop.identity
    good = identity(secret)
    once = identity(secret, jti="one")
    assert begin(client, site="shop", identity=good)["id"]
    assert begin(client, site="shop", identity=once)["id"]
    header, claims, signature = good.split(".")
    wrong = {
        "shown twice": once,
        "of another site": identity(cafe.identity),
        "for another site": identity(secret, "cafe"),
        "for two sites": identity(secret, aud=["tastemaker:shop", "tastemaker:cafe"]),
        "expired": identity(secret, iat=now - 900, exp=now - 400),
        "long-lived": identity(secret, exp=now + 3600),
        "from the future": identity(secret, iat=now + 600, exp=now + 900),
        "for ever": identity(secret, exp=None),
        "without beginning": identity(secret, iat=None),
        "of nobody": identity(secret, sub=None),
        "of the empty name": identity(secret, sub=""),
        "of a long name": identity(secret, sub="x" * 201),
        "for nothing": identity(secret, aud=None),
        "of no algorithm": forged(secret, None, alg="none"),
        "of no algorithm, spelled otherwise": forged(secret, None, alg="nOnE"),
        "of another algorithm": forged(secret, "HS512"),
        "signed with what everybody knows": forged("tastemaker:shop" * 3, "HS256"),
        "without signature": f"{header}.{claims}.",
        "with half a signature": f"{header}.{claims}.{signature[:20]}",
        "nonsense": "nonsense",
        "with a header of its own": f"{forged(secret, None, alg='HS256').split('.')[0]}.{claims}.x",
    }
    for what, token in wrong.items():
        answer = client.post(f"{V1}/sessions", json={"site": "shop", "identity": token})
        assert answer.status_code == 401, what
        assert "identity" in answer.json()["detail"]
    own = {"Sec-Fetch-Site": "same-origin"}
    answer = client.post(f"{V1}/sessions", json={"identity": good}, headers=own)
    assert answer.status_code == 401


def test_an_exchanged_identity_secret_signs_no_more(client: TestClient, home: Path) -> None:
    secrets = add_site(home, "moved")
    assert begin(client, site="moved", identity=identity(secrets.identity, "moved"))
    command(home, "sites", "rotate", "moved", "--identity")
    body = {"site": "moved", "identity": identity(secrets.identity, "moved")}
    assert client.post(f"{V1}/sessions", json=body).status_code == 401
