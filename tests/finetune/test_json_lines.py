"""Files of JSON Lines: gzipped or not, and which line is at fault, in the words of each reader."""

import gzip
import json
import re
from pathlib import Path

import pytest

from finetune.dialogues import read_dialogues
from finetune.json_lines import numbered_lines
from finetune.labelled import read_labelled
from finetune.samples import SamplesError, read_samples
from retrieval.errors import TastemakerError

DIALOGUE = json.dumps({"id": "d", "turns": [{"role": "user", "text": "没有恐怖"}]})


def test_a_file_is_read_gzipped_or_not_and_blank_lines_count_as_lines(tmp_path: Path) -> None:
    text = f"{DIALOGUE}\n\n{DIALOGUE}\n"
    plain, packed = tmp_path / "d.jsonl", tmp_path / "d.jsonl.gz"
    plain.write_text(text, encoding="utf-8")
    with gzip.open(packed, "wt", encoding="utf-8") as file:
        file.write(text)
    for path in (plain, packed):
        assert [number for number, _ in numbered_lines(path)] == [1, 3]
        assert [d.turns[0].text for d in read_dialogues(path)] == ["没有恐怖"] * 2


def test_each_reader_says_in_its_own_words_what_is_wrong_where(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text("\n" + '{"id": "a"}' + "\n")
    with pytest.raises(TastemakerError) as told:
        list(read_dialogues(path))
    assert str(told.value) == f"{path}, line 2 is no dialogue: turns: Field required"
    with pytest.raises(TastemakerError) as told:
        read_labelled(path)
    assert str(told.value) == f"{path}, line 2 is no labelled utterance: say: Field required"
    with pytest.raises(
        SamplesError, match=re.escape("bad.jsonl, line 2, context: Field required.")
    ):
        read_samples(path)
