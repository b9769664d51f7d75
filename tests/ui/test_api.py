"""The HTTP API, in the process: the contract, errors as problem+json, and visitors kept apart."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from chatbot.conversation import Conversation
from chatbot.logged import read_log
from chatbot.profile import ProfileChange
from finetune.from_log import gather
from retrieval.errors import UnknownConversation
from ui.api import make_api
from ui.service import Service
from ui.settings import load

V1 = "/api/v1"
JSON = {"Accept": "application/json"}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    settings, _ = load([], {}, {"encoder.model": "hashing", "scorer.model": "none"})
    made = Service(tmp_path_factory.mktemp("home"), settings, "films")
    yield made
    made.close()


@pytest.fixture
def client(service: Service) -> TestClient:
    return TestClient(make_api(service))


def start(client: TestClient) -> str:
    response = client.post(f"{V1}/sessions")
    assert response.status_code == 201
    id: str = response.json()["id"]
    return id


def say(client: TestClient, id: str, text: str) -> dict[str, Any]:
    response = client.post(f"{V1}/sessions/{id}/messages", json={"text": text}, headers=JSON)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def test_a_turn_as_one_json_object(client: TestClient) -> None:
    turn = say(client, start(client), "a heist film from the 70s")
    assert turn["action"] == "recommend"
    assert all(1970 <= shown["item"]["year"] <= 1979 for shown in turn["items"])


def test_a_turn_as_server_sent_events_cards_before_words(client: TestClient) -> None:
    id = start(client)
    with client.stream(
        "POST", f"{V1}/sessions/{id}/messages", json={"text": "a heist film"}
    ) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        lines = [line for line in response.iter_lines() if line]
    names = [line.removeprefix("event: ") for line in lines if line.startswith("event:")]
    data = [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data:")]
    assert names[:3] == ["understood", "retrieved", "recommended"]
    assert names[-1] == "finished"
    assert names.index("recommended") < names.index("said")
    said = "".join(d["text"] for n, d in zip(names, data, strict=True) if n == "said")
    assert said == data[-1]["reply"]


def test_the_profile_can_be_read_changed_and_undone(client: TestClient) -> None:
    id = start(client)
    say(client, id, "a comedy, no romance")
    url = f"{V1}/sessions/{id}/profile"
    assert client.get(url).json()["avoids"]
    removal = {"remove": [{"section": "avoids", "facet": "genres", "value": "romance"}]}
    after = client.patch(url, json=removal).json()
    assert "romance" not in [a["value"] for a in after["avoids"] if a["facet"] == "genres"]
    assert client.patch(url, json={"undo": True}).json()["avoids"]


def test_feedback_changes_the_profile_and_the_next_list(client: TestClient) -> None:
    id = start(client)
    first = say(client, id, "a heist film")["items"][0]["id"]
    for reaction, section in (("like", "liked"), ("dislike", "disliked"), ("seen", "seen")):
        profile = client.post(
            f"{V1}/sessions/{id}/feedback", json={"item": first, "reaction": reaction}
        ).json()
        assert first in profile[section]
    assert first not in profile["liked"] or first not in profile["disliked"]


def test_a_session_can_be_read_again_and_erased(client: TestClient) -> None:
    id = start(client)
    say(client, id, "a western")
    assert client.get(f"{V1}/sessions/{id}").json()["turns"][0]["utterance"] == "a western"
    assert client.delete(f"{V1}/sessions/{id}").status_code == 204
    assert client.get(f"{V1}/sessions/{id}").status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/sessions/nobody", None, 404),
        ("POST", "/sessions/nobody/messages", {"text": "x"}, 404),
        ("GET", "/items/nothing", None, 404),
        ("POST", "/sessions/ID/feedback", {"item": "nothing", "reaction": "like"}, 404),
        ("POST", "/sessions/ID/feedback", {"item": "x", "reaction": "adore"}, 422),
        ("POST", "/sessions/ID/messages", {"text": "x" * 30_000}, 422),
        ("POST", "/sessions/ID/messages", {"text": "x" * 70_000}, 413),
        ("POST", "/sessions/ID/messages", {"words": "x"}, 422),
        ("POST", "/sessions/ID/messages", {"text": 3}, 422),
        ("GET", "/nowhere", None, 404),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_reason(
    client: TestClient, method: str, path: str, body: Any, status: int
) -> None:
    response = client.request(method, V1 + path.replace("ID", start(client)), json=body)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["detail"]


def test_an_item_has_all_its_fields(client: TestClient, films: list[dict[str, Any]]) -> None:
    assert client.get(f"{V1}/items/{films[0]['id']}").json() == films[0]


def test_health_and_readiness_and_documentation(client: TestClient) -> None:
    assert client.get("/healthz").text == "ok"
    assert client.get("/readyz").json()["ready"] is True
    assert V1 + "/sessions" in client.get("/openapi.json").json()["paths"]


def test_visitors_at_once_never_see_each_others_words(service: Service) -> None:
    words = {
        f"canary{n}": genre
        for n, genre in enumerate(["heist", "western", "musical", "vampires", "samurai", "boxing"])
    }
    ids = {word: service.start().id for word in words}
    failed: list[Any] = []

    def talk(word: str, genre: str) -> None:
        try:
            for text in (f"a {genre} film {word}", "more", "something else", "why?"):
                for _ in service.respond(ids[word], text):
                    pass
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=talk, args=pair) for pair in words.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    for word, genre in words.items():
        kept = json.dumps(service.log.export(ids[word]))
        assert word in kept
        assert not [other for other in words if other != word and other in kept]
        assert genre in {w.value for w in service.conversation(ids[word]).profile.wants}


def test_a_turn_that_is_left_half_way_is_kept_whole(service: Service) -> None:
    id = service.start().id
    next(service.respond(id, "a heist film, no gore"))
    kept = service.conversation(id)
    assert kept.profile.avoids
    assert kept.shown


def test_many_visitors_at_once_do_not_stop_the_server(service: Service) -> None:
    """Sixty turns, each event fetched by a thread of its own, once stopped the server for good."""
    ids = [service.start().id for _ in range(60)]
    turns = [service.respond(id, "a heist film") for id in ids]
    assert all(list(turn) for turn in turns)


def test_a_conversation_about_another_catalogue_is_refused(service: Service) -> None:
    service.log.save(Conversation("other", "books"))
    with pytest.raises(UnknownConversation, match="books"):
        service.respond("other", "hello")


def test_a_change_by_hand_is_kept(service: Service, tmp_path: Path) -> None:
    id = service.start().id
    list(service.respond(id, "a comedy, no romance"))
    assert service.conversation(id).profile.avoids
    assert not service.change(id, ProfileChange(undo=True)).profile.avoids


def test_the_moment_that_a_site_tells_is_kept_until_another_and_learned_from(
    client: TestClient, service: Service
) -> None:
    id = start(client)
    messages = f"{V1}/sessions/{id}/messages"
    client.put(f"{V1}/sessions/{id}/consent", json={"training": True})
    phone = {"device": "phone", "time": "evening"}
    for said in ({"text": "a heist film on a phone", "context": phone}, {"text": "more"}):
        shown = client.post(messages, json=said, headers=JSON).json()["items"]
        liked = {"item": shown[0]["id"], "reaction": "like"}
        assert client.post(f"{V1}/sessions/{id}/feedback", json=liked).status_code == 200
    turned = {"text": "something else", "context": {}}
    last = client.post(messages, json=turned, headers=JSON).json()["items"][0]["id"]
    client.post(f"{V1}/sessions/{id}/feedback", json={"item": last, "reaction": "like"})
    learned = gather(read_log(service.home)).samples
    mine = [s.moment for s in learned if s.context[0].text == "a heist film on a phone"]
    assert mine == [phone, phone, {}]
    for wrong in ({"device": 3}, {"": "x"}, {"device": "x" * 61}, dict.fromkeys("abcdefghi", "x")):
        refused = client.post(messages, json={"text": "more", "context": wrong}, headers=JSON)
        assert refused.status_code == 422, wrong
