"""Several catalogues in one server: sessions about one or several, and what stays as it was."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient

from retrieval.errors import CatalogueError, UnknownConversation
from tests.ui.test_api import V1, client, say
from tests.ui.test_command_line import CONTRACT, LIGHT, tastemaker
from ui.main import main
from ui.service import Service
from ui.settings import load

__all__ = ["client"]  # a fixture
BOTH = ["films", "books"]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    settings, _ = load([], {}, {"encoder.model": "hashing", "scorer.model": "none"})
    made = Service(tmp_path_factory.mktemp("home"), settings, settings.serve.opened)
    yield made
    made.close()


def start(client: TestClient, catalogue: Any = None) -> dict[str, Any]:
    response = client.post(f"{V1}/sessions", json={"catalogue": catalogue} if catalogue else None)
    assert response.status_code == 201, response.text
    made: dict[str, Any] = response.json()
    return made


def test_the_models_are_loaded_once_for_all_catalogues(service: Service) -> None:
    films, books = (service.house.parts(name) for name in BOTH)
    assert films.retriever.encoder is books.retriever.encoder
    assert films.scorer is books.scorer


def test_without_a_choice_a_session_is_about_the_first_catalogue(client: TestClient) -> None:
    bodies: list[dict[str, Any] | None] = [None, {}]
    for body in bodies:
        made = client.post(f"{V1}/sessions", json=body).json()
        assert made["catalogue"] == "films"
        assert "scenes" not in made


def test_a_session_about_books_talks_about_books(client: TestClient, service: Service) -> None:
    made = start(client, "books")
    turn = say(client, made["id"], "a detective novel under 300 pages")
    assert made["catalogue"] == "books"
    assert list(turn) == CONTRACT
    assert all(shown["item"]["pages"] < 300 for shown in turn["items"])
    assert service.conversation(made["id"]).catalogue == "books"


@pytest.mark.parametrize(
    ("catalogue", "status", "says"),
    [("shop", 404, "no catalogue 'shop'; it has films, books"), (["films", "shop"], 404, "'shop'"),
     ([], 404, "needs a catalogue"), ("", 404, "no catalogue ''"), (3, 422, "catalogue"), ([3], 422, "catalogue")],
)  # fmt: skip
def test_an_unknown_catalogue_is_refused_with_those_there_are(
    client: TestClient, catalogue: Any, status: int, says: str
) -> None:
    response = client.post(f"{V1}/sessions", json={"catalogue": catalogue})
    assert response.status_code == status
    assert says in response.json()["detail"]


def test_one_catalogue_in_a_list_is_that_catalogue(client: TestClient) -> None:
    assert start(client, ["books"])["catalogue"] == "books"
    assert start(client, ["books", "books"])["catalogue"] == "books"


def test_a_turn_about_both_has_the_contracts_keys_and_scenes(client: TestClient) -> None:
    made = start(client, BOTH)
    assert made["catalogue"] == BOTH
    turn = say(client, made["id"], "a film and a book for a rainy weekend, nothing violent")
    assert list(turn) == [*CONTRACT, "scenes"]
    assert [scene["catalogue"] for scene in turn["scenes"]] == BOTH
    for scene in turn["scenes"]:
        assert list(scene) == ["catalogue", "reply", "action", "question", "items", "profile"]
        assert scene["items"]
        assert scene["reply"] in turn["reply"]
        assert {a["quote"] for a in scene["profile"]["avoids"]} == {"nothing violent"}
        for item in scene["items"]:
            assert item["catalogue"] == scene["catalogue"]
            assert "violence" not in item["item"]["content_notes"]
    assert turn["items"] == [item for scene in turn["scenes"] for item in scene["items"]]
    values = [a["value"] for a in turn["profile"]["avoids"]]
    assert len(values) == len(set(values)) >= 2, "what both profiles hold is in the merged one once"


def test_turns_are_counted_over_the_whole_conversation(client: TestClient) -> None:
    id = start(client, BOTH)["id"]
    say(client, id, "a funny film")
    turn = say(client, id, "a book under 300 pages")
    assert turn["turn"] == 2
    assert [scene["catalogue"] for scene in turn["scenes"]] == ["books"]
    (limit,) = turn["profile"]["limits"]
    assert limit["turn"] == 2
    assert {want["turn"] for want in turn["profile"]["wants"]} == {1}


def test_server_sent_events_name_their_catalogue(client: TestClient) -> None:
    id = start(client, BOTH)["id"]
    url = f"{V1}/sessions/{id}/messages"
    with client.stream("POST", url, json={"text": "a funny film and book"}) as response:
        lines = [line for line in response.iter_lines() if line]
    names = [line.removeprefix("event: ") for line in lines if line.startswith("event:")]
    data = [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data:")]
    events = list(zip(names, data, strict=True))
    assert [d["catalogue"] for n, d in events if n == "recommended"] == BOTH
    assert names.index("said") > max(n for n, name in enumerate(names) if name == "recommended")
    assert names[-1] == "finished"
    assert "".join(d["text"] for n, d in events if n == "said") == data[-1]["reply"]


def test_a_conversation_about_both_is_read_changed_and_erased(client: TestClient) -> None:
    id = start(client, BOTH)["id"]
    first = say(client, id, "a film and a book, no romance")
    film, book = (scene["items"][0]["id"] for scene in first["scenes"])
    url = f"{V1}/sessions/{id}"
    for item, name in ((film, "films"), (book, "books")):
        after = client.post(f"{url}/feedback", json={"item": item, "reaction": "like"}).json()
        assert {s["catalogue"]: item in s["profile"]["liked"] for s in after["scenes"]} == {
            other: other == name for other in BOTH
        }
    removal = {"section": "avoids", "facet": "genres", "value": "romance"}
    after = client.patch(f"{url}/profile", json={"remove": [removal], "catalogue": "books"}).json()
    assert [bool(s["profile"]["avoids"]) for s in after["scenes"]] == [True, False]
    after = client.patch(f"{url}/profile", json={"undo": True}).json()
    assert [bool(s["profile"]["avoids"]) for s in after["scenes"]] == [True, True]
    assert client.get(f"{url}/profile").json() == after
    kept = client.get(url).json()
    assert kept["catalogue"] == BOTH
    assert [len(t["scenes"]) for t in kept["turns"]] == [2]
    assert {item["catalogue"] for item in kept["turns"][0]["items"]} == set(BOTH)
    wrong = client.post(f"{url}/feedback", json={"item": "nothing", "reaction": "like"})
    assert wrong.status_code == 404
    wrong = client.patch(f"{url}/profile", json={"undo": True, "catalogue": "shop"})
    assert wrong.status_code == 404
    assert client.delete(url).status_code == 204
    assert client.get(url).status_code == 404
    assert client.get(f"{url}%2Ffilms").status_code == 404


def test_a_scene_of_a_conversation_is_no_conversation_of_its_own(service: Service) -> None:
    together = service.joint.start(BOTH)
    with pytest.raises(UnknownConversation):
        service.conversation(f"{together.id}/films")
    with pytest.raises(CatalogueError):
        service.joint.start(["films"])


def test_an_item_is_found_in_whichever_catalogue_has_it(client: TestClient) -> None:
    assert client.get(f"{V1}/items/middlemarch-1871").json()["title"] == "Middlemarch"
    assert client.get(f"{V1}/items/heat-1995?catalogue=films").json()["title"] == "Heat"
    assert client.get(f"{V1}/items/heat-1995?catalogue=books").status_code == 404


def test_what_is_served_follows_the_settings() -> None:
    def opened(**flags: Any) -> tuple[str, ...]:
        return load([], {}, {f"serve.{k}": v for k, v in flags.items()})[0].serve.opened

    assert opened() == ("films", "books")
    assert opened(catalogue="films") == ("films",)
    assert opened(catalogue="shop") == ("shop",)
    assert opened(catalogues="books, shop,books") == ("books", "shop")
    nouns = load([], {}, {"serve.nouns": "shop: lamp, 灯; wine: bottle"})[0].serve.nouns
    assert nouns == {"shop": ("lamp", "灯"), "wine": ("bottle",)}
    refused = CliRunner().invoke(main, ["settings", "--set", "serve.nouns=lamp"])
    assert refused.exit_code == 1
    assert "shop: lamp, table" in refused.output


def test_chat_about_two_catalogues_in_json_and_in_the_terminal(tmp_path: Path) -> None:
    about = ["--catalogue", "films", "--catalogue", "books", *LIGHT]
    said = "a film and a book for a rainy weekend\nnothing violent\n"
    done = tastemaker("chat", "--json", *about, home=tmp_path, given=said)
    assert done.returncode == 0, done.stderr
    turns = [json.loads(line) for line in done.stdout.splitlines()]
    assert [list(turn) for turn in turns] == [[*CONTRACT, "scenes"]] * 2
    done = tastemaker(
        "chat", *about, home=tmp_path, given="a funny film and book\n/profile\n/books remove 1\n/undo\n"
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "\nBooks\n  1. " in done.stdout
    assert "taken off your profile" in done.stdout
    assert "Of which catalogue is said first" in done.stdout
