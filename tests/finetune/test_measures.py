"""Measuring: known answers, intervals over dialogues, and a blend that is only kept if it helps."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from finetune.evaluate import Ours, evaluate
from finetune.metrics import bootstrap, gains, summarise
from finetune.samples import Message, Sample, SamplesError, read_samples
from retrieval.settings import RankSettings
from tests.conftest import SHARED, make_retriever


def test_measures_of_known_ranks() -> None:
    found = gains(np.array([1.0, 3.0, 11.0, np.inf]))
    assert found["recall@1"].tolist() == [1, 0, 0, 0]
    assert found["recall@5"].tolist() == [1, 1, 0, 0]
    assert found["recall@20"].tolist() == [1, 1, 1, 0]
    assert found["mrr@10"].tolist() == pytest.approx([1, 1 / 3, 0, 0])
    assert found["ndcg@10"].tolist() == pytest.approx([1, 1 / math.log2(4), 0, 0])


def test_an_interval_is_wider_when_labels_come_in_dialogues() -> None:
    ranks = [1.0, 100.0] * 50
    alone = summarise(ranks, [str(n) for n in range(100)])["recall@1"]
    grouped = summarise(sorted(ranks), [str(n // 10) for n in range(100)])["recall@1"]
    assert alone.low < 0.5 < alone.high
    assert grouped.high - grouped.low > alone.high - alone.low
    assert bootstrap(np.ones(5), list("abcde")) == bootstrap(np.ones(5), list("abcde"))


ROWS = [
    {
        "id": f"i{n}",
        "title": f"Film {n}",
        "genres": ["drama"],
        "description": f"word{n} " * 9,
        "popularity": 20 - n,
    }
    for n in range(20)
]
SAMPLES = [
    Sample(
        id=f"s{n}",
        dialogue=f"d{n}",
        context=(Message(role="user", text=f"something about word{n}"),),
        mentioned=("i0",),
        labels=(f"i{n}", "gone"),
    )
    for n in range(1, 20)
]


def test_the_right_item_first_scores_one_and_a_label_that_is_not_there_is_a_miss(
    tmp_path: Path,
) -> None:
    found = evaluate(SAMPLES, Ours(make_retriever(tmp_path, ROWS), RankSettings()))
    assert found["samples"] == 19
    assert found["labels"] == {"all": 38, "new": 38}
    assert found["rows"]["bm25"]["new"]["recall@1"]["value"] == 0.5
    assert found["rows"]["ours"]["new"]["recall@50"]["value"] == 0.5
    assert found["rows"]["popularity"]["new"]["recall@1"]["value"] == pytest.approx(
        1 / 38, abs=1e-4
    )
    assert json.dumps(found) == json.dumps(
        evaluate(SAMPLES, Ours(make_retriever(tmp_path, ROWS), RankSettings()))
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no sample"),
        ("x", "line 1 is not JSON"),
        ('{"id": "a"}', "line 1, context"),
        (
            '{"id": "a", "context": [{"role": "bot", "text": "x"}], "mentioned": [], "labels": []}',
            "line 1, context.0.role",
        ),
    ],
)
def test_a_bad_file_of_samples_is_refused_with_its_line(
    tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "s.jsonl").write_text(text)
    with pytest.raises(SamplesError, match=said):
        read_samples(tmp_path / "s.jsonl")


@pytest.mark.parametrize("name", ["redial-dev", "inspired-train", "opendialkg-dev"])
def test_samples_that_nobody_here_wrote_can_be_read(name: str) -> None:
    path = SHARED / "samples" / f"{name}.jsonl.gz"
    if not path.is_file():
        pytest.skip("the measuring samples are not on this machine")
    samples: list[Any] = list(read_samples(path))
    assert samples
    assert any(sample.labels for sample in samples)
