"""Training the second reader: what is learned from, and a whole small run."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from chatbot.lexicon import Lexicon
from chatbot.mention_model import SETTINGS, WEIGHTS, MiniLmReader, ReaderFile
from chatbot.parts import Parts
from finetune.labelled import Labelled, lesson, read_labelled
from retrieval.errors import TastemakerError
from tests.conftest import ROOT
from ui.main import main

COMMITTED = ROOT / "data" / "models" / "reader"


def row(say: str, acts: list[str], slots: list[list[str]], **more: object) -> Labelled:
    given = {"catalogue": "films", "language": "en", "acts": acts, "slots": slots, **more}
    return Labelled.model_validate({"say": say, **given})


@pytest.fixture
def lexicon(parts: Parts) -> Lexicon:
    return parts.lexicon


def test_a_lesson_says_what_each_name_and_word_was_labelled_as(lexicon: Lexicon) -> None:
    slots = [["liked", "Alien"], ["want", "funny"], ["avoid", "gore"]]
    said = row("I loved Alien, something funny, no gore, tonight", ["like", "inform", "negate"], slots,
               slots_ok=[["context", "tonight"], ["seen", "Alien"]], acts_ok=["seen"])  # fmt: skip
    found = lesson(said, lexicon)
    assert found is not None
    assert found.acts["like"] is True
    assert found.acts["seen"] is None
    assert found.acts["undo"] is False
    (alien,) = found.named
    assert (alien["liked"], alien["seen"], alien["similar"]) == (True, None, False)
    meant = dict(zip(found.heard.words, found.words, strict=True))
    assert meant == {
        "I": "nothing", "loved": "nothing", "Alien": None, "something": "nothing", "funny": "want",
        "no": "nothing", "gore": "avoid", "tonight": None,
    }  # fmt: skip


def test_a_line_that_is_no_labelled_utterance_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text('{"say": "hello"}\n')
    with pytest.raises(TastemakerError, match=r"bad\.jsonl, line 1"):
        read_labelled(tmp_path / "bad.jsonl")


def test_one_command_trains_a_reader_that_can_be_opened(tmp_path: Path) -> None:
    source = ROOT / "tests" / "utterances" / "understanding.jsonl"
    rows = [json.loads(line) for line in source.read_text(encoding="utf-8").splitlines()]
    few = [json.dumps(r) for r in rows if r["catalogue"] == "films" and r["language"] == "en"][:8]
    (tmp_path / "few.jsonl").write_text("\n".join(few) + "\n", encoding="utf-8")
    out = tmp_path / "reader"
    given = ["finetune", "reader", str(tmp_path / "few.jsonl"), "--out", str(out), "--epochs", "1"]
    done = CliRunner().invoke(main, [*given, "--home", str(tmp_path / "home")])
    assert done.exit_code == 0, done.output
    assert "8 utterances learned from" in done.output
    assert sorted(f.name for f in out.iterdir()) == [SETTINGS, WEIGHTS]
    assert MiniLmReader(out).name.startswith("minilm-reader-")


def test_the_reader_that_comes_with_the_project_is_small_and_says_what_made_it() -> None:
    made = ReaderFile.model_validate_json((COMMITTED / SETTINGS).read_text(encoding="utf-8"))
    assert sum(f.stat().st_size for f in COMMITTED.iterdir()) < 12_000_000
    assert not any("kept_apart" in name for name in made.data)
    assert made.drop["against"] == 0, "what is ruled out is never dropped"
