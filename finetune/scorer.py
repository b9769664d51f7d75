"""Fine-tuning a language model to rank: `tastemaker finetune scorer`.

For each decision in a conversation the model reads the conversation once and, after it, the card of what
was chosen and cards of what was not. It learns what to add to the logits that the arms give (a residual
model): the loss is that of the softmax over all candidates, estimated with candidates drawn by the arms'
own odds (importance sampling; Bengio & Senecal 2008), so that it spends its strength where the arms are
wrong. `pairwise` is the logistic loss of each pair instead (Bradley-Terry, as in DPO with the arms as
the reference; Rafailov et al. 2023). Upper layers by LoRA; one processor, one GPU, or several through
`accelerate launch`: each process takes its part of a batch, and gradients are averaged.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from finetune.decisions import Decision, Decisions
from finetune.nats import CUTS, measured, weighed
from finetune.scorer_reader import Reader
from finetune.training import (
    Row,
    Tell,
    batches,
    keep,
    resume,
    same_plan,
    warm_then_cosine,
)
from retrieval.encoder import Progress
from retrieval.joint_network import Shape
from retrieval.prompt import prompt_hash
from retrieval.trained_scorer import FILE, ScorerFile, sha256, weights_sha256
from retrieval.whole_file import write_whole

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Plan:
    """How to train. `rate` is the highest learning rate of the delta, reached after `warm` of all steps."""

    epochs: int = 2
    batch: int = 8
    """Decisions a step."""
    negatives: int = 11
    """Cards beside each chosen one."""
    loss: Literal["listwise", "pairwise"] = "listwise"
    rate: float = 1e-3
    head_rate: float = 3e-3
    warm: float = 0.06
    rank: int = 16
    apart: int = 14
    reads: int = 20
    longest_conversation: int = 192
    longest_card: int = 40
    depth: int = 32
    """How many of the best it reads when it serves, and where it is measured."""
    patience: int = 1
    """Epochs without a lower loss on dialogues kept apart after which training ends."""
    seed: int = 0
    save_every: int = 50

    @property
    def shape(self) -> Shape:
        """The layers."""
        return Shape(self.apart, self.reads, self.rank)


@dataclass(frozen=True)
class Lesson:
    """One chosen candidate of a decision, by its place."""

    number: int
    decision: Decision
    place: int


def train(
    made: Decisions,
    base: Path,
    out: Path,
    plan: Plan,
    name: str,
    progress: Progress | None = None,
    tell: Tell | None = None,
) -> tuple[ScorerFile, list[Row]]:
    """Train, and leave the best epoch's weights in `out` with what they are and how much they count.
    Gives that, and a row an epoch: losses and recalls on dialogues kept apart, row 0 before any training.

    A run that was killed goes on from its last state when it is called again with the same plan and
    ends with the same figures. Raises TastemakerError if `out` holds a run of another plan.
    """
    import torch  # noqa: PLC0415
    from accelerate import Accelerator  # noqa: PLC0415
    from accelerate.utils import set_seed  # noqa: PLC0415

    accelerator = Accelerator()
    lessons = [
        Lesson(n, decision, int(place))
        for n, decision in enumerate(made.learned)
        for place in np.flatnonzero(decision.chosen)
    ]
    same_plan(out, {**asdict(plan), "lessons": len(lessons), "held": len(made.held)})
    set_seed(plan.seed)
    longest = (plan.longest_conversation, plan.longest_card)
    shown = progress if accelerator.is_main_process else None
    reader = Reader(base, plan.shape, longest, made.cards, shown)
    base_hash = sha256(base / "model.safetensors")
    head = list(reader.network.head.parameters())
    groups: list[dict[str, Any]] = [
        {"params": reader.trained()},
        {"params": head, "lr": plan.head_rate},
    ]
    optimizer = torch.optim.AdamW(groups, lr=plan.rate, weight_decay=0.01)
    steps = plan.epochs * max(1, len(lessons) // plan.batch)
    schedule = warm_then_cosine(optimizer, steps, plan.warm)
    optimizer = accelerator.prepare(optimizer)
    accelerator.register_for_checkpointing(reader)
    far = resume(accelerator, out, schedule)
    done, far.steps = far.steps, 0
    if not far.history:
        far.history.append(
            measured(0, None, made.held, reader.read(made.held, plan.depth, progress))
        )
        _say(tell, far.history[-1])
    every = [*reader.trained(), *head]
    for epoch in range(1, plan.epochs + 1):
        if _is_over(far.history, plan):
            break
        made_batches = list(batches(lessons, plan.batch, plan.seed, epoch))
        for number, batch in enumerate(made_batches, 1):
            far.steps += 1
            if far.steps <= done:
                continue
            far.losses.append(_step(accelerator, reader, batch, plan, epoch, every))
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            if progress and accelerator.is_main_process:
                mean = np.mean(far.losses[-50:])
                progress(
                    f"epoch {epoch} of {plan.epochs}, loss {mean:.3f}", number, len(made_batches)
                )
            if far.steps % plan.save_every == 0 and number < len(made_batches):
                keep(accelerator, out, far)
        if far.steps <= done:
            continue
        loss = float(np.mean(far.losses)) if far.losses else None
        found = reader.read(made.held, plan.depth, progress)
        far.history.append(measured(epoch, loss, made.held, found))
        far.losses = []
        _say(tell, far.history[-1])
        if accelerator.is_main_process and _is_best(far.history):
            reader.save(out, base_hash)
            _describe(out, base, base_hash, plan, name, made, found)
        keep(accelerator, out, far)
    accelerator.wait_for_everyone()
    file = ScorerFile.model_validate_json((out / FILE).read_text(encoding="utf-8"))
    return file, far.history


def _step(
    accelerator: Any, reader: Reader, batch: Sequence[Lesson], plan: Plan, epoch: int, every: Any
) -> float:
    """Gradients of a batch, averaged over processes; its mean loss."""
    import torch  # noqa: PLC0415

    mine = batch[accelerator.process_index :: accelerator.num_processes]
    total = 0.0
    for lesson in mine:
        loss = _loss(reader, lesson, plan, epoch)
        accelerator.backward(loss / len(batch))
        total += float(loss.detach())
    if accelerator.num_processes > 1:
        for parameter in every:
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
            parameter.grad = accelerator.reduce(parameter.grad, "sum")
        together = torch.tensor(total, device=accelerator.device)
        total = float(accelerator.reduce(together, "sum"))
    accelerator.clip_grad_norm_(every, 1.0)
    return total / len(batch)


def _loss(reader: Reader, lesson: Lesson, plan: Plan, epoch: int) -> "torch.Tensor":
    import torch  # noqa: PLC0415

    decision = lesson.decision
    rng = np.random.default_rng([plan.seed, epoch, lesson.number, lesson.place])
    places, logits = _drawn(decision, lesson.place, plan, rng)
    added = reader.scores(decision, places)
    total = torch.tensor(logits, dtype=added.dtype, device=added.device) + added
    if plan.loss == "pairwise":
        return torch.nn.functional.softplus(total[1:] - total[0]).mean()
    return torch.logsumexp(total, 0) - total[0]


def _drawn(
    decision: Decision, place: int, plan: Plan, rng: np.random.Generator
) -> tuple[list[int], list[float]]:
    """The chosen candidate and others with their logits. What was turned down is always among them; the rest are drawn by
    the arms' odds, and each then stands for the share of all odds that it was drawn for."""
    others = np.flatnonzero(~decision.chosen)
    refused = np.flatnonzero(decision.refused & ~decision.chosen)[: plan.negatives]
    logits = decision.logits[others]
    if not len(others):
        return [place], [float(decision.logits[place])]
    odds = np.exp(logits - logits.max())
    drawn = rng.choice(others, plan.negatives, p=odds / odds.sum())
    found, times = np.unique(drawn, return_counts=True)
    beside = [int(n) for n in refused if n not in found]
    if plan.loss == "pairwise":
        stand = decision.logits[found]
    else:
        whole = math.log(odds.sum()) + float(logits.max())
        stand = whole - math.log(plan.negatives) + np.log(times)
    return (
        [place, *found.tolist(), *beside],
        [float(decision.logits[place]), *stand.tolist(), *decision.logits[beside].tolist()],
    )


