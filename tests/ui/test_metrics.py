"""What whoever runs the server may see of it, and who that is."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.ui.sited import JSON, V1, add_site, begin, light_service
from ui.api import make_api
from ui.service import Service


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def service(home: Path) -> Iterator[Service]:
    made = light_service(home)
    yield made
    made.close()


def test_turns_stages_sessions_and_answers_are_counted_and_nothing_said_is_told(
    service: Service,
) -> None:
    client = TestClient(make_api(service), client=("127.0.0.1", 1))
    id = begin(client)["id"]
    for text in ("a heist film with canary4711", "why the first one?"):
        client.post(f"{V1}/sessions/{id}/messages", json={"text": text}, headers=JSON)
    client.get(f"{V1}/sessions/nobody")
    text = client.get("/metrics").text
    for line in (
        'tastemaker_turns_total{action="recommend"} 1.0',
        'tastemaker_turns_total{action="explain"} 1.0',
        "tastemaker_sessions_total 1.0",
        'tastemaker_turn_stage_seconds_count{stage="total"} 2.0',
        'tastemaker_answers_total{status="404"} 1.0',
        'tastemaker_answers_total{status="201"} 1.0',
        "tastemaker_turns_waiting 0.0",
        "tastemaker_turns_running 0.0",
    ):
        assert line in text.splitlines(), line
    assert "canary4711" not in text
    assert id not in text


@pytest.mark.parametrize(
    ("who", "setting", "status"),
    [
        ("here", "loopback", 200),
        ("here by IPv6", "loopback", 200),
        ("elsewhere", "loopback", 403),
        ("elsewhere, by a proxy here", "loopback", 403),
        ("elsewhere, with a key", "loopback", 200),
        ("elsewhere, with a wrong key", "loopback", 401),
        ("here", "key", 403),
        ("elsewhere, with a key", "key", 200),
        ("elsewhere", "open", 200),
    ],
)
def test_metrics_are_for_whoever_the_owner_says(
    service: Service, home: Path, who: str, setting: str, status: int
) -> None:
    key = add_site(home, f"for-{who.replace(' ', '-').replace(',', '')}-{setting}"[:40]).key
    before = service.settings
    serve = before.serve.model_copy(update={"metrics": setting})
    service.settings = before.model_copy(update={"serve": serve})
    address = {"here": "127.0.0.1", "here by IPv6": "::1"}.get(who, "198.51.100.7")
    address = "127.0.0.1" if "proxy" in who else address
    headers = {"X-Forwarded-For": "198.51.100.7"} if "proxy" in who else {}
    headers |= {"X-Tastemaker-Key": f"{key}x" if "wrong" in who else key} if "key" in who else {}
    try:
        client = TestClient(make_api(service), client=(address, 1))
        answer = client.get("/metrics", headers=headers)
    finally:
        service.settings = before
    assert answer.status_code == status
    if status != 200:
        assert answer.headers["content-type"] == "application/problem+json"
