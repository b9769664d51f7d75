"""Prices and stock change at once, are kept, and give way to a newer file."""

from pathlib import Path

import pytest

from chatbot.events import Finished
from retrieval.changes import change
from retrieval.encoder import HashingEncoder
from retrieval.errors import CatalogueError
from tests.conftest import LIGHT
from ui.opening import catalogue_folder
from ui.service import Service
from ui.settings import load
from ui.updating import update


def rows(price: float = 30.0) -> list[dict[str, object]]:
    return [
        {"id": f"l{n}", "title": f"Lamp {n}", "kind": ["lamp"], "price": price + n, "stock": 5}
        for n in range(20)
    ]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    update(catalogue_folder(tmp_path, "shop"), HashingEncoder(), rows())
    return tmp_path


def shown(service: Service, said: str) -> dict[str, object]:
    finished = list(service.respond(service.start().id, said))[-1]
    assert isinstance(finished, Finished)
    return {card.item.id: card.item.fields["price"] for card in finished.cards}


def test_a_running_server_knows_a_new_price_in_the_next_turn(home: Path) -> None:
    settings, _ = load([], {}, LIGHT)
    service = Service(home, settings, "shop")
    assert shown(service, "a lamp under 20") == {}
    change(catalogue_folder(home, "shop"), "l7", {"price": 12.5})
    assert shown(service, "a lamp under 20") == {"l7": 12.5}
    service.close()
    again = Service(home, settings, "shop")
    assert shown(again, "a lamp under 20") == {"l7": 12.5}, "kept over a restart"
    again.close()


def test_a_newer_file_says_it_better(home: Path) -> None:
    base = catalogue_folder(home, "shop")
    change(base, "l7", {"price": 12.5})
    update(base, HashingEncoder(), rows(40.0))
    settings, _ = load([], {}, LIGHT)
    service = Service(home, settings, "shop")
    assert shown(service, "a lamp under 20") == {}
    change(base, "l3", {"price": 1})
    assert shown(service, "a lamp under 20") == {"l3": 1}
    service.close()


@pytest.mark.parametrize(
    ("id", "values", "told"),
    [
        ("nobody", {"price": 1.0}, "no item"),
        ("l1", {"colour": 1.0}, "no number field"),
        ("l1", {"price": float("nan")}, "no finite number"),
        ("l1", {"price": 1.0, "stock": float("inf")}, "no finite number"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(
    home: Path, id: str, values: dict[str, float], told: str
) -> None:
    base = catalogue_folder(home, "shop")
    with pytest.raises(CatalogueError, match=told):
        change(base, id, values)
    assert not (base / "changes.db").exists()


def test_what_is_sold_out_is_not_shown_from_the_next_turn_on(home: Path) -> None:
    settings, _ = load([], {}, LIGHT)
    service = Service(home, settings, "shop")
    assert shown(service, "a lamp under 31") == {"l0": 30.0}
    change(catalogue_folder(home, "shop"), "l0", {"stock": 0})
    assert shown(service, "a lamp under 31") == {}
    change(catalogue_folder(home, "shop"), "l0", {"stock": 2})
    assert shown(service, "a lamp under 31") == {"l0": 30.0}
    service.close()