def _is_best(history: Sequence[Row]) -> bool:
    """Whether the last epoch is the best of those trained; the first always is, so that there is one."""
    trained = [row["held loss"] for row in history[1:]]
    return trained[-1] <= min(trained)


def _is_over(history: Sequence[Row], plan: Plan) -> bool:
    trained = [row["held loss"] for row in history[1:]]
    return bool(trained) and len(trained) - 1 - trained.index(min(trained)) > plan.patience


def _describe(
    out: Path,
    base: Path,
    base_hash: str,
    plan: Plan,
    name: str,
    made: Decisions,
    read: Sequence[NDArray[np.float64]],
) -> None:
    weight, gained = weighed(made.held, read)
    file = ScorerFile(
        base=base.name,
        base_sha256=base_hash,
        weights_sha256=weights_sha256(out),
        prompt_sha256=prompt_hash(),
        apart=plan.apart,
        reads=plan.reads,
        rank=plan.rank,
        longest_conversation=plan.longest_conversation,
        longest_card=plan.longest_card,
        weight=weight,
        depth=plan.depth,
        trained_on=name,
        found=(
            f"{len(made.learned)} decisions; loss of {len(made.held)} in dialogues kept apart lower by "
            f"{gained.value} [{gained.low}, {gained.high}] at the best weight"
        ),
    )
    write_whole(out / FILE, f"{file.model_dump_json(indent=1)}\n".encode())


def _say(tell: Tell | None, row: Row) -> None:
    if tell:
        loss = f"loss {row['loss']:.3f}, " if "loss" in row else ""
        recalls = ", ".join(f"recall@{cut} {row[f'recall@{cut}']:.4f}" for cut in CUTS)
        tell(
            f"epoch {row['epoch']:.0f}: {loss}on dialogues kept apart {row['held loss']:.4f}, {recalls}"
        )
