"""Releases that are damaged, that fail, or that are of something else: no visitor meets them."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from chatbot.model_events import events_of
from retrieval import talked
from retrieval.prompt import ScorerPrompt
from retrieval.release import folder_of, read_pointer, sha256_of
from tests.ui.released import (
    ASKED,
    InFlight,
    opened,
    releases,
    run,
    shown,
)
from tests.ui.tasteful import FLAGS, listed
from ui.service import Service
from ui.settings import load


def spoil(home: Path, id: str, change: Callable[[Path], None]) -> None:
    """Change the files of a release, and its record so that the change is not seen by the hashes."""
    folder = folder_of(home, "shop", id)
    change(folder)
    record = json.loads((folder / "release.json").read_text())
    record["files"] = {name: sha256_of(folder / name) for name in record["files"]}
    (folder / "release.json").write_text(json.dumps(record))


def no_numbers(folder: Path) -> None:
    file = folder / "arms" / "arms.json"
    arms = json.loads(file.read_text())
    arms["weights"]["suggested"] = float("nan")
    file.write_text(json.dumps(arms))


def unknown_arm(folder: Path) -> None:
    file = folder / "arms" / "arms.json"
    arms = json.loads(file.read_text())
    arms["weights"]["luck"] = 1.0
    file.write_text(json.dumps(arms))


def broken_counts(folder: Path) -> None:
    made = talked.load(folder / "arms" / talked.FILE)
    assert made is not None
    talked.save(folder / "arms" / talked.FILE, made)
    with np.load(folder / "arms" / talked.FILE) as file:
        arrays = dict(file)
    arrays["named"] = arrays["named"][:3]  # fewer than there are keys
    with (folder / "arms" / talked.FILE).open("wb") as out:
        np.savez(out, **arrays)


@pytest.mark.parametrize("change", [no_numbers, unknown_arm, broken_counts])
def test_a_server_takes_back_a_release_that_it_cannot_open(
    home: Path,
    serving: tuple[Service, Callable[[], InFlight]],
    change: Callable[[Path], None],
) -> None:
    service, begin = serving
    (made,) = releases(home)
    before = shown(service)
    run(home, "models", "promote", made["id"], "--catalogue", "shop")
    spoil(home, made["id"], change)
    flight = begin()
    assert shown(service) == before
    flight.stop()
    assert not flight.failed
    assert read_pointer(home, "shop").live is None
    assert events_of(home, "shop")[-1].event == "rolled back by itself"


class Stubborn:
    """A scorer that can be loaded, and fails when it is asked."""

    name = "stubborn"
    in_nats = True
    file = SimpleNamespace(weight=1.0)

    def score(self, prompt: ScorerPrompt, cards: Sequence[str]) -> list[float]:
        raise FloatingPointError("no score today")


def test_a_release_that_fails_its_smoke_check_reaches_no_visitor(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.released.TrainedScorer", lambda base, folder: Stubborn())
    monkeypatch.setattr("ui.opening.scorer_base", lambda home, settings, progress: home)
    (made,) = releases(home)
    folder = folder_of(home, "shop", made["id"])
    (folder / "scorer").mkdir()
    (folder / "scorer" / "scorer.json").write_text("{}")
    record = json.loads((folder / "release.json").read_text())
    record["files"]["scorer/scorer.json"] = sha256_of(folder / "scorer" / "scorer.json")
    (folder / "release.json").write_text(json.dumps(record))
    settings, _ = load([], {}, {**FLAGS, "scorer.model": str(home / "no language model")})
    service = Service(home, settings, "shop")
    before = shown(service)
    run(home, "models", "promote", made["id"], "--catalogue", "shop", "--force")
    flight = InFlight(service)
    assert shown(service) == before
    flight.stop()
    service.close()
    assert not flight.failed
    assert read_pointer(home, "shop").live is None
    last = events_of(home, "shop")[-1]
    assert last.event == "rolled back by itself"
    assert "FloatingPointError: no score today" in last.why


def test_a_server_that_starts_with_a_damaged_release_goes_back(home: Path) -> None:
    (made,) = releases(home)
    run(home, "models", "promote", made["id"], "--catalogue", "shop")
    (folder_of(home, "shop", made["id"]) / "arms" / "arms.json").write_text("{}")
    service = opened(home)
    assert listed(service, service.start().id, ASKED)
    service.close()
    assert read_pointer(home, "shop").live is None
    assert "was changed after it was made" in events_of(home, "shop")[-1].why


def test_code_among_the_files_of_a_release_is_refused(home: Path) -> None:
    (made,) = releases(home)
    (folder_of(home, "shop", made["id"]) / "arms" / "weights.pkl").write_bytes(b"\x80\x04.")
    done = run(home, "models", "promote", made["id"], "--catalogue", "shop", "--force")
    assert done.exit_code == 1
    assert "other files can run code" in done.output


def test_a_release_of_another_encoder_is_not_served_and_not_taken_back(home: Path) -> None:
    (made,) = releases(home)
    run(home, "models", "promote", made["id"], "--catalogue", "shop")

    def other(folder: Path) -> None:
        record = json.loads((folder / "release.json").read_text())
        (folder / "release.json").write_text(json.dumps(record | {"encoder": "another"}))

    spoil(home, made["id"], other)
    service = opened(home)
    assert listed(service, service.start().id, ASKED)
    assert "release" not in service.parts.versions
    service.close()
    assert read_pointer(home, "shop").live == made["id"]
    assert [e.event for e in events_of(home, "shop")][-1] == "not served"
