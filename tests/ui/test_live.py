"""A server takes a new version of its catalogue without a restart and without a failed turn."""

import threading
from pathlib import Path

from chatbot.events import Finished, Recommended
from retrieval import versions
from retrieval.encoder import HashingEncoder
from tests.conftest import LIGHT
from ui.opening import catalogue_folder
from ui.service import Service
from ui.settings import load
from ui.updating import update


def rows(word: str) -> list[dict[str, object]]:
    return [
        {"id": f"{word}-{n}", "title": f"The {word} number {n}", "kind": [word, "lamp"]}
        for n in range(40)
    ]


def titles(service: Service, id: str, said: str) -> list[str]:
    events = list(service.respond(id, said))
    assert isinstance(events[-1], Finished)
    cards = [e.cards for e in events if isinstance(e, Recommended)]
    return [card.item.title for card in cards[0]] if cards else []


def test_the_next_turn_talks_about_the_new_version(tmp_path: Path) -> None:
    settings, _ = load([], {}, LIGHT)
    base = catalogue_folder(tmp_path, "shop")
    update(base, HashingEncoder(), rows("oak"))
    service = Service(tmp_path, settings, "shop")
    id = service.start().id
    assert all("oak" in t for t in titles(service, id, "a lamp"))
    old = versions.current(base)
    assert old is not None
    update(base, HashingEncoder(), rows("pine"))
    assert old.exists(), "the version that is being read stays"
    titles(service, id, "more")  # notices; its own turn keeps what it began with
    service.house.wait()
    assert all("pine" in t for t in titles(service, id, "a lamp, please"))
    assert not old.exists(), "nobody reads it any more"
    service.close()


def test_turns_under_way_are_answered_while_versions_change(tmp_path: Path) -> None:
    settings, _ = load([], {}, LIGHT)
    base = catalogue_folder(tmp_path, "shop")
    update(base, HashingEncoder(), rows("oak"))
    service = Service(tmp_path, settings, "shop")
    failed: list[BaseException] = []
    answered: list[bool] = []

    def visit() -> None:
        try:
            answered.extend(bool(titles(service, service.start().id, "a lamp")) for _ in range(15))
        except BaseException as error:
            failed.append(error)

    visitors = [threading.Thread(target=visit) for _ in range(4)]
    for visitor in visitors:
        visitor.start()
    for number in range(6):
        update(base, HashingEncoder(), rows(f"wood{number}"))
    for visitor in visitors:
        visitor.join()
    service.house.wait()
    assert not failed
    assert answered == [True] * 60
    service.close()
