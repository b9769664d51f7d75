"""`tastemaker finetune arms` and `finetune encoder`: what is learned from samples to find by."""

from pathlib import Path

import click

from finetune.arms import taught
from finetune.asked import Listener
from finetune.decisions import decisions_of
from finetune.encoder import Plan, train
from finetune.pairs import lessons_of
from finetune.samples import read_samples
from finetune.scorer import Plan as ScorerPlan
from finetune.scorer import train as train_scorer
from retrieval.errors import TastemakerError
from retrieval.features import FEATURES
from retrieval.learned import save_learned
from retrieval.release import read_pointer
from retrieval.talked import by_title
from ui.opening import catalogue_folder, open_parts, scorer_base
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
        listener = Listener(opened.parts.lexicon)
        with progress_bars() as progress:
            learned = taught(samples, retriever, listener, file.name.split(".")[0], progress)
    finally:
        opened.close()
    folder = out or catalogue_folder(home, catalogue)
    save_learned(folder, learned, [by_title(item) for item in items] if out else ())
    blend, trees, counted = learned.blend, learned.trees, learned.talked
    assert blend is not None
    assert counted is not None
    for feature, weight in blend.weights.items():
        click.echo(f"{weight:>9.3f}  {feature}: {FEATURES[feature]}")
    click.echo(
        f"Trees on top of it: {trees.found if trees else 'none, too few conversations or no help'}."
    )
    if learned.moments is not None:
        click.echo(f"What is taken when: {learned.moments.file.found}.")
    click.echo(
        f"Fitted on {blend.found}; {int((counted.named > 0).sum()):,} items were talked of. Stored in {folder}."
    )
    if out is None and (live := read_pointer(home, catalogue).live):
        click.echo(f"The release {live} is live and serves instead (`tastemaker models rollback`).")


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


def learn_scorer(
    file: Path, catalogue: str, out: Path | None, plan: ScorerPlan, home: Path, settings: Settings
) -> None:
    """Train the language-model scorer on samples, and say what it gains and how to use it."""
    from finetune.picture import draw_training  # noqa: PLC0415

    samples = read_samples(file)
    base = scorer_base(home, settings.scorer)
    folder = out or home / "models" / "scorer"
    with progress_bars() as progress:
        opened = open_parts(home, catalogue, without_scorer(settings), progress)
        try:
            listener = Listener(opened.parts.lexicon)
            made = decisions_of(samples, opened.parts.retriever, listener, progress)
        finally:
            opened.close()
    click.echo(
        f"{len(made.learned)} decisions to learn from, {len(made.held)} kept apart; {len(made.cards)} cards. "
        "Ctrl-C is safe: the same command goes on."
    )
    with progress_bars() as progress:
        name = file.name.split(".")[0]
        found, history = train_scorer(made, base, folder, plan, name, progress, click.echo)
    draw_training(folder / "curves.png", history)
    click.echo(f"{found.found}. It counts {found.weight} times. Stored in {folder}.")
    if not found.weight:
        click.echo("A weight of 0 means that it is not asked: it was not found to help.")
    if out is not None:
        click.echo(f"To use it: `--set scorer.trained={out}`.")


def without_scorer(settings: Settings) -> Settings:
    """The same with no language model, which nothing here needs."""
    return settings.model_copy(
        update={"scorer": settings.scorer.model_copy(update={"model": "none"})}
    )
