"""Training the encoder, with a network of two tiny layers: files, resuming, masking, using the delta."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from transformers import AutoModel, BertConfig, BertModel, BertTokenizerFast

from finetune.encoder import Plan, train
from finetune.pairs import Lessons, Pair, is_held, lessons_of
from finetune.samples import Message, Sample
from finetune.tower import Tower
from retrieval.delta import SETTINGS, WEIGHTS, add_delta, delta_name
from retrieval.errors import ModelUnavailable, TastemakerError
from tests.conftest import make_retriever

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefghijklmnop"]
PLAN = Plan(epochs=3, batch=4, rank=2, rate=5e-3, hard=1, save_every=3, patience=9)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of two layers and sixteen words, with random weights."""

    folder = tmp_path_factory.mktemp("tiny")
    (folder / "vocab.txt").write_text("\n".join(WORDS))
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(WORDS), hidden_size=16, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=32, max_position_embeddings=64,
    )  # fmt: skip
    BertModel(config).save_pretrained(folder)
    BertTokenizerFast(vocab_file=str(folder / "vocab.txt")).save_pretrained(folder)
    return folder


def lessons() -> Lessons:
    """Who says a letter is suggested the item of that letter's neighbour."""
    letters = WORDS[5:]
    texts = tuple(f"{letter} {letter}" for letter in letters)
    pairs = [
        Pair(letters[n], (n + 1) % 16, ((n + 5) % 16,), frozenset({(n + 1) % 16}))
        for n in range(16)
    ]
    return Lessons(tuple(pairs * 2), tuple(pairs[:6]), texts)


def test_training_leaves_these_files_and_learns(base: Path, tmp_path: Path) -> None:
    told: list[str] = []
    history = train(lessons(), base, tmp_path, PLAN, tell=told.append)
    files = sorted(p.name for p in tmp_path.iterdir())
    assert files == ["checkpoint", "delta.json", "delta.safetensors", "history.json", "plan.json"]
    assert [row["epoch"] for row in history] == [0, 1, 2, 3]
    assert history[3]["loss"] < history[1]["loss"]
    assert len(told) == 4
    assert json.loads((tmp_path / "history.json").read_text())[1:] == history[1:]


def test_a_run_that_was_killed_ends_with_the_same_figures(base: Path, tmp_path: Path) -> None:
    whole = train(lessons(), base, tmp_path / "whole", PLAN)

    class Killed(Exception):
        pass

    steps = 0

    def killer(what: str, done: int, of: int) -> None:
        nonlocal steps
        steps += 1
        if steps == 13:  # in the middle of the second epoch, one step after a state was kept
            raise Killed

    with pytest.raises(Killed):
        train(lessons(), base, tmp_path / "killed", PLAN, killer)
    resumed = train(lessons(), base, tmp_path / "killed", PLAN)
    assert resumed == whole
    assert delta_name(tmp_path / "whole") == delta_name(tmp_path / "killed")
    with pytest.raises(TastemakerError, match="other settings"):
        train(lessons(), base, tmp_path / "killed", Plan(epochs=9))


def test_the_delta_changes_the_network_as_in_training(base: Path, tmp_path: Path) -> None:

    train(lessons(), base, tmp_path, PLAN)
    network: Any = AutoModel.from_pretrained(str(base))
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    add_delta(network, tmp_path)
    changed = {
        name
        for name, tensor in network.state_dict().items()
        if not torch.equal(tensor, before[name])
    }
    assert len(changed) == 12  # six matrices in each of two layers
    assert all(name.endswith("weight") for name in changed)


