"""Training the second reader: what is learned from, and a whole small run."""

import hashlib
import json
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner
from safetensors.torch import load_file, save_file

from chatbot.lexicon import Lexicon
from chatbot.mention_model import (
    SETTINGS,
    WEIGHTS,
    MiniLmReader,
    Network,
    ReaderFile,
    likely,
    new_network,
)
from chatbot.parts import Parts
from chatbot.second_reader import Heard, Likely, Span
from finetune.labelled import Labelled, lessons_in, read_labelled
from finetune.reader import lessons_of, write_reader
from retrieval.eight_bits import in_full
from retrieval.errors import ModelUnavailable, TastemakerError
from tests.conftest import ROOT
from ui.main import main

COMMITTED = ROOT / "data" / "models" / "reader"
MADE = {"data": {}, "seed": 0, "epochs": 0}


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
    found, guessed = lessons_in(said, lexicon)
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
    guesses = zip(guessed.heard.maybe, guessed.maybe, strict=True)
    words = guessed.heard.words
    right = [(" ".join(words[s.first : s.last + 1]), is_title) for s, is_title in guesses]
    assert ("Alien", True) in right
    assert sum(is_title is True for _, is_title in right) == 1
    assert guessed.heard.named == ()
    assert not any(guessed.acts.values())


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
    assert sum(f.stat().st_size for f in COMMITTED.iterdir()) <= 9_200_000
    beside = (f for f in COMMITTED.parent.rglob("*") if f.is_file())
    assert sum(f.stat().st_size for f in beside) <= 11_000_000, "an adapter needs room in 12 MB"
    assert not any("kept_apart" in name for name in made.data)
    assert made.drop["against"] <= 0.02, "only words that are as good as never ruled out"
    assert made.drop["strength"] == 0


@pytest.fixture(scope="module")
def unrounded() -> Network:
    """The network that comes with the project, moved off the steps that its weights are stored in."""
    stored, network = load_file(COMMITTED / WEIGHTS), new_network()
    torch.manual_seed(0)
    state = {
        name: value.float() + stored[f"{name}.steps"] * (torch.rand(value.shape) - 0.5)
        if f"{name}.steps" in stored
        else value.float()
        for name, value in in_full(stored).items()
    }
    network.upper.load_state_dict(state)
    return network


def each_likelihood(found: Likely) -> list[float]:
    named = [p for kinds in found.named for p in kinds.values()]
    return [*found.acts.values(), *named, *(p for kinds in found.words for p in kinds.values())]


def sign(folder: Path) -> None:
    """Write down the weights that lie there as those that belong there."""
    made = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
    made["weights_sha256"] = hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()
    (folder / SETTINGS).write_text(json.dumps(made), encoding="utf-8")


def test_what_is_stored_in_eight_bits_says_what_the_trained_network_says(
    unrounded: Network, lexicon: Lexicon, tmp_path: Path
) -> None:
    """Within .01 of nearly all likelihoods, and on the same side of a half for 499 of 500."""
    write_reader(unrounded, MADE, tmp_path)
    stored = new_network()
    stored.upper.load_state_dict(in_full(load_file(tmp_path / WEIGHTS)))
    rows = read_labelled(ROOT / "tests" / "utterances" / "understanding_more.jsonl")
    films = [r for r in rows if (r.catalogue, r.language) == ("films", "en")]
    pairs = []
    for one in lessons_of(films, {"films": lexicon}):
        exact, read = (each_likelihood(likely(n, [one.heard])[0]) for n in (unrounded, stored))
        pairs += list(zip(exact, read, strict=True))
    apart = sorted(abs(a - b) for a, b in pairs)
    turned = sum((a >= 0.5) != (b >= 0.5) for a, b in pairs)
    print(f"\n{len(apart):,} likelihoods: mean {sum(apart) / len(apart):.5f}, "
          f"p99 {apart[int(0.99 * len(apart))]:.4f}, most {apart[-1]:.3f}, turned {turned}")  # fmt: skip
    assert 0 < apart[-1] < 0.15
    assert apart[int(0.99 * len(apart))] < 0.01
    assert turned <= len(apart) / 500


def test_weights_stored_in_sixteen_bits_still_open(unrounded: Network, tmp_path: Path) -> None:
    write_reader(unrounded, MADE, tmp_path)
    state = unrounded.upper.state_dict()
    save_file({n: v.to(torch.bfloat16).contiguous() for n, v in state.items()}, tmp_path / WEIGHTS)
    sign(tmp_path)
    said = Heard(
        ("I", "loved", "Alien"), ("plain", "plain", "title"), (Span(2, 2, ("alien-1979",)),)
    )
    found = each_likelihood(MiniLmReader(tmp_path).read(said))
    assert found == pytest.approx(each_likelihood(likely(unrounded, [said])[0]), abs=0.05)
    assert (tmp_path / WEIGHTS).stat().st_size > 1.9 * (COMMITTED / WEIGHTS).stat().st_size


def test_stored_bytes_without_their_steps_are_refused_with_a_way_out(
    unrounded: Network, tmp_path: Path
) -> None:
    write_reader(unrounded, MADE, tmp_path)
    stored = load_file(tmp_path / WEIGHTS)
    del stored["layers.0.output.dense.weight.steps"]
    save_file(stored, tmp_path / WEIGHTS)
    sign(tmp_path)
    with pytest.raises(ModelUnavailable, match=r"its steps are missing.*second_reader=none"):
        MiniLmReader(tmp_path)
