"""A home whose visitors talked and which has a release made of it; what serves it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.ui.released import VISITORS, InFlight, opened, run
from tests.ui.tasteful import index, visit
from ui.service import Service


@pytest.fixture(scope="session")
def talked_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in whose log 200 visitors talked, and a release that was made of their talk."""
    home = tmp_path_factory.mktemp("home")
    index(home)
    service = opened(home)
    for seed in range(VISITORS):
        visit(service, seed)
    service.close()
    out = str(home / "samples.jsonl")
    done = run(home, "finetune", "samples", "--catalogue", "shop", "--out", out)
    assert done.exit_code == 0, done.output
    done = run(home, "finetune", "arms", out, "--catalogue", "shop", "--release")
    assert done.exit_code == 0, done.output
    assert "may be promoted" in done.output, done.output
    return home


@pytest.fixture
def home(talked_home: Path, tmp_path: Path) -> Path:
    """The same, to be changed by one test."""
    return Path(shutil.copytree(talked_home, tmp_path / "home"))


@pytest.fixture
def serving(home: Path) -> Iterator[tuple[Service, Callable[[], InFlight]]]:
    service, started = opened(home), []

    def begin() -> InFlight:
        started.append(InFlight(service))
        return started[-1]

    yield service, begin
    for flight in started:
        flight.stop()
    service.close()
