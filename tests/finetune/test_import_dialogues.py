"""Dialogues of others come into the log, and out of it as the same samples as the public ones."""

import gzip
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from chatbot.log import ConversationLog
from chatbot.logged import read_log
from finetune.from_log import gather
from finetune.import_dialogues import Imported, import_dialogues
from finetune.samples import read_samples
from retrieval.errors import TastemakerError
from tests.conftest import ROOT, SHARED

KNOWN = frozenset("abc")
DIALOGUE: dict[str, Any] = {
    "id": "7",
    "turns": [
        {"role": "assistant", "text": "Hello!", "items": []},
        {"role": "user", "text": "I loved a", "items": ["a"]},
        {"role": "user", "text": "and you?"},
        {"role": "assistant", "text": "Try b, or b again, or z", "items": ["b", "b", "z"]},
        {"role": "assistant", "text": "or c, or a", "items": ["c", "a"]},
        {"role": "user", "text": "no c"},
    ],
    "feedback": {
        "b": {"suggested": 1, "seen": 1, "liked": 1},
        "c": {"suggested": 1, "seen": 0, "liked": 0},
        "z": {"suggested": 1, "seen": 1, "liked": 1},
    },
}


def written(path: Path, *dialogues: object) -> Path:
    path.write_text("".join(json.dumps(d) + "\n" for d in dialogues), encoding="utf-8")
    return path


def test_a_dialogue_gives_a_sample_for_each_decision_of_its_recommender(tmp_path: Path) -> None:
    log = ConversationLog(tmp_path)
    file = written(tmp_path / "d.jsonl", DIALOGUE)
    assert import_dialogues(log, file, "films", KNOWN, "old") == Imported(1, 0, 5, 1)
    first, second = gather(read_log(tmp_path)).samples
    assert [(s.id, s.labels, s.mentioned) for s in (first, second)] == [
        ("old/7/3", ("b",), ("a",)), ("old/7/4", ("c", "a"), ("a", "b")),
    ]  # fmt: skip
    assert [(m.role, m.text) for m in second.context] == [
        (t["role"], t["text"]) for t in DIALOGUE["turns"][:4]
    ]
    assert [(p.id, p.why, p.weight) for s in (first, second) for p in s.positives] == [
        ("b", "named, liked", 1.0), ("c", "named, disliked", 0.0), ("a", "named", 1.0),
    ]  # fmt: skip
    assert {p.propensity for s in (first, second) for p in s.positives} == {None}


def test_again_brings_nothing_new(tmp_path: Path) -> None:
    log = ConversationLog(tmp_path)
    file = written(tmp_path / "d.jsonl", DIALOGUE, DIALOGUE | {"id": "8"})
    import_dialogues(log, file, "films", KNOWN, "old")
    before = gather(read_log(tmp_path)).samples
    told: list[tuple[str, int, int]] = []
    again = import_dialogues(log, file, "films", KNOWN, "old", lambda *t: told.append(t))
    assert again == Imported(0, 2, 0, 1)
    assert told[-1] == ("importing", 2, 2)
    assert gather(read_log(tmp_path)).samples == before
    log.forget("old/7")
    assert import_dialogues(log, file, "films", KNOWN, "old").added == 0


def test_a_file_that_cannot_be_read_to_its_end_changes_nothing(tmp_path: Path) -> None:
    log = ConversationLog(tmp_path / "home")
    packed = gzip.compress(json.dumps(DIALOGUE).encode() + b"\n")
    (tmp_path / "d.jsonl.gz").write_bytes(packed[:-9])
    written(tmp_path / "bad.jsonl", DIALOGUE, {"id": 3})
    written(tmp_path / "other.jsonl", DIALOGUE)
    for name, known, said in (
        ("d.jsonl.gz", KNOWN, "cannot be read"), ("bad.jsonl", KNOWN, "line 2"),
        ("other.jsonl", frozenset({"q"}), "names no item of the catalogue 'films'"),
    ):  # fmt: skip
        with pytest.raises(TastemakerError, match=said):
            import_dialogues(log, tmp_path / name, "films", known, "old")
    assert list(read_log(tmp_path / "home")) == []


KILLED = """
import sys
from pathlib import Path
from chatbot.log import ConversationLog
from finetune.import_dialogues import import_dialogues
home, file = map(Path, sys.argv[1:])
import_dialogues(ConversationLog(home), file, "films", frozenset("abc"), "old")
"""


def test_killed_half_way_and_given_again_it_is_as_if_it_had_not_been(tmp_path: Path) -> None:
    file = written(tmp_path / "d.jsonl", *(DIALOGUE | {"id": str(n)} for n in range(3000)))
    home = tmp_path / "home"
    ConversationLog(home)
    with subprocess.Popen([sys.executable, "-c", KILLED, home, file], cwd=ROOT) as process:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not (len(list(read_log(home))) > 20):
            time.sleep(0.02)
        process.kill()
    half = list(read_log(home))
    assert 20 < len(half) < 3000
    assert {len(c.turns) for c in half} == {5}
    done = import_dialogues(ConversationLog(home), file, "films", KNOWN, "old")
    assert (done.added, done.there) == (3000 - len(half), len(half))
    assert len(gather(read_log(home)).samples) == 6000


def test_redial_through_the_log_is_redial(tmp_path: Path) -> None:
    """One path from talk to training: a hundred public dialogues, imported, against the public samples
    of the same conversations."""
    if not SHARED.is_dir():
        pytest.skip(f"the dialogues are not at {SHARED}")
    with gzip.open(SHARED / "catalogues" / "redial.jsonl.gz", "rt", encoding="utf-8") as lines:
        known = frozenset(json.loads(line)["id"] for line in lines)
    with gzip.open(SHARED / "dialogues" / "redial-train.jsonl.gz", "rt", encoding="utf-8") as lines:
        dialogues = [json.loads(line) for _, line in zip(range(100), lines, strict=False)]
    file = written(tmp_path / "d.jsonl", *dialogues)
    import_dialogues(ConversationLog(tmp_path), file, "redial", known, "redial")
    ours = {s.id.removeprefix("redial/"): s for s in gather(read_log(tmp_path)).samples}
    named = {d["id"] for d in dialogues}
    public = {
        s.id: s
        for s in read_samples(SHARED / "samples" / "redial-train.jsonl.gz")
        if s.dialogue in named
    }
    same = {
        part: sum(getattr(ours[id], part) == getattr(public[id], part) for id in ours)
        for part in ("labels", "mentioned", "context")
    }
    print(f"\n{len(public)} public samples, {len(ours)} through the log; the same: {same}")
    assert ours.keys() == public.keys()
    assert len(ours) > 200
    assert min(same.values()) >= 0.99 * len(ours)
