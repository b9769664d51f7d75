"""Fine-tuning the scorer, with a model of four tiny layers: files, learning, resuming, refusing."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from transformers import AutoModel, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from finetune.decisions import Decision, Decisions
from finetune.nats import losses
from finetune.scorer import Plan, train
from retrieval.errors import ModelUnavailable, TastemakerError
from retrieval.joint_network import HEAD, JointNetwork, Shape
from retrieval.prompt import ScorerPrompt
from retrieval.trained_scorer import FILE, TrainedScorer

LETTERS = "abcdefghijkl"
PLAN = Plan(
    epochs=3, batch=4, negatives=5, rank=4, apart=1, reads=3, rate=2e-2, head_rate=2e-2,
    longest_conversation=32, longest_card=8, depth=12, save_every=3, patience=9,
)  # fmt: skip


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_base(tmp_path_factory.mktemp("tiny"))


def made_base(folder: Path, more: Sequence[str] = ()) -> Path:
    """A Llama of four layers that knows twelve letters and a few words, with random weights."""
    known = ["[UNK]", "[PAD]", *LETTERS, "wants", "card", *more]
    words = {word: n for n, word in enumerate(known)}
    words_only = Tokenizer(WordLevel(words, unk_token="[UNK]"))
    words_only.pre_tokenizer = Whitespace()
    PreTrainedTokenizerFast(
        tokenizer_object=words_only, unk_token="[UNK]", pad_token="[PAD]"
    ).save_pretrained(folder)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(words), hidden_size=32, num_hidden_layers=4, num_attention_heads=4,
        num_key_value_heads=2, intermediate_size=48, max_position_embeddings=256,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


def decisions(many: int = 60, held: int = 10) -> Decisions:
    """Who wants a letter takes the card of that letter; the arms know nothing."""
    rng = np.random.default_rng(0)
    made = []
    for n in range(many):
        rows = rng.permutation(len(LETTERS))
        wanted = int(rng.integers(len(LETTERS)))
        chosen = rows == wanted
        said = f"wants {LETTERS[wanted]}"
        made.append(
            Decision(said, f"d{n}", rows, rng.normal(0, 1e-3, 12), chosen, np.zeros(12, bool))
        )
    return Decisions(tuple(made[held:]), tuple(made[:held]), tuple(f"card {x}" for x in LETTERS))


FILES = [
    "checkpoint", "delta.json", "delta.safetensors", "head.safetensors", "history.json",
    "plan.json", "scorer.json",
]  # fmt: skip


def test_training_leaves_these_files_and_learns(base: Path, tmp_path: Path) -> None:
    told: list[str] = []
    plan = replace(PLAN, epochs=8, rate=3e-3)
    file, history = train(decisions(340, 40), base, tmp_path, plan, "made up", tell=told.append)
    assert sorted(p.name for p in tmp_path.iterdir()) == FILES
    assert len(told) == len(history) == 9
    assert history[0]["recall@1"] <= 0.5
    assert history[-1]["held loss"] < history[0]["held loss"] - 0.5
    assert file.weight > 0
    best = min(row["held loss"] for row in history[1:])
    scorer, made = TrainedScorer(base, tmp_path), decisions(340, 40)
    served = [
        np.array(scorer.score(ScorerPrompt(one.said), [made.cards[n] for n in one.rows]))
        for one in made.held
    ]
    assert losses(made.held, served, 1.0).mean() == pytest.approx(best, abs=0.05)
    assert scorer.score(ScorerPrompt("wants c"), []) == []


@pytest.mark.parametrize("loss", ["listwise", "pairwise"])
def test_a_run_that_was_killed_ends_with_the_same_figures(
    base: Path, tmp_path: Path, loss: Literal["listwise", "pairwise"]
) -> None:
    plan = replace(PLAN, loss=loss)
    whole = train(decisions(), base, tmp_path / "whole", plan, "x")

    class Killed(Exception):
        pass

    def killer(what: str, done: int, of: int) -> None:
        if what.startswith("epoch 2") and done == 5:  # two steps after a state was kept
            raise Killed

    with pytest.raises(Killed):
        train(decisions(), base, tmp_path / "killed", plan, "x", killer)
    assert train(decisions(), base, tmp_path / "killed", plan, "x") == whole
    for name in ("delta.safetensors", HEAD, FILE):
        assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "killed" / name).read_bytes()
    with pytest.raises(TastemakerError, match="other settings"):
        train(decisions(), base, tmp_path / "killed", replace(plan, epochs=9), "x")


def test_two_processes_learn_what_one_learns(base: Path, tmp_path: Path) -> None:
    program = tmp_path / "two.py"
    program.write_text(
        "import sys\nfrom pathlib import Path\nfrom finetune.scorer import train\n"
        "from tests.finetune.test_scorer import PLAN, decisions\n"
        "train(decisions(), Path(sys.argv[1]), Path(sys.argv[2]), PLAN, 'x')\n"
    )
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "accelerate.commands.launch", "--cpu", "--num_processes", "2",
         "--num_machines", "1", "--mixed_precision", "no", "--main_process_port", "0",
         str(program), str(base), str(tmp_path / "two")],
        env=environment, cwd=root, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    train(decisions(), base, tmp_path / "one", PLAN, "x")
    history = [json.loads((tmp_path / n / "history.json").read_text()) for n in ("one", "two")]
    for one, two in zip(*history, strict=True):
        assert one == pytest.approx(two, abs=2e-2)


def test_what_is_read_apart_is_read_as_the_model_reads_it(base: Path) -> None:
    """With no layer apart, a card's states are those of the plain model after the whole text."""
    network = JointNetwork(base, Shape(0, 3, 2), "cpu")
    network.head = torch.nn.Sequential(torch.nn.Identity(), torch.nn.Linear(32, 1))
    said, cards = network.tokens("wants a b c"), [network.tokens("card a"), network.tokens("d")]
    with torch.no_grad():
        (read,) = network.states([said])
        found = network.scores(read, network.states(cards))
        plain = AutoModel.from_pretrained(str(base), num_hidden_layers=3, dtype=network.dtype)
        plain.norm = torch.nn.Identity()
        for score, card in zip(found, cards, strict=True):
            last = plain(torch.tensor([said + card])).last_hidden_state[0, -1]
            assert float(score) == pytest.approx(float(network.head(last[None].float())), abs=2e-2)


