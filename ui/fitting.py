"""`tastemaker finetune arms` and `finetune encoder`: what is learned from samples to find by."""

from dataclasses import replace
from pathlib import Path

import click

from finetune.arms import conversations_of, fitted_blend
from finetune.asked import Listener
from finetune.encoder import Plan, train
from finetune.pairs import lessons_of
from finetune.samples import read_samples
from finetune.whole_file import write_whole
from retrieval import talked
from retrieval.arm_blend import FILE
from retrieval.errors import TastemakerError
from retrieval.features import FEATURES
from ui.opening import catalogue_folder, open_parts
from ui.settings import Settings
from ui.terminal import progress_bars


def learn_arms(
    file: Path, catalogue: str, out: Path | None, home: Path, settings: Settings
) -> None:
    """Count what is talked of together, fit the weights, store both with the catalogue (or in `out`, by
    title and year, for other catalogues of the same things), and print what counts how much."""
    samples = read_samples(file)
    with progress_bars() as progress:
        opened = open_parts(home, catalogue, without_scorer(settings), progress)
    try:
        retriever = opened.parts.retriever
        items = list(retriever.catalogue.items.values())
        made = talked.count(retriever.columns.ids, conversations_of(samples))
        retriever.talked = made
        listener = Listener(opened.parts.lexicon)
        name = file.name.split(".")[0]
        with progress_bars() as progress:
            blend = fitted_blend(samples, retriever, listener, name, progress)
    finally:
        opened.close()
    folder = out or catalogue_folder(home, catalogue)
    if out is not None:
        made = replace(made, keys=tuple(talked.by_title(item) for item in items))
    talked.save(folder / talked.FILE, made)
    write_whole(folder / FILE, f"{blend.model_dump_json(indent=1)}\n".encode())
    for feature, weight in blend.weights.items():
        click.echo(f"{weight:>9.3f}  {feature}: {FEATURES[feature]}")
    click.echo(
        f"Fitted on {blend.found}; {int((made.named > 0).sum()):,} items were talked of. Stored in {folder}."
    )


def learn_encoder(
    file: Path,
    catalogue: str,
    out: Path | None,
    plan: Plan,
    home: Path,
    settings: Settings,
    then: str = "finetune arms {file}",
) -> None:
    """Train the encoder's delta on samples, and say how to use it; `then` is the command that fits the
    arms' weights for it."""
    from finetune.picture import draw_training  # noqa: PLC0415
    from retrieval.sentence_encoder import DEFAULT, packaged_minilm  # noqa: PLC0415

    samples = read_samples(file)
    model = settings.encoder.model
    if model == "hashing":
        raise TastemakerError("The encoder 'hashing' has no weights to train; name another.")
    base = packaged_minilm() if model == DEFAULT else Path(model)
    folder = out or home / "models" / "encoder"
    untrained = settings.encoder.model_copy(update={"delta": ""})
    plain = without_scorer(settings).model_copy(update={"encoder": untrained})
    with progress_bars() as progress:
        opened = open_parts(home, catalogue, plain, progress)
        try:
            lessons = lessons_of(samples, opened.parts.retriever, plan.hard, plan.seed, progress)
        finally:
            opened.close()
    click.echo(
        f"{len(lessons.learned)} suggestions to learn from, {len(lessons.held)} kept apart; "
        f"{len(lessons.texts)} items. Ctrl-C is safe: the same command goes on."
    )
    with progress_bars() as progress:
        history = train(lessons, base, folder, plan, progress, click.echo)
    draw_training(folder / "curves.png", history)
    click.echo(
        f"Stored in {folder}. To use it: `--set encoder.delta={folder}` (vectors are made anew once), "
        f"then `tastemaker {then.format(file=file)} --catalogue {catalogue} --set encoder.delta={folder}`."
    )


def without_scorer(settings: Settings) -> Settings:
    """The same with no language model, which nothing here needs."""
    return settings.model_copy(
        update={"scorer": settings.scorer.model_copy(update={"model": "none"})}
    )
