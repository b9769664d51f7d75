"""Simulated samples on disk: written as they are made, so that a run that was stopped goes on.

A line a conversation while it is being made; in the end one file of samples, as real ones are, beside the
plan that made it. The same plan gives the same bytes.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from finetune.samples import Sample, read_samples
from finetune.tastes import Manner
from retrieval.encoder import Progress
from retrieval.errors import TastemakerError
from retrieval.whole_file import write_whole

SAMPLES, PLAN, UNFINISHED = "samples.jsonl.gz", "plan.json", "talks.part.jsonl"


@dataclass(frozen=True)
class Plan:
    """What is simulated. `items` is the hash of the catalogue that is talked about."""

    catalogue: str
    items: str
    conversations: int
    seed: int
    manner: Manner


def simulated(
    folder: Path,
    plan: Plan,
    talk: Callable[[int], list[Sample]],
    progress: Progress | None = None,
) -> list[Sample]:
    """The samples of every conversation of the plan: read where they are there, else made by `talk` and
    kept in `folder`. Raises TastemakerError if the folder holds those of another plan."""
    folder.mkdir(parents=True, exist_ok=True)
    _same_plan(folder / PLAN, plan)
    if (folder / SAMPLES).is_file():
        return read_samples(folder / SAMPLES)
    unfinished = folder / UNFINISHED
    made = _made(unfinished)
    with unfinished.open("ab") as file:
        file.truncate(sum(map(len, made)))
        for n in range(len(made), plan.conversations):
            samples = [sample.model_dump(mode="json", exclude_defaults=True) for sample in talk(n)]
            made.append(f"{json.dumps(samples, ensure_ascii=False)}\n".encode())
            file.write(made[-1])
            file.flush()
            if progress:
                progress("simulating talk", n + 1, plan.conversations)
    lines = [json.dumps(s, ensure_ascii=False) for line in made for s in json.loads(line)]
    if not lines:
        raise TastemakerError(
            f"No conversation came of the catalogue {plan.catalogue!r}: it has too few items with titles "
            "of their own to talk about. A dozen will do."
        )
    write_whole(folder / SAMPLES, "".join(f"{line}\n" for line in lines).encode())
    unfinished.unlink()
    return read_samples(folder / SAMPLES)


def _made(path: Path) -> list[bytes]:
    """The conversations that a stopped run left whole."""
    whole: list[bytes] = []
    with suppress(FileNotFoundError):
        for line in path.read_bytes().splitlines(keepends=True):
            if not line.endswith(b"\n"):
                break
            whole.append(line)
    return whole


def _same_plan(path: Path, plan: Plan) -> None:
    wanted = json.loads(json.dumps(asdict(plan)))
    there = None
    with suppress(FileNotFoundError, ValueError):
        there = json.loads(path.read_text(encoding="utf-8"))
    if there is not None and there != wanted:
        differs = ", ".join(k for k in wanted if there.get(k) != wanted[k]) or "something"
        raise TastemakerError(
            f"{path.parent} holds simulated talk of another plan ({differs}). Give another folder with "
            "--out, or delete that one."
        )
    write_whole(path, f"{json.dumps(wanted, indent=1)}\n".encode())
