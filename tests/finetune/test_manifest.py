"""The file of samples and its manifest: what went in, whole or not at all."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from chatbot.log import ConversationLog
from chatbot.logged import read_log
from finetune.caps import cap
from finetune.from_log import gather
from finetune.manifest import Settings, describe, file_of, manifest_of, read_manifest, write
from finetune.samples import SamplesError, read_samples
from retrieval.errors import TastemakerError
from tests.finetune.logs import FIVE, Teller, teller


def whole(home: Path, out: Path, **asked: Any) -> None:
    settings = Settings(**asked)
    gathered = gather(read_log(home), settings.catalogue, settings.since)
    capped = cap(gathered.samples, settings.visitor_share, settings.item_share, settings.seed)
    data = file_of(capped.samples, out.suffix == ".gz")
    write(out, data, describe(gathered, capped, data, {"films": "h"}, settings))


def test_the_manifest_says_what_went_in_and_what_did_not(tmp_path: Path) -> None:
    log = ConversationLog(tmp_path)
    for n in range(4):
        told = Teller.begin(log, f"v{n}")
        told.say("before", FIVE)
        told.react("a", "like")
        if n == 3:
            continue
        told.consent(True)
        told.say("a heist film", FIVE)
        told.react("a", "like")
        told.say("a western", ("x", "y"))
        told.react("x", "like")
    out = tmp_path / "s.jsonl.gz"
    whole(tmp_path, out, visitor_share=0.3)
    manifest = read_manifest(out)
    assert manifest.samples == len(read_samples(out)) == 3
    assert set(manifest.visitors.values()) == {1}
    assert manifest.conversations == {"in the log": 4, "in the samples": 3, "without consent": 1}
    assert manifest.turns == {"in the log": 10, "may be learned from": 6}
    assert manifest.lists == {"in the log": 9, "without consent": 3}
    assert sum(manifest.visitor_cap["dropped_samples"].values()) == 3
    dropped = sum(d["dropped"] for d in manifest.item_cap["dropped_positives"])
    assert manifest.item_cap["most"] == 1
    assert sum(manifest.positives.values()) + dropped == 3
    assert manifest.made_by[0]["encoder"] == "none"
    assert manifest.log["first"] <= manifest.log["last"]
    assert "v0" not in out.with_name("s.manifest.json").read_text()


def test_a_manifest_of_other_samples_is_refused(tmp_path: Path) -> None:
    told = teller(tmp_path)
    told.say("a heist film", FIVE)
    told.react("a", "like")
    out = tmp_path / "s.jsonl"
    whole(tmp_path, out)
    assert read_manifest(out).samples == 1
    out.write_bytes(out.read_bytes() + b"\n")
    with pytest.raises(SamplesError, match="manifest of other samples"):
        read_manifest(out)


def test_samples_are_written_whole_or_not_at_all(tmp_path: Path) -> None:
    told = teller(tmp_path)
    told.say("a heist film", FIVE)
    told.react("a", "like")
    out = tmp_path / "s.jsonl"
    whole(tmp_path, out)
    before = out.read_bytes(), manifest_of(out).read_bytes()
    told.react("b", "like")
    blocked = tmp_path / f".{manifest_of(out).name}.{os.getpid()}.part"
    blocked.mkdir()
    with pytest.raises((SamplesError, OSError)):
        whole(tmp_path, out)
    assert (out.read_bytes(), manifest_of(out).read_bytes()) == before


def test_a_home_without_a_log_is_said_to_be_one(tmp_path: Path) -> None:
    with pytest.raises(TastemakerError, match="no log"):
        gather(read_log(tmp_path))


def test_an_erased_visitor_is_in_no_sample_and_still_to_be_found_in_old_ones(
    tmp_path: Path,
) -> None:
    for id in ("v", "w"):
        told = teller(tmp_path, id)
        told.say(f"a heist film {id}", FIVE)
        told.react("a", "like")
    out = tmp_path / "s.jsonl"
    whole(tmp_path, out, item_share=1)
    gone = told.log.forget("w")
    assert gone in read_manifest(out).visitors
    (left,) = gather(read_log(tmp_path)).samples
    assert left.visitor != gone
    assert json.loads(left.model_dump_json())["context"][0]["text"] == "a heist film v"
