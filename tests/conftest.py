"""Parts for tests: our own film catalogue with the light twins, opened once."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from chatbot.conversation import Conversation
from chatbot.events import Event, Finished
from chatbot.parts import Parts
from chatbot.respond import respond
from retrieval.catalogue import Catalogue, write_catalogue
from retrieval.encoder import HashingEncoder
from retrieval.errors import ModelUnavailable
from retrieval.find import Retriever
from retrieval.item import Item
from retrieval.settings import ArmSettings
from retrieval.vectors import ExactIndex, fill
from ui.opening import open_parts
from ui.settings import load

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared" / "data"
LIGHT = {"encoder.model": "hashing", "scorer.model": "none"}

os.environ.setdefault("TQDM_DISABLE", "1")


@pytest.fixture(scope="session")
def films() -> list[dict[str, Any]]:
    """The rows of data/films.jsonl."""
    with (ROOT / "data" / "films.jsonl").open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


@pytest.fixture(scope="session")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    """Our films, hashing encoder, exact index, no language model: the same on every machine."""
    settings, _ = load([], {}, LIGHT)
    return open_parts(tmp_path_factory.mktemp("home"), "films", settings).parts


@pytest.fixture
def say(parts: Parts) -> Callable[..., list[Finished]]:
    """Say several things in a row; gives the end of each turn."""

    def talk(*utterances: str, start: Conversation | None = None) -> list[Finished]:
        conversation = start or Conversation("test", "films")
        found: list[Finished] = []
        for utterance in utterances:
            finished = last(respond(conversation, utterance, parts))
            conversation = finished.conversation
            found.append(finished)
        return found

    return talk


def last(events: Iterator[Event]) -> Finished:
    """The end of a turn."""
    *_, event = events
    assert isinstance(event, Finished)
    return event


def make_retriever(folder: Path, rows: list[dict[str, Any]]) -> Retriever:
    """A retriever over rows, with the light twins."""
    write_catalogue(folder, rows)
    catalogue = Catalogue(folder)
    encoder, index = HashingEncoder(), ExactIndex()
    fill(index, catalogue, encoder)
    return Retriever(catalogue, index, encoder, ArmSettings())


def item(id: str = "x", title: str = "X", **fields: Any) -> Item:
    """An item with these fields."""
    return Item(id, title, {"id": id, "title": title, **fields})


@pytest.fixture(scope="session")
def language_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real SmolLM2, from MODELS_FOR_TESTS (kept between runs) or a fresh folder."""
    from retrieval.weights import ensure_smollm2  # noqa: PLC0415

    kept = os.environ.get("MODELS_FOR_TESTS")
    home = Path(kept) if kept else tmp_path_factory.mktemp("models")
    try:
        return ensure_smollm2(home, fetch=True)
    except ModelUnavailable as error:
        pytest.skip(f"no language model here: {error}")


@pytest.fixture(scope="session")
def two(parts: Parts, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Parts]:
    """Our films and our books, with the light twins."""
    settings, _ = load([], {}, LIGHT)
    books = open_parts(tmp_path_factory.mktemp("home"), "books", settings).parts
    return {"films": parts, "books": books}
