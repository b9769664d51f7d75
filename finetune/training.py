"""A training run on disk: its plan, its state after every so many steps, its rate; and what it says.

A run that was killed goes on from its last state when the same command is given again, and ends with
the same figures.
"""

import json
import math
import random
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from retrieval.errors import TastemakerError

if TYPE_CHECKING:
    import torch

STATE, HISTORY, PLAN = "checkpoint", "history.json", "plan.json"

T = TypeVar("T")
Tell = Callable[[str], None]
Row = dict[str, float]


@dataclass
class Progressed:
    """How far a run is: rows of epochs that are over, steps done, losses of the epoch that is not."""

    history: list[Row] = field(default_factory=list)
    steps: int = 0
    losses: list[float] = field(default_factory=list)


def same_plan(out: Path, plan: Mapping[str, Any]) -> None:
    """Write the plan of a run into its folder. Raises TastemakerError if another one lies there."""
    out.mkdir(parents=True, exist_ok=True)
    wanted = json.loads(json.dumps(plan))
    file = out / PLAN
    if file.is_file() and json.loads(file.read_text()) != wanted:
        raise TastemakerError(
            f"{out} holds a run with other settings or other data. Give another folder with --out, or "
            "delete that one."
        )
    file.write_text(json.dumps(wanted, indent=1) + "\n")


def warm_then_cosine(optimizer: "torch.optim.Optimizer", steps: int, warm: float) -> Any:
    """The learning rate's schedule: up over a share `warm` of the steps, then down to 0 along a cosine."""
    import torch  # noqa: PLC0415

    first = max(1.0, warm * steps)

    def share(step: int) -> float:
        falling = 0.5 * (1 + math.cos(math.pi * step / max(steps, 1)))
        return min((step + 1) / first, max(0.0, falling))

    return torch.optim.lr_scheduler.LambdaLR(optimizer, share)


def batches(lessons: Sequence[T], size: int, seed: int, epoch: int) -> Iterator[list[T]]:
    """Every lesson once, in an order of the epoch's own; a rest that fills no batch is left out."""
    order = list(range(len(lessons)))
    random.Random(f"{seed}/{epoch}").shuffle(order)
    size = min(size, len(order))
    for start in range(0, len(order) - size + 1, size):
        yield [lessons[n] for n in order[start : start + size]]


def keep(accelerator: Any, out: Path, far: Progressed) -> None:
    """The whole state of training on disk: the old one or the new one is there, never a part."""
    accelerator.wait_for_everyone()
    half = out / f"{STATE}.half"
    accelerator.save_state(str(half))
    if accelerator.is_main_process:
        (half / HISTORY).write_text(
            json.dumps({"step": far.steps, "history": far.history, "losses": far.losses})
        )
        shutil.rmtree(out / STATE, ignore_errors=True)
        half.rename(out / STATE)
        (out / HISTORY).write_text(json.dumps(far.history, indent=1) + "\n")
    accelerator.wait_for_everyone()


def resume(accelerator: Any, out: Path, schedule: Any) -> Progressed:
    """Take up the last state, if there is one."""
    folder = out / STATE if (out / STATE / HISTORY).is_file() else out / f"{STATE}.half"
    if not (folder / HISTORY).is_file():
        return Progressed()
    accelerator.load_state(str(folder))
    kept = json.loads((folder / HISTORY).read_text())
    for _ in range(kept["step"]):
        schedule.step()
    return Progressed(list(kept["history"]), int(kept["step"]), list(kept["losses"]))
