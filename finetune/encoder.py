"""Training the sentence encoder for conversations: what was said against the items suggested next.

Two towers that share their weights, a contrastive loss over the batch's items and hard negatives
(InfoNCE, van den Oord et al. 2018), cosines over a temperature. An item that the same dialogue named
is masked, not pushed away; how often an item is suggested is taken off its logit (logQ correction,
Yi et al. 2019), or the encoder would learn popularity, which the blend knows. Low-rank (LoRA, Hu et
al. 2021). One processor, one GPU, or several through `accelerate launch`.
"""

import json
import math
import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from finetune.pairs import Lessons, Pair
from finetune.tower import Tower
from retrieval.encoder import Progress
from retrieval.errors import TastemakerError

if TYPE_CHECKING:
    import torch

STATE, HISTORY, PLAN = "checkpoint", "history.json", "plan.json"
CUTS = (1, 10, 50)
MASKED = -1e4


@dataclass(frozen=True)
class Plan:
    """How to train. `rate` is the highest learning rate, reached after `warm` of all steps."""

    epochs: int = 4
    batch: int = 32
    rate: float = 4e-4
    warm: float = 0.06
    rank: int = 16
    temperature: float = 0.05
    hard: int = 1
    popularity: float = 0.5
    """How much of log popularity is taken off a logit."""
    patience: int = 1
    """Epochs without a better recall at 50 after which training ends."""
    seed: int = 0
    save_every: int = 50
    """Steps between states from which a killed run goes on."""


Tell = Callable[[str], None]
Row = dict[str, float]


