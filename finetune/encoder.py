"""Training the sentence encoder for conversations: what was said against the items suggested next.

Two towers that share their weights, a contrastive loss over the batch's items and hard negatives
(InfoNCE, van den Oord et al. 2018), cosines over a temperature. An item that the same dialogue named
is masked, not pushed away; how often an item is suggested is taken off its logit (logQ correction,
Yi et al. 2019), or the encoder would learn popularity, which the blend knows. Low-rank (LoRA, Hu et
al. 2021). One processor, one GPU, or several through `accelerate launch`.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from finetune.pairs import Lessons, Pair
from finetune.tower import Tower
from finetune.training import Row, Tell, batches, keep, resume, same_plan, warm_then_cosine
from retrieval.encoder import Progress

if TYPE_CHECKING:
    import torch

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
    same_plan(out, {**asdict(plan), "pairs": len(lessons.learned)})
    set_seed(plan.seed)
    tower = Tower(base, plan.rank)
    optimizer, schedule = _optimizer(tower, plan, lessons, accelerator.num_processes)
    tower.network, optimizer = accelerator.prepare(tower.network, optimizer)
    tower.device = accelerator.device
    far = resume(accelerator, out, schedule)
    done, history = far.steps, far.history
    logq = _log_popularity(lessons, plan.popularity)
    if not history:
        history.append(_measured(tower, lessons, 0, None))
        _say(tell, history[-1])
    far.steps = 0
    for epoch in range(1, plan.epochs + 1):
        if _is_over(history, plan):
            break
        made = list(batches(lessons.learned, plan.batch, plan.seed, epoch))
        mine = made[accelerator.process_index :: accelerator.num_processes]
        mine = mine[: len(made) // accelerator.num_processes] or mine
        for batch in mine:
            far.steps += 1
            if far.steps <= done:
                continue
            loss = _loss(tower, batch, lessons.texts, logq, plan)
            accelerator.backward(loss)
            accelerator.clip_grad_norm_(tower.trainable(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            far.losses.append(float(loss.detach()))
            if progress and accelerator.is_main_process:
                progress(
                    f"training, epoch {epoch} of {plan.epochs}",
                    far.steps - (epoch - 1) * len(mine),
                    len(mine),
                )
            if far.steps % plan.save_every == 0 and far.steps % len(mine):
                keep(accelerator, out, far)
        if far.steps <= done:
            continue
        mean = float(np.mean(far.losses)) if far.losses else None
        history.append(_measured(tower, lessons, epoch, mean))
        far.losses = []
        _say(tell, history[-1])
        if accelerator.is_main_process and history[-1]["recall@50"] >= max(
            h["recall@50"] for h in history
        ):
            tower.save(out)
        keep(accelerator, out, far)
    return history


def _is_over(history: Sequence[Row], plan: Plan) -> bool:
    """Whether the last epochs brought nothing better."""
    recalls = [row["recall@50"] for row in history]
    best = max(range(len(recalls)), key=lambda n: (recalls[n], n))
    return len(recalls) - 1 - best > plan.patience


def _optimizer(tower: Tower, plan: Plan, lessons: Lessons, processes: int) -> tuple[Any, Any]:
    import torch  # noqa: PLC0415

    steps = plan.epochs * max(1, len(lessons.learned) // (plan.batch * processes))
    optimizer = torch.optim.AdamW(tower.trainable(), lr=plan.rate, weight_decay=0.01)
    return optimizer, warm_then_cosine(optimizer, steps, plan.warm)


def _log_popularity(lessons: Lessons, power: float) -> NDArray[np.float64]:
    counts = Counter(pair.item for pair in lessons.learned)
    least = np.log(0.5 / len(lessons.learned))
    found = np.full(len(lessons.texts), least)
    for row, count in counts.items():
        found[row] = np.log(count / len(lessons.learned))
    return power * found


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


def _say(tell: Tell | None, row: Row) -> None:
    if tell:
        recalls = ", ".join(f"recall@{cut} {row[f'recall@{cut}']:.4f}" for cut in CUTS)
        loss = f"loss {row['loss']:.3f}, " if "loss" in row else ""
        tell(f"epoch {row['epoch']:.0f}: {loss}{recalls} on dialogues kept apart")
