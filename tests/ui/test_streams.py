"""Streams of a turn: numbered, resumable by the turn's id, alive while they wait, and given up or kept."""

import json
import threading
from collections.abc import Iterator
from functools import partial
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.ui.live_api import HeldUp, listening, until
from tests.ui.sited import JSON, V1, begin, light_service
from ui import streams
from ui.api import make_api
from ui.service import Service


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    flags = {"serve.turns_at_once": "1", "limits.waiting": "2", "limits.turn_s": "3"}
    made = light_service(tmp_path_factory.mktemp("home"), ("films", "books"), **flags)
    yield made
    made.close()


@pytest.fixture
def app(service: Service) -> FastAPI:
    return make_api(service)


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return TestClient(app, raise_server_exceptions=False)


@pytest.fixture
def held(service: Service) -> Iterator[HeldUp]:
    made = HeldUp(service)
    yield made
    made.release()


def read(text: str) -> list[tuple[str, str, Any]]:
    """The events of a stream: id, name, data."""
    found = []
    for block in text.replace("\r\n", "\n").split("\n\n"):
        fields = dict(
            line.split(": ", 1) for line in block.splitlines() if not line.startswith(":")
        )
        if fields:
            found.append((fields["id"], fields["event"], json.loads(fields["data"])))
    return found


