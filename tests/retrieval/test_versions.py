"""Versions of a catalogue: whole or not there, whoever is killed, and removed when nobody reads."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from retrieval import versions
from retrieval.catalogue import Catalogue, hashes_of
from retrieval.encoder import HashingEncoder, Progress, Vectors
from retrieval.errors import HomeInUse
from tests.conftest import ROOT
from ui.updating import close, open_vectors, update

ITEMS = 1500


class StoredHashing:
    """The hashing encoder under a name of its own, so that its vectors are kept on disk."""

    name = "stored-hashing"

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        time.sleep(0.05)  # a real encoder takes its time; kills should meet it at work
        return HashingEncoder().encode(texts)


def rows(number: int, items: int = ITEMS) -> list[dict[str, Any]]:
    """Edition `number` of a catalogue: some items change, some go, some come with each."""
    return [
        {"id": f"i{n}", "title": f"Item {n}", "edition": [f"edition {number if n % 3 else 0}"]}
        for n in range(number * 10, items + number * 10)
    ]


def make(base: Path, number: int, items: int = ITEMS) -> Any:
    return update(base, StoredHashing(), rows(number, items))


def state(base: Path) -> tuple[set[str], set[str]]:
    """What a reader sees: the editions of the items, and the ids whose vectors are there."""
    folder = versions.current(base)
    assert folder is not None
    catalogue = Catalogue(folder, "shop")
    index = open_vectors(folder, StoredHashing())
    try:
        assert set(index.stored()) == set(catalogue.items) == set(hashes_of(folder))
        assert index.made_for == catalogue.hash
        index.vectors(list(catalogue.items))
    finally:
        close(index)
    editions = {item.fields["edition"][0] for item in catalogue.items.values()}
    return editions - {"edition 0"}, set(catalogue.items)


def test_an_update_says_what_changed_and_embeds_only_that(tmp_path: Path) -> None:
    first, second, again = make(tmp_path, 1), make(tmp_path, 2), make(tmp_path, 2)
    assert (first.added, first.embedded, first.items) == (ITEMS, ITEMS, ITEMS)
    assert (second.added, second.removed) == (10, 10)
    assert second.changed == sum(n % 3 > 0 for n in range(20, ITEMS + 10))
    assert second.embedded == second.changed + sum(1 for _ in range(10))
    assert (again.added, again.changed, again.removed, again.embedded) == (0, 0, 0, 0)


def test_where_nothing_changes_there_is_no_new_version(tmp_path: Path) -> None:
    make(tmp_path, 1)
    before = versions.current(tmp_path)
    make(tmp_path, 1)
    assert versions.current(tmp_path) == before
    assert not (tmp_path / versions.BUILDING).exists()


def test_a_version_stays_as_long_as_somebody_reads_it(tmp_path: Path) -> None:
    make(tmp_path, 1)
    old = versions.current(tmp_path)
    assert old is not None
    note = versions.read(old)
    make(tmp_path, 2)
    assert len(Catalogue(old, "shop").items) == ITEMS
    note.unlink()
    versions.sweep(tmp_path)
    assert not old.exists()
    assert versions.current(tmp_path) not in (None, old)


def test_one_process_builds_at_a_time(tmp_path: Path) -> None:
    with versions.building(tmp_path) as build:
        build.publish = False
        with pytest.raises(HomeInUse, match="indexing"), versions.building(tmp_path):
            pass


def test_damaged_vectors_of_a_build_are_made_anew(tmp_path: Path) -> None:
    make(tmp_path, 1)
    with pytest.raises(ZeroDivisionError), versions.building(tmp_path) as build:  # noqa: PT012
        for file in (build.folder / "vectors").rglob("*.sqlite3"):
            file.write_bytes(b"no database at all" * 100)
        fail()
    done = make(tmp_path, 2)
    assert (done.added, done.removed) == (10, 10)
    assert state(tmp_path)[0] == {"edition 2"}


def fail() -> None:
    raise ZeroDivisionError


def test_what_fails_changes_nothing_and_is_gone_on_with(tmp_path: Path) -> None:
    make(tmp_path, 1)
    before = versions.current(tmp_path)
    with pytest.raises(ZeroDivisionError), versions.building(tmp_path) as build:  # noqa: PT012
        (build.folder / "half").touch()
        fail()
    assert versions.current(tmp_path) == before
    with versions.building(tmp_path) as build:
        assert (build.folder / "half").exists()


WORKER = (
    "import sys; from pathlib import Path; from tests.retrieval.test_versions import make;"
    "make(Path(sys.argv[1]), int(sys.argv[2]))"
)


def killed_at_random(base: Path, times: int, chance: random.Random) -> int:
    """Start a new edition again and again and kill it; gives how often it had not finished."""
    make(base, 1)
    complete = {1}
    interrupted = 0
    for number in range(2, times + 2):
        command = [sys.executable, "-c", WORKER, str(base), str(number)]
        worker = subprocess.Popen(command, cwd=ROOT)
        try:
            worker.wait(chance.uniform(0.3, 4.5))
        except subprocess.TimeoutExpired:
            os.kill(worker.pid, signal.SIGKILL)
            worker.wait()
        finished = worker.returncode == 0
        interrupted += not finished
        (edition,), ids = state(base)
        seen = int(edition.removeprefix("edition "))
        assert ids == {row["id"] for row in rows(seen)}
        assert seen in complete | {number}, "a reader saw an edition that was never whole"
        assert seen == number or not finished
        complete.add(seen)
    make(base, times + 2)
    assert state(base)[0] == {f"edition {times + 2}"}
    return interrupted


def test_killed_while_building_it_resumes_and_no_reader_sees_half(tmp_path: Path) -> None:
    assert killed_at_random(tmp_path, 4, random.Random(3)) >= 1


@pytest.mark.slow
def test_killed_fifty_times_it_always_resumes(tmp_path: Path) -> None:
    assert killed_at_random(tmp_path, 50, random.Random(8)) >= 20