@pytest.mark.parametrize(
    ("damage", "said"),
    [("nan", "no numbers"), ("huge", "too large"), ("shape", "shape"), ("cut", "")],
)
def test_a_delta_that_does_not_fit_is_refused_and_changes_nothing_it_did_not_check(
    base: Path, tmp_path: Path, damage: str, said: str
) -> None:

    layer = "encoder.layer.0.attention.self.query"
    state = {f"{layer}.A": torch.ones(2, 16), f"{layer}.B": torch.ones(16, 2)}
    if damage == "nan":
        state[f"{layer}.A"][0, 0] = float("nan")
    if damage == "huge":
        state[f"{layer}.A"] *= 1e4
    if damage == "shape":
        state[f"{layer}.B"] = torch.ones(8, 2)
    save_file(state, tmp_path / WEIGHTS)
    (tmp_path / SETTINGS).write_text('{"rank": 2, "alpha": 4}')
    if damage == "cut":
        (tmp_path / WEIGHTS).write_bytes((tmp_path / WEIGHTS).read_bytes()[:-9])
    network = AutoModel.from_pretrained(str(base))
    with pytest.raises(ModelUnavailable, match=f"encoder delta.*{said}"):
        add_delta(network, tmp_path)


def test_a_missing_delta_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="finetune encoder"):
        delta_name(tmp_path)


def test_hard_negatives_are_near_and_were_never_named(tmp_path: Path) -> None:
    rows = [
        {"id": f"i{n}", "title": f"Tale {n}", "description": "dragons " * (n % 7)}
        for n in range(90)
    ]
    samples = [
        Sample(
            id=f"s{n}", dialogue=f"d{n}", context=(Message(role="user", text="dragons please"),),
            mentioned=("i1",), labels=(f"i{n}",),
        )
        for n in range(2, 60)
    ]  # fmt: skip
    made = lessons_of(samples, make_retriever(tmp_path, rows), 2, 0)
    assert len(made.learned) + len(made.held) == 58
    assert {is_held(f"d{pair.item}") for pair in made.held} == {True}
    for pair in made.learned:
        assert len(pair.hard) == 2
        assert not set(pair.hard) & pair.known
        assert 1 in pair.known
    assert np.mean([n % 7 > 0 for pair in made.learned for n in pair.hard]) > 0.8
    with pytest.raises(TastemakerError, match="too little"):
        lessons_of(samples[:1], make_retriever(tmp_path / "again", rows), 0, 0)


def test_two_processes_learn_together(base: Path, tmp_path: Path) -> None:
    """They share each epoch's batches, so a step is of two; what is stored is of both."""
    program = tmp_path / "two.py"
    program.write_text(
        "import sys\nfrom pathlib import Path\nfrom finetune.encoder import train\n"
        "from tests.finetune.test_encoder import PLAN, lessons\n"
        "train(lessons(), Path(sys.argv[1]), Path(sys.argv[2]), PLAN)\n"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-m", "accelerate.commands.launch", "--cpu", "--num_processes", "2",
         "--num_machines", "1", "--mixed_precision", "no", "--main_process_port", "0",
         str(program), str(base), str(tmp_path / "two")],
        env={**os.environ, "PYTHONPATH": str(root), "OMP_NUM_THREADS": "1"}, cwd=root,
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    history = json.loads((tmp_path / "two" / "history.json").read_text())
    assert [row["epoch"] for row in history] == [0, 1, 2, 3]
    assert history[3]["loss"] < history[1]["loss"]
    network: Any = AutoModel.from_pretrained(str(base))
    add_delta(network, tmp_path / "two")


@pytest.mark.parametrize("quick", [torch.float32, torch.bfloat16])
def test_it_multiplies_in_what_is_quick_here(
    base: Path, quick: torch.dtype, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A processor that has to imitate bfloat16 took ten times as long, and gained nothing by it."""
    monkeypatch.setattr("retrieval.precision.fastest_dtype", lambda _: quick)
    tower, seen = Tower(base, 2), set()
    for part in tower.network.modules():
        if isinstance(part, torch.nn.Linear):
            part.register_forward_hook(lambda _, __, out: seen.add(out.dtype))
    assert tower.encode(["a b"], query=False).dtype == np.float32
    assert seen == {quick}