def train(
    lessons: Lessons,
    base: Path,
    out: Path,
    plan: Plan,
    progress: Progress | None = None,
    tell: Tell | None = None,
) -> list[Row]:
    """Train, and leave the best epoch's delta in `out`. Gives a row an epoch: loss and recalls on
    dialogues kept apart, row 0 before any training.

    A run that was killed goes on from its last state when it is called again with the same plan and
    ends with the same figures. Raises TastemakerError if `out` holds a run of another plan.
    """
    from accelerate import Accelerator  # noqa: PLC0415
    from accelerate.utils import set_seed  # noqa: PLC0415

    accelerator = Accelerator()
    _same_plan(out, plan, lessons)
    set_seed(plan.seed)
    tower = Tower(base, plan.rank)
    optimizer, schedule = _optimizer(tower, plan, lessons, accelerator.num_processes)
    tower.network, optimizer = accelerator.prepare(tower.network, optimizer)
    tower.device = accelerator.device
    history: list[Row] = []
    done, losses = _resume(accelerator, out, history, schedule)
    logq = _log_popularity(lessons, plan.popularity)
    if not history:
        history.append(_measured(tower, lessons, 0, None))
        _say(tell, history[-1])
    step = 0
    for epoch in range(1, plan.epochs + 1):
        if _is_over(history, plan):
            break
        batches = list(_batches(lessons.learned, plan, epoch))
        mine = batches[accelerator.process_index :: accelerator.num_processes]
        mine = mine[: len(batches) // accelerator.num_processes] or mine
        for batch in mine:
            step += 1
            if step <= done:
                continue
            loss = _loss(tower, batch, lessons.texts, logq, plan)
            accelerator.backward(loss)
            accelerator.clip_grad_norm_(tower.trainable(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            losses.append(float(loss.detach()))
            if progress and accelerator.is_main_process:
                progress(
                    f"training, epoch {epoch} of {plan.epochs}",
                    step - (epoch - 1) * len(mine),
                    len(mine),
                )
            if step % plan.save_every == 0 and step % len(mine):
                _keep(accelerator, out, history, step, losses)
        if step <= done:
            continue
        history.append(_measured(tower, lessons, epoch, float(np.mean(losses)) if losses else None))
        losses = []
        _say(tell, history[-1])
        if accelerator.is_main_process and history[-1]["recall@50"] >= max(
            h["recall@50"] for h in history
        ):
            tower.save(out)
        _keep(accelerator, out, history, step, losses)
    return history


def _is_over(history: Sequence[Row], plan: Plan) -> bool:
    """Whether the last epochs brought nothing better."""
    recalls = [row["recall@50"] for row in history]
    best = max(range(len(recalls)), key=lambda n: (recalls[n], n))
    return len(recalls) - 1 - best > plan.patience


def _same_plan(out: Path, plan: Plan, lessons: Lessons) -> None:
    out.mkdir(parents=True, exist_ok=True)
    wanted = json.loads(json.dumps({**asdict(plan), "pairs": len(lessons.learned)}))
    file = out / PLAN
    if file.is_file() and json.loads(file.read_text()) != wanted:
        raise TastemakerError(
            f"{out} holds a run with other settings or other data. Give another folder with --out, or "
            "delete that one."
        )
    file.write_text(json.dumps(wanted, indent=1) + "\n")


def _optimizer(tower: Tower, plan: Plan, lessons: Lessons, processes: int) -> tuple[Any, Any]:
    import torch  # noqa: PLC0415

    steps = plan.epochs * max(1, len(lessons.learned) // (plan.batch * processes))
    optimizer = torch.optim.AdamW(tower.trainable(), lr=plan.rate, weight_decay=0.01)
    warm = max(1.0, plan.warm * steps)

    def share(step: int) -> float:
        return min(
            (step + 1) / warm, max(0.0, 0.5 * (1 + math.cos(math.pi * step / max(steps, 1))))
        )

    return optimizer, torch.optim.lr_scheduler.LambdaLR(optimizer, share)


def _log_popularity(lessons: Lessons, power: float) -> NDArray[np.float64]:
    counts = Counter(pair.item for pair in lessons.learned)
    least = np.log(0.5 / len(lessons.learned))
    found = np.full(len(lessons.texts), least)
    for row, count in counts.items():
        found[row] = np.log(count / len(lessons.learned))
    return power * found


def _batches(pairs: Sequence[Pair], plan: Plan, epoch: int) -> Iterator[list[Pair]]:
    """Every pair once, in an order of the epoch's own; a rest that fills no batch is left out."""
    order = list(range(len(pairs)))
    random.Random(f"{plan.seed}/{epoch}").shuffle(order)
    size = min(plan.batch, len(order))
    for start in range(0, len(order) - size + 1, size):
        yield [pairs[n] for n in order[start : start + size]]


def _loss(
    tower: Tower, batch: Sequence[Pair], texts: Sequence[str], logq: NDArray[np.float64], plan: Plan
) -> "torch.Tensor":
    import torch  # noqa: PLC0415

    rows = list(dict.fromkeys([p.item for p in batch] + [n for p in batch for n in p.hard]))
    vectors = tower.forward([p.said for p in batch], [texts[n] for n in rows])
    said, items = vectors[: len(batch)], vectors[len(batch) :]
    logits = said @ items.T / plan.temperature
    logits = logits - torch.tensor(logq[rows], dtype=logits.dtype, device=logits.device)
    false = [[row in p.known and row != p.item for row in rows] for p in batch]
    logits = logits.masked_fill(torch.tensor(false, device=logits.device), MASKED)
    wanted = torch.tensor([rows.index(p.item) for p in batch], device=logits.device)
    return torch.nn.functional.cross_entropy(logits, wanted)


def _measured(tower: Tower, lessons: Lessons, epoch: int, loss: float | None) -> Row:
    """Recall of the items suggested in dialogues kept apart, among all items not named there before."""
    items = tower.encode(lessons.texts, query=False)
    said = tower.encode([p.said for p in lessons.held], query=True)
    ranks = []
    for vector, pair in zip(said, lessons.held, strict=True):
        cosines = items @ vector
        wanted = cosines[pair.item]
        cosines[list(pair.known)] = -2
        ranks.append(1 + int((cosines > wanted).sum()))
    found = {f"recall@{cut}": float(np.mean(np.array(ranks) <= cut)) for cut in CUTS}
    measured = {"epoch": float(epoch)} | ({} if loss is None else {"loss": loss})
    return measured | {k: round(v, 4) for k, v in found.items()}


def _keep(
    accelerator: Any, out: Path, history: Sequence[Row], step: int, losses: Sequence[float]
) -> None:
    """The whole state of training on disk: the old one or the new one is there, never a part."""
    accelerator.wait_for_everyone()
    half = out / f"{STATE}.half"
    accelerator.save_state(str(half))
    if accelerator.is_main_process:
        (half / HISTORY).write_text(
            json.dumps({"step": step, "history": list(history), "losses": list(losses)})
        )
        shutil.rmtree(out / STATE, ignore_errors=True)
        half.rename(out / STATE)
        (out / HISTORY).write_text(json.dumps(list(history), indent=1) + "\n")
    accelerator.wait_for_everyone()


def _resume(
    accelerator: Any, out: Path, history: list[Row], schedule: Any
) -> tuple[int, list[float]]:
    """Take up the last state; gives the steps that were done, and the losses of the epoch so far."""
    folder = out / STATE if (out / STATE / HISTORY).is_file() else out / f"{STATE}.half"
    if not (folder / HISTORY).is_file():
        return 0, []
    accelerator.load_state(str(folder))
    kept = json.loads((folder / HISTORY).read_text())
    history.extend(kept["history"])
    for _ in range(kept["step"]):
        schedule.step()
    return int(kept["step"]), list(kept["losses"])


def _say(tell: Tell | None, row: Row) -> None:
    if tell:
        recalls = ", ".join(f"recall@{cut} {row[f'recall@{cut}']:.4f}" for cut in CUTS)
        loss = f"loss {row['loss']:.3f}, " if "loss" in row else ""
        tell(f"epoch {row['epoch']:.0f}: {loss}{recalls} on dialogues kept apart")
