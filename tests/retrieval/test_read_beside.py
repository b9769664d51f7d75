"""A large file is read by another process, to the same rows and the same errors."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from retrieval.importing import read_file
from retrieval.read_beside import LARGE

WAITS = """
import os, pickle, signal, sys
from functools import partial
from pathlib import Path
from retrieval.errors import CatalogueError
from retrieval.read_beside import begin_reading

reading = begin_reading(Path(sys.argv[1]))
assert isinstance(reading, partial), "it is read here"
if sys.argv[2] == "kill":
    os.kill(reading.args[1].pid, signal.SIGKILL)
seen = []
try:
    found = reading(lambda *now: seen.append(now))
    assert ("Reading rows", len(found.rows), len(found.rows)) in seen
    Path(sys.argv[2]).write_bytes(pickle.dumps(found))
except CatalogueError as error:
    print(error)
assert not reading.args[1].is_alive() or reading.args[1].join(10) or not reading.args[1].is_alive()
"""


def waited(path: Path, out: Path | str) -> str:
    command = [sys.executable, "-c", WAITS, str(path), str(out)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("large") / "shop.jsonl"
    words = "A thing that is good for what it is good for. " * 20
    rows = ({"id": f"p{n}", "title": f"Thing {n}", "price": n, "about": words} for n in range(1200))
    path.write_text("\n".join(map(json.dumps, rows)))
    assert path.stat().st_size > LARGE
    return path


def test_another_process_reads_the_same(large: Path, tmp_path: Path) -> None:
    import pickle  # noqa: PLC0415

    assert waited(large, tmp_path / "found") == ""
    assert pickle.loads((tmp_path / "found").read_bytes()) == read_file(large)


def test_its_errors_are_those_of_reading_here(large: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_text(large.read_text()[:-40])
    assert "is cut off" in waited(broken, tmp_path / "found")


def test_its_end_is_told(large: Path) -> None:
    assert "ended (-9)" in waited(large, "kill")
