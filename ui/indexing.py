"""`tastemaker index` and `tastemaker catalogues`."""

from pathlib import Path
from typing import get_args

import click

from retrieval.catalogue import FILE, Catalogue, write_catalogue
from retrieval.errors import CatalogueError
from retrieval.importing import TOLERATED, bad_rows_allowed, read_file
from retrieval.item import Role
from retrieval.vectors import fill
from ui.import_report import print_report
from ui.opening import OURS, catalogue_folder, open_encoder, open_index
from ui.settings import Settings
from ui.terminal import progress_bars


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
    encoder = open_encoder(settings)
    index = open_index(
        home, name, encoder
    )  # its lock first: a running server's catalogue stays as it is
    try:
        counts = write_catalogue(folder, read.rows, read.roles)
        catalogue = Catalogue(folder)
        with progress_bars() as progress:
            embedded = fill(index, catalogue, encoder, progress)
    finally:
        if hasattr(index, "close"):
            index.close()
    left_out = f"; {len(read.bad):,} rows left out" if read.bad else ""
    click.echo(
        f"{name}: {len(catalogue.items)} items; {counts['added']} added, {counts['changed']} changed, "
        f"{counts['removed']} removed, {embedded} embedded{left_out}. "
        f"Try `tastemaker chat --catalogue {name}`."
    )


def list_catalogues(home: Path) -> dict[str, int | None]:
    """Each catalogue with its number of items; None for one of ours that is not indexed yet."""
    folder = home / "catalogues"
    there = sorted(p.parent.name for p in folder.glob(f"*/{FILE}")) if folder.is_dir() else []
    counts: dict[str, int | None] = dict.fromkeys(OURS)
    return counts | {name: len(Catalogue(folder / name).items) for name in there}
