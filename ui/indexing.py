"""`tastemaker index` and `tastemaker catalogues`."""

from pathlib import Path
from typing import get_args

import click

from retrieval.catalogue import FILE, Catalogue, read_rows, write_catalogue
from retrieval.errors import CatalogueError
from retrieval.item import Role
from retrieval.vectors import fill
from ui.interacting import follow
from ui.opening import OURS, catalogue_folder, open_encoder, open_index
from ui.settings import Settings
from ui.terminal import progress_bars


def index_file(
    file: Path, name: str, given: dict[str, str], home: Path, settings: Settings
) -> None:
    """Read a file into the catalogue `name` and embed what is new or changed in it."""
    roles: dict[str, Role] = {}
    for field, role in given.items():
        if role not in get_args(Role):
            raise CatalogueError(
                f"There is no role {role!r}; roles are {', '.join(get_args(Role))}."
            )
        roles[field] = role  # type: ignore[assignment]
    rows = read_rows(file)
    unknown = [field for field in roles if not any(field in row for row in rows)]
    if unknown:
        raise CatalogueError(f"No row of {file.name} has a field {unknown[0]!r}.")
    folder = catalogue_folder(home, name)
    encoder = open_encoder(settings)
    index = open_index(
        home, name, encoder
    )  # its lock first: a running server's catalogue stays as it is
    try:
        counts = write_catalogue(folder, rows, roles)
        catalogue = Catalogue(folder)
        for field, role in catalogue.schema.roles.items():
            example = next((row[field] for row in rows if row.get(field) not in (None, "", [])), "")
            click.echo(f"  {field:<20} {role:<12} e.g. {example!s:.60}")
        with progress_bars() as progress:
            embedded = fill(index, catalogue, encoder, progress)
            follow(home, catalogue, progress)
    finally:
        if hasattr(index, "close"):
            index.close()
    click.echo(
        f"{name}: {len(catalogue.items)} items; {counts['added']} added, {counts['changed']} changed, "
        f"{counts['removed']} removed, {embedded} embedded. Try `tastemaker chat --catalogue {name}`."
    )


def list_catalogues(home: Path) -> dict[str, int | None]:
    """Each catalogue with its number of items; None for one of ours that is not indexed yet."""
    folder = home / "catalogues"
    there = sorted(p.parent.name for p in folder.glob(f"*/{FILE}")) if folder.is_dir() else []
    counts: dict[str, int | None] = dict.fromkeys(OURS)
    return counts | {name: len(Catalogue(folder / name).items) for name in there}
