"""`tastemaker index` and `tastemaker catalogues`."""

import time
from pathlib import Path
from typing import get_args

import click

from finetune.tastes import are_counted
from retrieval.catalogue import Catalogue, hashes_of
from retrieval.errors import CatalogueError
from retrieval.importing import TOLERATED, bad_rows_allowed, read_file
from retrieval.item import Role
from retrieval.versions import current
from ui.import_report import print_report
from ui.interacting import follow
from ui.opening import OURS, catalogue_folder, open_arms, open_encoder
from ui.settings import Settings
from ui.terminal import progress_bars
from ui.updating import update


def index_file(
    file: Path,
    name: str,
    given: dict[str, str],
    home: Path,
    settings: Settings,
    *,
    bad_rows: str = TOLERATED,
    encoding: str | None = None,
    dry_run: bool = False,
) -> None:
    """Read a file into the catalogue `name` and embed what is new or changed in it.

    Prints what every field was taken for. `bad_rows` is how many rows may be left out because they
    cannot be used, a number or a share; with more of them, and with `dry_run`, nothing is written.
    """
    roles: dict[str, Role] = {}
    for field, role in given.items():
        if role not in get_args(Role):
            raise CatalogueError(
                f"There is no role {role!r}; roles are {', '.join(get_args(Role))}."
            )
        roles[field] = role  # type: ignore[assignment]
    folder = catalogue_folder(home, name)
    bad_rows_allowed(bad_rows, 0)
    with progress_bars() as progress:
        read = read_file(file, roles, encoding, progress)
    print_report(file.name, read)
    read.refuse_too_many(file.name, bad_rows)
    if dry_run:
        click.echo(f"{len(read.rows):,} items could be indexed as {name}. Nothing was changed.")
        return
    started = time.monotonic()
    with progress_bars() as progress:
        encoder = open_encoder(settings)
        done = update(folder, encoder, read.rows, read.roles, progress=progress)
        there = current(folder)
        advised = False
        if there is not None:
            catalogue = Catalogue(there, name)
            follow(home, catalogue, progress)
            learned = open_arms(home, catalogue, encoder.name, settings)[1] is not None
            advised = not learned and settings.arms.blend == "learned" and are_counted(catalogue)
    left_out = f"; {len(read.bad):,} rows left out" if read.bad else ""
    click.echo(
        f"{name}: {done.items:,} items; {done.added:,} added, {done.changed:,} changed, "
        f"{done.removed:,} removed, {done.embedded:,} embedded{left_out}, in "
        f"{time.monotonic() - started:.1f} s. Try `tastemaker chat --catalogue {name}`."
    )
    if advised:
        click.echo(
            "Nothing is learned of it yet. Without conversations to learn from, `tastemaker finetune "
            f"simulated --catalogue {name}` makes a first fit."
        )


def list_catalogues(home: Path) -> dict[str, int | None]:
    """Each catalogue with its number of items; None for one of ours that is not indexed yet."""
    folder = home / "catalogues"
    found = {base.name: current(base) for base in sorted(folder.glob("*")) if base.is_dir()}
    counts: dict[str, int | None] = dict.fromkeys(OURS)
    return counts | {name: len(hashes_of(there)) for name, there in found.items() if there}
