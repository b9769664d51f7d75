"""The commands about catalogues: `index`, `change`, `catalogues`, `rules check`."""

from pathlib import Path
from typing import Any

import click

from ui.options import common, pairs, settings_of


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", required=True, help="What the catalogue is called from now on.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    metavar="FIELD=ROLE",
    help="Overrule a field's role, e.g. --role maker=person.",
)
@click.option(
    "--bad-rows",
    default="5%",
    show_default=True,
    metavar="LIMIT",
    help="How many rows may be left out because they cannot be used: a number, or a share.",
)
@click.option("--encoding", help="How the file's text is encoded, where that is guessed wrong.")
@click.option("--dry-run", is_flag=True, help="Print what would be done, and change nothing.")
@common
def index(
    file: Path,
    name: str,
    roles: tuple[str, ...],
    bad_rows: str,
    encoding: str | None,
    dry_run: bool,
    home: Path,
    flags: dict[str, Any],
) -> None:
    """Make FILE a catalogue, or bring one up to date with it.

    FILE is CSV, TSV, JSON, JSON Lines or Parquet, gzipped or not. What each field is for is read off
    its name and its values, and printed. Roles are: id, title, description, facet (words to wish for
    or avoid), person, number, price, stock, date, popularity (a count), url, image, ignore.
    """
    from ui.indexing import index_file  # noqa: PLC0415

    index_file(
        file,
        name,
        dict(pairs(roles)),
        home,
        settings_of(home, flags),
        bad_rows=bad_rows,
        encoding=encoding,
        dry_run=dry_run,
    )


@click.command()
@click.argument("name")
@click.argument("id")
@click.argument("values", nargs=-1, required=True, metavar="FIELD=NUMBER...")
@common
def change(name: str, id: str, values: tuple[str, ...], home: Path, flags: dict[str, Any]) -> None:
    """Set the price, the stock or another number of item ID in the catalogue NAME, at once.

    A running server knows from the next turn on; nothing is indexed again. What the file says counts
    again when the catalogue is next indexed. For example: tastemaker change shop p001 stock=0
    """
    from retrieval.changes import change as change_item  # noqa: PLC0415
    from ui.opening import catalogue_folder  # noqa: PLC0415

    try:
        numbers = {field: float(value) for field, value in pairs(values).items()}
    except ValueError as error:
        raise click.UsageError(f"Values are numbers, as in stock=0: {error}.") from error
    settings_of(home, flags)  # refuses what is set wrongly, like every command
    change_item(catalogue_folder(home, name), id, numbers)
    click.echo(f"{id}: " + ", ".join(f"{f} is {v:g}" for f, v in numbers.items()) + " from now on.")


@click.command()
@common
def catalogues(home: Path, flags: dict[str, Any]) -> None:
    """List the catalogues that are there."""
    from ui.indexing import list_catalogues  # noqa: PLC0415

    settings_of(home, flags)
    for name, items in list_catalogues(home).items():
        click.echo(
            f"{name}\t{items if items is not None else 'comes with the project; indexed at first use'}"
        )


@click.group()
def rules() -> None:
    """The owner's rules of a catalogue: what to pin, boost, bury and hide.

    They stand in catalogues/NAME/rules.toml in the home folder, which is read again when it changes.
    No rule shows anything that breaks a visitor's limit.
    """


@rules.command()
@click.argument("name")
@common
def check(name: str, home: Path, flags: dict[str, Any]) -> None:
    """Print what each rule of the catalogue NAME means today, and how many items.

    \b
    [[pin]]                                       # to a place of the list, where it fits
    where = { id = ["a", "b"] }                   # any of a list
    place = 1                                     # 1 to 3
    sponsored = true                              # labelled wherever it is shown
    [[boost]]                                     # [[bury]] likewise, [[hide]] without `by`
    where = { genres = "horror", year = ">= 2020" }   # all of it has to hold
    by = 0.5                                      # above 0, up to 1: at most 3 places
    until = 2026-10-31                            # the last day; `from`, the first
    [stock]
    hide = true                                   # what is out of stock; the default
    """
    from ui.ruling import check_rules  # noqa: PLC0415

    settings_of(home, flags)
    check_rules(home, name)
