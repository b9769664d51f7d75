"""The commands `finetune encoder`, `scorer` and `reader`: what is learned from samples and labels."""

from pathlib import Path
from typing import Any, Literal

import click

from ui.options import common, settings_of


@click.command()
@click.argument("samples", type=click.Path(path_type=Path))
@click.option("--catalogue", required=True, help="The catalogue that the samples' items are of.")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="[default: HOME/models/encoder]"
)
@click.option("--epochs", type=click.IntRange(1), default=4, show_default=True)
@click.option(
    "--batch", type=click.IntRange(2), default=32, show_default=True, help="Suggestions a step."
)
@click.option(
    "--rank", type=click.IntRange(1, 256), default=16, show_default=True, help="Of the delta."
)
@click.option("--rate", type=float, default=4e-4, show_default=True, help="Highest learning rate.")
@click.option(
    "--hard",
    type=click.IntRange(0, 8),
    default=1,
    show_default=True,
    help="Hard negatives for each suggestion, from our own retriever.",
)
@click.option("--seed", default=0, show_default=True)
@common
def encoder(
    samples: Path,
    catalogue: str,
    out: Path | None,
    epochs: int,
    batch: int,
    rank: int,
    rate: float,
    hard: int,
    seed: int,
    home: Path,
    flags: dict[str, Any],
) -> None:
    """Train the sentence encoder on what was said and what was suggested then, in SAMPLES.

    A tenth of the dialogues is kept apart; training ends when they are found no better. Killed, it
    goes on where it was when the same command is given again. Several GPUs: `accelerate launch -m
    ui.main finetune encoder ...`.
    """
    from finetune.encoder import Plan  # noqa: PLC0415
    from ui.fitting import learn_encoder  # noqa: PLC0415

    plan = Plan(epochs=epochs, batch=batch, rank=rank, rate=rate, hard=hard, seed=seed)
    learn_encoder(samples, catalogue, out, plan, home, settings_of(home, flags))


@click.command()
@click.argument("samples", type=click.Path(path_type=Path))
@click.option("--catalogue", required=True, help="The catalogue that the samples' items are of.")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="[default: HOME/models/scorer]"
)
@click.option("--epochs", type=click.IntRange(1), default=2, show_default=True)
@click.option(
    "--batch", type=click.IntRange(1), default=8, show_default=True, help="Decisions a step."
)
@click.option(
    "--negatives",
    type=click.IntRange(1, 200),
    default=11,
    show_default=True,
    help="Cards beside each chosen one, drawn by the odds that the arms give them.",
)
@click.option(
    "--loss", type=click.Choice(["listwise", "pairwise"]), default="listwise", show_default=True
)
@click.option("--rate", type=float, default=1e-3, show_default=True, help="Highest learning rate.")
@click.option("--rank", type=click.IntRange(1, 256), default=16, show_default=True, help="Of LoRA.")
@click.option(
    "--apart",
    type=click.IntRange(0),
    default=14,
    show_default=True,
    help="Lower layers that read conversation and card apart.",
)
@click.option(
    "--reads",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    help="Layers that read at all; those above are left out.",
)
@click.option(
    "--conversation",
    type=click.IntRange(32, 4096),
    default=192,
    show_default=True,
    help="Tokens of conversation, the latest ones.",
)
@click.option("--seed", default=0, show_default=True)
@common
def scorer(
    samples: Path,
    catalogue: str,
    out: Path | None,
    epochs: int,
    batch: int,
    negatives: int,
    loss: Literal["listwise", "pairwise"],
    rate: float,
    rank: int,
    apart: int,
    reads: int,
    conversation: int,
    seed: int,
    home: Path,
    flags: dict[str, Any],
) -> None:
    """Fine-tune the language model to rank what the arms bring, on SAMPLES.

    It learns what to add to the arms' own odds; `finetune arms` on the same samples comes first. A tenth
    of the dialogues is kept apart: training ends when they are predicted no better, and how much the
    model counts is fitted on them, 0 if it does not help. Killed, it goes on where it was when the
    same command is given again. Several GPUs: `accelerate launch -m ui.main finetune scorer ...`; the
    whole model on a GPU: `--apart 0 --reads 30`. Another model: `--set scorer.model=FOLDER`.
    """
    from finetune.scorer import Plan  # noqa: PLC0415
    from ui.fitting import learn_scorer  # noqa: PLC0415

    plan = Plan(
        epochs=epochs,
        batch=batch,
        negatives=negatives,
        loss=loss,
        rate=rate,
        rank=rank,
        apart=apart,
        reads=reads,
        longest_conversation=conversation,
        seed=seed,
    )
    learn_scorer(samples, catalogue, out, plan, home, settings_of(home, flags))


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option(
    "--catalogues",
    "folders",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder with NAME.jsonl for the catalogues that the utterances name; ours is known.",
)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="[default: HOME/models/reader]"
)
@click.option(
    "--seed",
    default=0,
    show_default=True,
    help="The same seed, files and machine give the same weights.",
)
@click.option("--epochs", type=click.IntRange(1), default=8, show_default=True)
@common
def reader(
    files: tuple[Path, ...],
    folders: tuple[Path, ...],
    out: Path | None,
    seed: int,
    epochs: int,
    home: Path,
    flags: dict[str, Any],
) -> None:
    """Train the second reader, which corrects what the rules read, on labelled utterances in FILES."""
    from ui.measuring import train_reader  # noqa: PLC0415

    settings_of(home, flags)
    train_reader(files, folders, out or home / "models" / "reader", seed, epochs)
