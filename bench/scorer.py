"""`tastemaker bench scorer`: ranking 32 cards after a conversation of 200 tokens, ours against two plain ways.

The plain ways (`bench/plain/scorer.py`) put all prompts into one padded batch, or read one after the other.
Ours reads the conversation once and all cards behind it in one pass, with the same weights in the same
precision, to the same scores but for rounding: in bfloat16 the two plain ways differ as much. The last row is the arrangement that `finetune scorer` trains by default: lower
layers read cards apart, so that what they make of them is kept, and upper layers are left out; it is
another function of the same weights, so its scores are not compared. Memory is the most that it takes
besides the model.
"""

import copy
import multiprocessing
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import torch

from bench.plain.scorer import PlainScorer
from retrieval.catalogue import read_rows
from retrieval.encoder import Progress
from retrieval.item import Item, infer_roles
from retrieval.joint_network import JointNetwork, Shape
from retrieval.precision import fastest_dtype
from retrieval.prompt import card_of
from retrieval.weights import ensure_smollm2

CARDS, SAID, ROUNDS = 32, 200, 7
LAYERS = 30
KEPT = Shape()
FILMS = Path(__file__).parent.parent / "data" / "films.jsonl"
TALK = """
Visitor: Good evening. I have two hours and nobody to please but myself.
You: Lucky you. What are you in the mood for?
Visitor: Last week I saw Heat again and loved it, so a heist, or cops and robbers, but not too long. Nothing
with serial killers, and please nothing from the nineties, I know them all.
You: How about Rififi (1955)? Half an hour of it goes by without a word.
Visitor: Seen it, and it is wonderful. Something newer, in colour. My brother says Thief is like Heat, is that so?
You: It is by the same director, and the night looks the same. It is two hours long.
Visitor: Then that is for tomorrow. Is there one with a bit of humour, perhaps a woman who plans it all?
You: There are some. Does it have to be in English?
Visitor: No, French or Korean is fine, I can read. What I like best is when it all goes wrong and they have
to think on their feet, and when the city is more than a backdrop.
"""

Tokens = Sequence[int]


def run(progress: Progress | None = None, home: Path | None = None) -> list[dict[str, Any]]:
    """Four rows: milliseconds for all cards, ours and plain."""
    folder = ensure_smollm2(home or Path.home() / ".tastemaker", True, progress)
    cards_of = films()
    dtype = fastest_dtype("cpu")
    plain, network = PlainScorer(folder, dtype), like(PlainScorer(folder, dtype), folder)
    kept = JointNetwork(folder, KEPT, "cpu")
    times: dict[str, list[float]] = {}
    apart: list[float] = []
    plainly: list[float] = []
    for done in range(ROUNDS + 1):
        if progress:
            progress("ranking four ways", done, ROUNDS + 1)
        said, cards = prompt(network, cards_of, done)
        scores = _round(network, plain, kept, said, cards, times if done else {})
        apart.append(_apart(scores["ours"], scores["one each"]))
        plainly.append(_apart(scores["padded batch"], scores["one each"]))
    most = {name: _memory(name, folder) for name in ("ours", "padded batch")}
    told = (
        f"{str(dtype).removeprefix('torch.')}; from one prompt each the scores differ by {median(apart):.4f} of their "
        f"spread, those of a padded batch by {median(plainly):.4f}; memory {most['ours']:,.0f} MB against "
        f"{most['padded batch']:,.0f} MB"
    )
    what = f"{CARDS} cards after {SAID} tokens"
    return [
        _row(f"{what}, against a padded batch", "ours", "padded batch", times, told),
        _row(f"{what}, against one prompt each", "ours", "one each", times, told),
        _row(
            f"{what}, {KEPT.reads} layers of which {KEPT.apart} are kept of each card, against a padded batch of all",
            "kept", "padded batch", times, "another function of the same weights",
        ),
        _row(f"{what}, the same against one prompt each", "kept", "one each", times, "as above"),
    ]  # fmt: skip