def test_a_folder_that_was_changed_or_is_of_another_model_is_refused(
    base: Path, tmp_path: Path
) -> None:
    train(decisions(), base, tmp_path / "run", replace(PLAN, epochs=1), "x")
    other = tmp_path / "other"
    other.mkdir()
    for file in base.iterdir():
        (other / file.name).write_bytes(file.read_bytes())
    state = load_file(other / "model.safetensors")
    name = next(iter(state))
    save_file({**state, name: state[name] + 1}, other / "model.safetensors", {"format": "pt"})
    with pytest.raises(ModelUnavailable, match="trained on other weights"):
        TrainedScorer(other, tmp_path / "run")
    head = load_file(tmp_path / "run" / HEAD)
    name = next(iter(head))
    head[name][0] = float("nan")
    save_file(head, tmp_path / "run" / HEAD)
    with pytest.raises(ModelUnavailable, match="not the ones it was stored with"):
        TrainedScorer(base, tmp_path / "run")
    network = JointNetwork(base, Shape(1, 3, 4))
    with pytest.raises(ModelUnavailable, match="no number"):
        network.load(tmp_path / "run")
    with pytest.raises(ModelUnavailable, match="finetune scorer"):
        TrainedScorer(base, tmp_path / "nothing")
    with pytest.raises(ModelUnavailable, match="two parts"):
        JointNetwork(base, Shape(2, 9, 4))