def said(client: Any, id: str, headers: dict[str, str] | None = None, **body: Any) -> Any:
    answer = client.post(f"{V1}/sessions/{id}/messages", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json() if headers and "json" in headers.get("Accept", "") else read(answer.text)


def counted(client: Any, what: str, how: str = "") -> bool:
    name = f"tastemaker_{what}{how}" if how else f"tastemaker_turns_{what}"
    return name in client.get("/metrics").text


@pytest.mark.parametrize("catalogue", ["films", ["films", "books"]])
def test_the_same_turn_id_gives_the_same_turn_and_adds_none(
    client: TestClient, service: Service, catalogue: Any
) -> None:
    id, turn_id = begin(client, catalogue=catalogue)["id"], str(uuid4())
    url = f"{V1}/sessions/{id}/turns/{turn_id}"
    assert client.get(url).status_code == 404
    events = said(client, id, text="a heist film from the 70s", turn_id=turn_id)
    assert [e[0] for e in events] == [f"{turn_id}.{n}" for n in range(1, len(events) + 1)]
    assert [events[0][1], events[-1][1]] == ["understood", "finished"]
    finished = events[-1][2]
    assert client.get(url).json() == finished
    assert said(client, id, JSON, text="a heist film from the 70s", turn_id=turn_id) == finished
    again = said(client, id, text="a heist film from the 70s", turn_id=turn_id)
    assert again[-1] == events[-1]
    assert "".join(e[2]["text"] for e in again if e[1] == "said") == finished["reply"]
    assert [e[1] for e in again] == ["understood", "recommended", "said", "finished"]
    assert len(client.get(f"{V1}/sessions/{id}").json()["turns"]) == 1
    restarted = TestClient(make_api(service))
    assert restarted.get(url).content == client.get(url).content
    other = begin(client)["id"]
    assert client.get(f"{V1}/sessions/{other}/turns/{turn_id}").status_code == 404
    assert said(client, other, JSON, text="a western", turn_id=turn_id)["utterance"] == "a western"


def test_the_answer_is_erased_with_the_conversation_and_told_in_its_export(
    client: TestClient, service: Service
) -> None:
    id, turn_id = begin(client)["id"], str(uuid4())
    said(client, id, text="a heist film, canary4711", turn_id=turn_id)
    assert [a["turn_id"] for a in service.log.export(id)["answers"]] == [turn_id]
    service.forget(id)
    assert b"canary4711" not in (service.home / "log.db").read_bytes()


@pytest.mark.parametrize("wrong", ["x", "", 3, "7b1d9c52-6a0e-4a3e-9a52"])
def test_a_turn_id_is_a_uuid(client: TestClient, wrong: Any) -> None:
    body = {"text": "x", "turn_id": wrong}
    answer = client.post(f"{V1}/sessions/{begin(client)['id']}/messages", json=body)
    assert answer.status_code == 422


def test_without_a_turn_id_every_message_is_a_turn(client: TestClient) -> None:
    id = begin(client)["id"]
    first, second = (said(client, id, text="more") for _ in range(2))
    assert first[0][0].split(".")[0] != second[0][0].split(".")[0]
    assert second[-1][2]["turn"] == 2


def test_a_stream_that_broke_goes_on_where_it_broke(app: FastAPI, held: HeldUp) -> None:
    """The second request comes while the turn is worked on: it is the same turn, told from there on."""
    with listening(app) as url, httpx.Client(base_url=url, timeout=20) as client:
        id, turn_id = begin(client)["id"], str(uuid4())
        told: dict[str, Any] = {}

        def ask(name: str, **headers: str) -> None:
            told[name] = said(client, id, headers, text="a western", turn_id=turn_id)

        threads = [
            threading.Thread(target=ask, args=("whole",)),
            threading.Thread(target=ask, args=("rest",), kwargs={"Last-Event-ID": f"{turn_id}.2"}),
            threading.Thread(target=ask, args=("one",), kwargs=JSON),
        ]
        for thread, streams_begun in zip(threads, (1, 2, 2), strict=True):
            thread.start()
            until(partial(counted, client, "answers_total", f'{{status="200"}} {streams_begun}.0'))
        until(lambda: held.begun == 1)
        held.release()
        for thread in threads:
            thread.join()
        assert told["rest"] == told["whole"][2:]
        assert told["one"] == told["whole"][-1][2]
        assert len(client.get(f"{V1}/sessions/{id}").json()["turns"]) == 1


def test_who_leaves_while_waiting_takes_the_turn_along_and_one_under_way_is_kept(
    app: FastAPI, service: Service, held: HeldUp
) -> None:
    with listening(app) as url, httpx.Client(base_url=url, timeout=20) as client:
        ids = [begin(client)["id"] for _ in range(3)]

        def leave(id: str, **headers: str) -> None:
            body = {"text": "a heist film"}
            with pytest.raises(httpx.ReadTimeout):
                httpx.post(
                    f"{url}{V1}/sessions/{id}/messages", json=body, headers=headers, timeout=0.5
                )

        leave(ids[0])
        assert held.begun == 1, "this one is worked on"
        leave(ids[1])
        leave(ids[2], Accept="application/json")
        metrics = client.get("/metrics").text
        until(partial(counted, client, "given_up 2.0"))
        assert "tastemaker_turns_running 1.0" in metrics
        held.release()
        until(partial(counted, client, "running 0.0"))
        assert [len(service.conversation(id).turns) for id in ids] == [1, 0, 0]
        assert said(client, ids[1], JSON, text="a western")["turn"] == 1


def test_a_full_queue_refuses_and_takes_again_when_it_is_empty(app: FastAPI, held: HeldUp) -> None:
    with listening(app) as url, httpx.Client(base_url=url, timeout=20) as client:
        ids = [begin(client)["id"] for _ in range(4)]
        threads = [threading.Thread(target=said, args=(client, id, JSON), kwargs={"text": "more"})
                   for id in ids[:3]]  # fmt: skip
        for thread in threads:
            thread.start()
        until(partial(counted, client, "waiting 2.0"))
        for headers in (JSON, {}):
            answer = client.post(
                f"{V1}/sessions/{ids[3]}/messages", json={"text": "more"}, headers=headers
            )
            assert answer.status_code == 503
            assert int(answer.headers["retry-after"]) >= 1
            assert answer.json()["title"] == "Service Unavailable"
        held.release()
        for thread in threads:
            thread.join()
        assert said(client, ids[3], JSON, text="more")["turn"] == 1


def test_nobody_waits_longer_than_the_time_of_a_turn(app: FastAPI, held: HeldUp) -> None:
    with listening(app) as url, httpx.Client(base_url=url, timeout=20) as client:
        ids = [begin(client)["id"] for _ in range(2)]
        turn_id = str(uuid4())
        path = f"{V1}/sessions/{ids[0]}/messages"
        answer = client.post(path, json={"text": "more", "turn_id": turn_id}, headers=JSON)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert "goes on" in answer.json()["detail"]
        (event,) = said(client, ids[1], text="more")
        assert event[1] == "error"
        assert event[2]["status"] == 503
        assert "did not begin" in event[2]["detail"]
        held.release()
        until(lambda: client.get(f"{V1}/sessions/{ids[0]}/turns/{turn_id}").status_code == 200)
        assert said(client, ids[1], JSON, text="more")["turn"] == 1


def test_a_stream_shows_that_it_is_alive(
    app: FastAPI, held: HeldUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "PING", 0.2)
    with listening(app) as url, httpx.Client(base_url=url, timeout=20) as client:
        id = begin(client)["id"]
        with client.stream("POST", f"{V1}/sessions/{id}/messages", json={"text": "x"}) as answer:
            assert answer.headers["x-accel-buffering"] == "no"
            lines = answer.iter_lines()
            assert next(line for line in lines if line).startswith(": ping")
            held.release()
            assert any(line == "event: finished" for line in lines)


def test_what_fails_in_a_stream_is_an_event_and_tells_nothing_of_the_inside(
    client: TestClient, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("the password is hunter2")

    id = begin(client)["id"]
    monkeypatch.setattr(service._answering, "turn", broken)
    ((number, name, data),) = said(client, id, text="more", turn_id=str(uuid4()))
    assert (number[-2:], name) == (".1", "error")
    assert list(data) == ["type", "title", "status", "detail"]
    assert data["status"] == 500
    assert "hunter2" not in json.dumps(data)
    path = f"{V1}/sessions/{id}/messages"
    answer = client.post(path, json={"text": "more"}, headers=JSON)
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "hunter2" not in answer.text


def test_turns_of_one_conversation_come_in_their_order_and_leave_room_for_others(
    tmp_path: Any,
) -> None:
    service = light_service(tmp_path, **{"serve.turns_at_once": "2"})
    held = HeldUp(service)
    try:
        with listening(make_api(service)) as url, httpx.Client(base_url=url, timeout=20) as client:
            busy, other = (begin(client)["id"] for _ in range(2))
            texts = [f"a heist film {n}" for n in range(4)]
            threads = [threading.Thread(target=said, args=(client, busy, JSON), kwargs={"text": t})
                       for t in texts]  # fmt: skip
            for n, thread in enumerate(threads):
                thread.start()
                until(lambda: held.begun == 1)
                until(partial(counted, client, f"waiting {n}.0"))
            threads.append(
                threading.Thread(
                    target=said, args=(client, other, JSON), kwargs={"text": "a western"}
                )
            )
            threads[-1].start()
            until(lambda: held.begun == 2)
            held.release()
            for thread in threads:
                thread.join()
            assert [turn.utterance for turn in service.conversation(busy).turns] == texts
            assert len(service.conversation(other).turns) == 1
    finally:
        held.release()
        service.close()
