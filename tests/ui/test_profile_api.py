"""The profile over HTTP: edits by hand, guesses, undo, and what is refused."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from ui.api import make_api
from ui.service import Service
from ui.settings import load

V1 = "/api/v1"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings, _ = load([], {}, {"encoder.model": "hashing", "scorer.model": "none"})
    service = Service(tmp_path_factory.mktemp("home"), settings, "films")
    yield TestClient(make_api(service))
    service.close()


def started(client: TestClient, text: str) -> tuple[str, dict[str, Any]]:
    """The address of a profile, and the first turn."""
    id = client.post(f"{V1}/sessions").json()["id"]
    turn = client.post(
        f"{V1}/sessions/{id}/messages", json={"text": text}, headers={"Accept": "application/json"}
    ).json()
    return f"{V1}/sessions/{id}/profile", turn


def strengths(profile: dict[str, Any], section: str, value: str) -> list[float]:
    return [p["strength"] for p in profile[section] if p["value"] == value]


def test_an_entry_is_flipped_weakened_strengthened_and_undone(client: TestClient) -> None:
    url, turn = started(client, "a comedy, no horror, under two hours")
    edit = {"section": "avoids", "facet": "genres", "value": "horror"}
    soft = client.patch(url, json={"edit": [{**edit, "action": "weaken"}]}).json()
    assert strengths(soft, "avoids", "horror") == [0.4]
    hard = client.patch(url, json={"edit": [{**edit, "action": "strengthen"}]}).json()
    assert strengths(hard, "avoids", "horror") == [1.0]
    flipped = client.patch(url, json={"edit": [{**edit, "action": "flip"}]}).json()
    assert strengths(flipped, "wants", "horror") == [1.0]
    assert strengths(flipped, "avoids", "horror") == []
    (want,) = [w for w in flipped["wants"] if w["value"] == "horror"]
    assert want["quote"] == "no horror, turned round by hand"
    assert want["turn"] == 1
    assert flipped["limits"] == turn["profile"]["limits"]
    for _ in range(3):
        back = client.patch(url, json={"undo": True}).json()
    assert back == turn["profile"]


def test_liked_and_disliked_are_flipped_by_id(client: TestClient) -> None:
    url, _ = started(client, "I loved Heat and The Godfather")
    body = {"edit": [{"section": "liked", "value": "heat-1995", "action": "flip"}]}
    after = client.patch(url, json=body).json()
    assert after["liked"] == ["the-godfather-1972"]
    assert after["disliked"] == ["heat-1995"]
    assert after["guesses"] == []


def test_guesses_stand_apart_from_wants_and_can_be_settled(client: TestClient) -> None:
    url, turn = started(client, "I loved Heat and The Godfather")
    first, second = turn["profile"]["guesses"][:2]
    assert turn["profile"]["wants"] == []
    assert set(first) == {"facet", "value", "strength", "from"}
    assert first["from"] == ["heat-1995", "the-godfather-1972"]
    assert client.get(url).json() == turn["profile"]
    body = {
        "confirm": [{"facet": first["facet"], "value": first["value"]}],
        "dismiss": [{"facet": second["facet"], "value": second["value"]}],
    }
    after = client.patch(url, json=body).json()
    assert [w["value"] for w in after["wants"]] == [first["value"]]
    assert after["wants"][0]["quote"].endswith("confirmed by hand")
    assert [d["value"] for d in after["dismissed"]] == [second["value"].casefold()]
    gone = {first["value"], second["value"]}
    assert gone.isdisjoint(g["value"] for g in after["guesses"])
    assert client.patch(url, json={"undo": True}).json() == turn["profile"]


def test_a_weakened_avoid_lets_through_what_it_kept_out(client: TestClient) -> None:
    url, _ = started(client, "a vampire film, no horror")
    say = {"json": {"text": "more"}, "headers": {"Accept": "application/json"}}
    messages = url.replace("/profile", "/messages")
    kept = client.post(messages, **say).json()  # type: ignore[arg-type]
    assert all("horror" not in i["item"]["genres"] for i in kept["items"])
    avoids = [
        {"section": "avoids", "facet": a["facet"], "value": a["value"], "action": "weaken"}
        for a in kept["profile"]["avoids"]
    ]
    client.patch(url, json={"edit": avoids})
    loosened = client.post(messages, **say).json()  # type: ignore[arg-type]
    assert any("horror" in i["item"]["genres"] for i in loosened["items"])
    assert "no horror" not in loosened["reply"]


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"edit": [{"section": "avoids", "facet": "genres", "value": "war", "action": "flip"}]}, 400, "no 'war'"),
        ({"edit": [{"section": "avoids", "facet": "genres", "value": "horror", "action": "strengthen"}]}, 400, "the most"),
        ({"edit": [{"section": "limits", "facet": "year", "value": "2000", "action": "flip"}]}, 422, "section"),
        ({"edit": [{"section": "avoids", "facet": "genres", "value": "horror", "action": "erase"}]}, 422, "action"),
        ({"edit": [{"section": "avoids", "facet": "genres", "value": "horror"}]}, 422, "action"),
        ({"edit": [{"section": "avoids", "value": "x", "action": "flip", "force": True}]}, 422, "force"),
        ({"confirm": [{"facet": "genres", "value": "war"}]}, 400, "no guess 'war'"),
        ({"dismiss": [{"facet": "genres"}]}, 422, "value"),
        ({"flip": []}, 422, "flip"),
    ],
)  # fmt: skip
def test_what_cannot_be_edited_is_refused_with_a_reason_and_changes_nothing(
    client: TestClient, body: dict[str, Any], status: int, said: str
) -> None:
    url, turn = started(client, "no horror")
    response = client.patch(url, json=body)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert said in response.json()["detail"]
    assert client.get(url).json() == turn["profile"]


def test_a_refused_edit_takes_the_others_of_its_request_with_it(client: TestClient) -> None:
    url, turn = started(client, "no horror")
    edit = {"section": "avoids", "facet": "genres", "value": "horror", "action": "weaken"}
    body = {"edit": [edit, {**edit, "value": "nothing"}]}
    assert client.patch(url, json=body).status_code == 400
    assert client.get(url).json() == turn["profile"]