def films() -> list[str]:
    """The cards of our films."""
    rows = read_rows(FILMS)
    schema = infer_roles(rows)
    return [card_of(Item(row["id"], row["title"], row), schema) for row in rows]


def prompt(
    network: JointNetwork, cards_of: Sequence[str], seed: int
) -> tuple[list[int], list[list[int]]]:
    """Tokens of a conversation, and of cards drawn from those of our films."""
    drawn = np.random.default_rng(seed).choice(len(cards_of), CARDS, replace=False)
    return network.tokens(TALK)[-SAID:], [network.tokens(cards_of[n]) for n in drawn]


def _round(
    network: JointNetwork,
    plain: PlainScorer,
    kept: JointNetwork,
    said: Tokens,
    cards: Sequence[Tokens],
    times: dict[str, list[float]],
) -> dict[str, torch.Tensor]:
    """Rank once in each way; adds the milliseconds of each to `times`."""
    states = kept.states(cards)
    ways: dict[str, Callable[[], torch.Tensor]] = {
        "ours": lambda: ours(network, said, cards),
        "padded batch": lambda: plain.padded_batch(said, cards),
        "one each": lambda: plain.one_each(said, cards),
        "kept": lambda: kept.scores(kept.states([said])[0], states),
    }
    scores = {}
    for name, way in ways.items():
        start = time.perf_counter()
        with torch.inference_mode():
            scores[name] = way()
        times.setdefault(name, []).append(1000 * (time.perf_counter() - start))
    return scores


def like(plain: PlainScorer, folder: Path, dtype: torch.dtype | None = None) -> JointNetwork:
    """Our network with all layers and the plain way's head: the last norm, and " yes" against " no"."""
    network = JointNetwork(folder, Shape(0, LAYERS), "cpu", dtype)
    head = plain.model.lm_head.weight
    against = torch.nn.Linear(head.shape[1], 1, bias=False, dtype=torch.float32)
    with torch.no_grad():
        against.weight.copy_((head[plain.yes].float() - head[plain.no].float())[None])
    network.head = torch.nn.Sequential(copy.deepcopy(plain.model.model.norm).float(), against)
    return network


def ours(network: JointNetwork, said: Tokens, cards: Sequence[Tokens]) -> torch.Tensor:
    """Scores of the cards in one pass."""
    (read,) = network.states([said])
    return network.scores(read, network.states(cards))


def _apart(ours: torch.Tensor, plain: torch.Tensor) -> float:
    return float((ours - plain).abs().mean() / plain.std())


def _row(
    what: str, mine: str, theirs: str, times: dict[str, list[float]], tolerance: str
) -> dict[str, Any]:
    ratios = [b / a for a, b in zip(times[mine], times[theirs], strict=True)]
    return {
        "what": what,
        "ours": round(median(times[mine]), 1),
        "plain": round(median(times[theirs]), 1),
        "ratio": round(median(ratios), 2),
        "unit": "ms",
        "spread": [round(min(ratios), 2), round(max(ratios), 2)],
        "tolerance": tolerance,
    }


def _memory(way: str, folder: Path) -> float:
    """The most memory, in MB, that ranking once takes besides the model, in a process of its own."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(_most, (way, folder))


def _most(way: str, folder: Path) -> float:
    dtype = fastest_dtype("cpu")
    plain = PlainScorer(folder, dtype)
    network = like(plain, folder, dtype)
    said, cards = prompt(network, films(), 0)
    Path("/proc/self/clear_refs").write_text("5")  # forget the most that loading took
    before = _memory_of("VmRSS")
    with torch.inference_mode():
        ours(network, said, cards) if way == "ours" else plain.padded_batch(said, cards)
    return _memory_of("VmHWM") - before


def _memory_of(which: str) -> float:
    """In MB: what this process has now (VmRSS), or had at most (VmHWM)."""
    found = re.search(rf"{which}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else float("nan")
