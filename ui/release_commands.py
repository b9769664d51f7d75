"""The commands `models list|show|promote|rollback`, `finetune arms` and `finetune auto`."""

from pathlib import Path
from typing import Any

import click

from ui.options import common, settings_of

_CATALOGUE = click.option(
    "--catalogue", default="films", show_default=True, help="Whose releases are meant."
)


@click.group()
def models() -> None:
    """What ranks, how much it counts, and which trained release serves.

    \b
    finetune arms SAMPLES --catalogue films --release   makes a release and measures it
    models list                                         which there are, which one is live
    models show ID                                      what made it, what the gate found
    models promote ID                                   it serves, if the gate lets it through
    models rollback                                     the one before serves again

    Running servers follow within a turn, without a restart. docs/releases.md tells the whole story.
    """


@models.command("list")
@click.option("--catalogue", default="", help="Only releases of this one.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@common
def list_(catalogue: str, as_json: bool, home: Path, flags: dict[str, Any]) -> None:
    """List releases: when made, whether live, what they learned from, how much better they were.

    States are `live`, `before` (a rollback brings it back), `ready` (the gate lets it through), `refused` and
    `made` (not measured). A release that learned from visitors who were erased since is marked so.
    """
    from ui.releasing import print_releases  # noqa: PLC0415

    settings_of(home, flags)
    print_releases(home, catalogue, as_json)


@models.command()
@click.argument("id", required=False)
@_CATALOGUE
@click.option("--json", "as_json", is_flag=True, help="One JSON object; with ID only.")
@common
def show(id: str | None, catalogue: str, as_json: bool, home: Path, flags: dict[str, Any]) -> None:
    """Show what ranks in a catalogue: encoder, language model, and how much each feature of the blend counts.
    With ID, show a release.

    ID is the release's name or any part of it that no other has. Of a release: what made it (samples and
    their hash, code, encoder), every check of the gate with figure and bound, and what became of it.
    """
    from ui.measuring import show_models  # noqa: PLC0415
    from ui.releasing import print_live, show_release  # noqa: PLC0415

    settings = settings_of(home, flags)
    if id is not None:
        show_release(home, catalogue, id, as_json)
        return
    if as_json:
        raise click.UsageError("--json shows a release: `tastemaker models show ID --json`.")
    show_models(home, catalogue, settings)
    print_live(home)


@models.command()
@click.argument("id")
@_CATALOGUE
@click.option(
    "--samples",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Measure it anew first, on the held-out part of these; needed when another release went live since.",
)
@click.option("--force", is_flag=True, help="Promote it whatever the gate says; the log says so.")
@click.option("--why", default="", help="A reason, kept in the log.")
@common
def promote(
    id: str,
    catalogue: str,
    file: Path | None,
    force: bool,
    why: str,
    home: Path,
    flags: dict[str, Any],
) -> None:
    """Let the release ID serve, if the gate lets it through.

    The gate compares it with what is live, on conversations that neither learned from: better with the interval
    above zero, no slice worse by more than release.slice_bound, no item shown more than
    release.exposure_times as often, every promise kept. `tastemaker settings` explains each bound.

    A running server opens it beside the old one, tries a few turns with it, and exchanges them between two turns.
    If that fails, the old one goes on and the release is rolled back; `models show ID` says why.
    """
    from ui.releasing import promote_release  # noqa: PLC0415

    promote_release(id, catalogue, file, force, why, home, settings_of(home, flags))


@models.command()
@_CATALOGUE
@click.option("--why", default="", help="A reason, kept in the log.")
@common
def rollback(catalogue: str, why: str, home: Path, flags: dict[str, Any]) -> None:
    """Let the release serve again that served before; with none before it, none.

    Running servers follow within a turn. Twice goes back twice.
    """
    from ui.releasing import roll_back  # noqa: PLC0415

    settings_of(home, flags)
    roll_back(catalogue, why, home)


@click.command()
@click.argument("samples", type=click.Path(path_type=Path))
@click.option("--catalogue", required=True, help="The catalogue that the samples' items are of.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="A folder for both files, by title and year instead of ids.  [default: with the catalogue]",
)
@click.option(
    "--release",
    is_flag=True,
    help="Store nothing with the catalogue: make a release, measured on visitors kept apart (`models`).",
)
@common
def arms(
    samples: Path,
    catalogue: str,
    out: Path | None,
    release: bool,
    home: Path,
    flags: dict[str, Any],
) -> None:
    """Learn how much each way of finding counts, and what is talked of together, from SAMPLES.

    Stored with the catalogue it serves at once, when a server starts. With --release it becomes a release
    beside the one that serves: a fifth of the visitors is kept apart, the gate measures on them, and
    `tastemaker models promote` lets it serve.
    """
    from ui.fitting import learn_arms  # noqa: PLC0415
    from ui.releasing import learn_release  # noqa: PLC0415

    settings = settings_of(home, flags)
    if release and out is not None:
        raise click.UsageError("--release makes a folder of its own; leave --out away.")
    if release:
        learn_release(samples, catalogue, home, settings)
    else:
        learn_arms(samples, catalogue, out, home, settings)


@click.command()
@click.option("--catalogue", required=True, help="Whose conversations are learned from.")
@common
def auto(catalogue: str, home: Path, flags: dict[str, Any]) -> None:
    """Learn from the log by itself: for cron, once a night or so.

    If there are enough new samples that visitors agreed to (release.auto_samples) since the last release, make a
    release of all of them, measure it against what is live, and promote it if the gate lets it through. Running
    servers then take it between two turns. Prints one line; the page behind it is in
    HOME/models/CATALOGUE/auto. It ends with 0 also where it waits or refuses, and with 1 where it could not work.

    \b
    0 4 * * *  tastemaker finetune auto --catalogue films
    """
    from ui.auto_learning import learn_by_itself  # noqa: PLC0415

    click.echo(learn_by_itself(home, catalogue, settings_of(home, flags)).line)
