"""`tastemaker finetune simulated`: a first fit for a catalogue that nobody has talked about yet."""

from dataclasses import dataclass
from pathlib import Path

import click

from finetune.arms import fitted_blend
from finetune.asked import Listener
from finetune.folds import FOLDS
from finetune.samples import Sample
from finetune.simulated import SAMPLES, Plan, simulated
from finetune.talks import SOURCE, Simulation
from finetune.tastes import Manner, are_counted
from retrieval.arm_blend import FILE, read_arm_blend
from retrieval.catalogue import read_meta
from retrieval.errors import TastemakerError
from retrieval.features import FEATURES
from retrieval.learned import UNTAUGHT
from retrieval.whole_file import write_whole
from ui.fitting import learn_encoder, without_scorer
from ui.opening import Opened, catalogue_folder, open_parts
from ui.released import open_arms
from ui.settings import Settings
from ui.terminal import progress_bars


@dataclass(frozen=True)
class Asked:
    """What `finetune simulated` is to do. `epochs` of the encoder's delta; 0 trains none."""

    conversations: int
    seed: int
    manner: Manner
    epochs: int = 0
    fit: bool = True
    anyway: bool = False


def learn_simulated(
    catalogue: str, out: Path | None, asked: Asked, home: Path, settings: Settings
) -> None:
    """Simulate talk, fit the arms' weights on it, store them with the catalogue, and train a delta of the
    encoder if that is asked for. Raises TastemakerError where something better is in force."""
    folder = out or home / SOURCE / catalogue
    plain = without_scorer(settings)
    plain = plain.model_copy(update={"arms": plain.arms.model_copy(update={"blend": "fusion"})})
    with progress_bars() as progress:
        opened = open_parts(home, catalogue, plain, progress)
    try:
        if asked.fit and not asked.anyway:
            refuse(home, opened, plain)
        samples = _samples(opened, catalogue, folder, asked)
        if asked.fit:
            _fit(opened, samples, home, catalogue, asked)
    finally:
        opened.close()
    if asked.epochs:
        from finetune.encoder import Plan as Training  # noqa: PLC0415

        training = Training(epochs=asked.epochs, seed=asked.seed)
        delta = folder / "encoder"
        again = "finetune simulated"
        learn_encoder(folder / SAMPLES, catalogue, delta, training, home, plain, again)


def _samples(opened: Opened, catalogue: str, folder: Path, asked: Asked) -> list[Sample]:
    parts, made_of = opened.parts, read_meta(opened.folder).get("hash", "")
    plan = Plan(catalogue, made_of, asked.conversations, asked.seed, asked.manner)
    simulation = Simulation(
        parts.retriever, parts.lexicon, asked.manner, asked.seed, parts.rules.hidden
    )
    with progress_bars() as progress:
        samples = simulated(folder, plan, simulation.talk, progress)
    click.echo(f"{len(samples):,} simulated suggestions are in {folder / SAMPLES}.")
    return samples


def _fit(opened: Opened, samples: list[Sample], home: Path, catalogue: str, asked: Asked) -> None:
    name = f"{SOURCE}, {asked.conversations} conversations, seed {asked.seed}"
    with progress_bars() as progress:
        listener = Listener(opened.parts.lexicon)
        blend = fitted_blend(
            samples, opened.parts.retriever, listener, [UNTAUGHT] * FOLDS, name, progress
        )
    path = catalogue_folder(home, catalogue) / FILE
    write_whole(path, f"{blend.model_dump_json(indent=1)}\n".encode())
    for feature, weight in blend.weights.items():
        click.echo(f"{weight:>9.3f}  {feature}: {FEATURES[feature]}")
    click.echo(
        f"Fitted on {blend.found}, all simulated. Stored in {path}, and in force from the next start on; "
        f"delete that file to go back. `tastemaker finetune arms SAMPLES --catalogue {catalogue}` "
        "replaces it once people have talked."
    )


def refuse(home: Path, opened: Opened, settings: Settings) -> None:
    """Raise TastemakerError where weights learned from people's talk serve a catalogue already, or did with
    another encoder; and where it was not seen that simulated ones are better than none."""
    retriever = opened.parts.retriever
    catalogue = retriever.catalogue
    arms = settings.arms.model_copy(update={"blend": "learned"})
    serving = settings.model_copy(update={"arms": arms})
    folder = catalogue_folder(home, catalogue.name)
    path = folder / FILE
    found = [
        open_arms(folder, catalogue, retriever.encoder.name, serving).blend,
        read_arm_blend(path) if path.is_file() else None,
    ]
    for blend in found:
        if blend is not None and not blend.fitted_on.startswith(SOURCE):
            raise TastemakerError(
                f"There are weights for {catalogue.name!r} that were learned from people's talk "
                f"({blend.fitted_on}), and simulated talk is a worse teacher. --anyway fits on it all the same."
            )
    if not are_counted(catalogue, retriever.colikes):
        raise TastemakerError(
            f"It is not said of most items of {catalogue.name!r} how often they were chosen (a field with the "
            "role of popularity, or interactions). On such catalogues simulated talk made things better once "
            "and worse once (finetune/LOG.md), so plain fusion stays. --anyway fits on it all the same."
        )
