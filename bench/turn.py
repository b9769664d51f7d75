"""`tastemaker bench turn`: a whole turn over our films with a language model that ranks, and where its time goes.

The plain way is the same turn with the scorer that a careful user would write: all prompts in one padded
batch (`bench/plain/scorer.py`). Both read the 32 best; the weights are untrained, which changes no time. The
picture, with --picture, shows the stages of the middle turn of each, and of a turn without a language model.
"""

import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import torch

from bench.growth import SAID
from bench.plain.scorer import PlainScorer
from bench.waterfall import draw
from chatbot.conversation import Conversation
from chatbot.events import Finished, Recommended
from chatbot.parts import Parts
from chatbot.respond import respond
from finetune.scorer_reader import Reader
from retrieval.encoder import Progress
from retrieval.joint_network import Shape
from retrieval.precision import fastest_dtype
from retrieval.prompt import ScorerPrompt, prompt_hash
from retrieval.trained_scorer import FILE, ScorerFile, TrainedScorer, sha256, weights_sha256
from retrieval.weights import ensure_smollm2
from ui.opening import open_parts
from ui.settings import load

ROUNDS, DEPTH = 3, 32


class PlainTurns:
    """The plain scorer as a turn asks for scores."""

    in_nats = True
    name = "plain"

    def __init__(self, folder: Path, tokenizer: Any) -> None:
        self._plain, self._tokenizer = PlainScorer(folder, fastest_dtype("cpu")), tokenizer

    def score(self, prompt: ScorerPrompt, cards: Sequence[str]) -> list[float]:
        """See `Scorer.score`."""
        said, *rows = (
            self._tokenizer(text, add_special_tokens=False)["input_ids"]
            for text in (prompt.prefix, *cards)
        )
        found: list[float] = self._plain.padded_batch(said[-200:], rows).tolist()
        return found


def run(
    progress: Progress | None = None, home: Path | None = None, picture: Path | None = None
) -> list[dict[str, Any]]:
    """Two rows: milliseconds until the cards are there, and until all is said."""
    folder = ensure_smollm2(home or Path.home() / ".tastemaker", True, progress)
    settings, _ = load([], {}, {"scorer.model": "none"})
    with tempfile.TemporaryDirectory() as place:
        opened = open_parts(Path(place), "films", settings, progress)
        scorer = untrained(folder, Path(place) / "scorer")
        plain = PlainTurns(folder, scorer._network.tokenizer)
        try:
            ways = {
                "with the scorer": replace(
                    opened.parts, scorer=scorer, scorer_weight=0.1, scorer_depth=DEPTH
                ),
                "with a padded batch": replace(
                    opened.parts, scorer=plain, scorer_weight=0.1, scorer_depth=DEPTH
                ),
                "no language model": opened.parts,
            }
            found: dict[str, list[tuple[float, float, dict[str, float]]]] = {n: [] for n in ways}
            for done in range(ROUNDS + 1):
                for name, parts in ways.items():
                    if progress:
                        progress("talking three ways", done, ROUNDS + 1)
                    turns = _talk(parts, f"{name} {done}")
                    found[name] += turns if done else []  # the first round warms
        finally:
            opened.close()
    if picture is not None:
        draw(picture, {name: _middle(turns) for name, turns in found.items()})
    lists = {name: [t for t in turns if t[0] > 0] for name, turns in found.items()}
    return [
        _row("until the cards are there", [{n: t[0] for n, t in zip(lists, row, strict=True)} for row in zip(*lists.values(), strict=True)]),
        _row("until all is said", [{n: t[1] for n, t in zip(lists, row, strict=True)} for row in zip(*lists.values(), strict=True)]),
    ]  # fmt: skip


def untrained(base: Path, out: Path) -> TrainedScorer:
    """A scorer in the arrangement that is trained by default, with weights that are not."""
    shape = Shape()
    reader = Reader(base, shape, (192, 40), ["a card"])
    torch.manual_seed(0)
    torch.nn.init.normal_(reader.network.head[-1].weight, std=0.02)
    base_hash = sha256(base / "model.safetensors")
    out.mkdir()
    reader.save(out, base_hash)
    file = ScorerFile(
        base=base.name, base_sha256=base_hash, weights_sha256=weights_sha256(out),
        prompt_sha256=prompt_hash(), apart=shape.apart, reads=shape.reads, rank=shape.rank,
        longest_conversation=192, longest_card=40, weight=0.1, depth=DEPTH,
    )  # fmt: skip
    (out / FILE).write_text(file.model_dump_json(), encoding="utf-8")
    return TrainedScorer(base, out, "cpu")


def _talk(parts: Parts, id: str) -> list[tuple[float, float, dict[str, float]]]:
    """For every turn: milliseconds until its cards (0 where it has none) and until its end, and its
    stages."""
    conversation, found = Conversation(id, "films"), []
    for said in SAID:
        start, cards = time.perf_counter(), 0.0
        for event in respond(conversation, said, parts):
            if isinstance(event, Recommended):
                cards = 1000 * (time.perf_counter() - start)
        assert isinstance(event, Finished)
        whole = 1000 * (time.perf_counter() - start)
        stages = {k: v for k, v in event.timings_ms.items() if k != "total"}
        conversation = event.conversation
        found.append((cards, whole, stages))
    return found


def _middle(turns: list[tuple[float, float, dict[str, float]]]) -> dict[str, float]:
    """The median of each stage over turns with a list."""
    listed = [stages for cards, _, stages in turns if cards]
    names = dict.fromkeys(name for stages in listed for name in stages)
    return {name: median(stages.get(name, 0.0) for stages in listed) for name in names}


def _row(what: str, turns: list[dict[str, float]]) -> dict[str, Any]:
    ours, plain, none = (sorted(turn[name] for turn in turns) for name in turns[0])
    ratios = sorted(turn["with a padded batch"] / turn["with the scorer"] for turn in turns)
    return {
        "what": f"a turn with the scorer over our films, {what}",
        "ours": round(median(ours), 1),
        "plain": round(median(plain), 1),
        "ratio": round(median(ratios), 2),
        "unit": "ms",
        "spread": [round(ratios[0], 2), round(ratios[-1], 2)],
        "tolerance": (
            f"p95 {quantiles(ours, n=20)[-1]:.0f} ms; without a language model p50 {median(none):.0f}, p95 "
            f"{quantiles(none, n=20)[-1]:.0f} ms; {len(turns)} turns with a list"
        ),
    }
