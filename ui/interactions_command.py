"""The commands `tastemaker interactions` and `tastemaker finetune colikes`."""

from pathlib import Path
from typing import Any

import click

from ui.options import common, pairs, settings_of


@click.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--catalogue", required=True, help="The catalogue that the items are of.")
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="PART=NAME",
    help="Overrule which column is user, item, value or time, e.g. --column user=uid.",
)
@click.option(
    "--values",
    type=click.Choice(["ratings", "counts", "events"]),
    help="What the values are, where it is not to be told by their column's name and look.",
)
@click.option(
    "--event",
    "events",
    multiple=True,
    metavar="NAME=WORTH",
    help="What an event of your own says of liking, -1 to 1, e.g. --event checkout=1.",
)
@click.option("--replace", is_flag=True, help="Forget what was read before, and start with FILE.")
@click.option(
    "--tolerate",
    type=click.IntRange(0),
    default=100,
    show_default=True,
    help="Rows that may be unusable before the whole file is refused.",
)
@click.option(
    "--forget", "user", metavar="USER", help="Erase what this user did, and read no file."
)
@common
def interactions(
    file: Path | None,
    catalogue: str,
    columns: tuple[str, ...],
    values: str | None,
    events: tuple[str, ...],
    replace: bool,
    tolerate: int,
    user: str | None,
    home: Path,
    flags: dict[str, Any],
) -> None:
    """Learn what is liked together from FILE: ratings, clicks, purchases, a row for each.

    CSV, TSV or JSON Lines, gzipped or not, with a user and an item in each row, and a value and a time
    where there are some. A second file adds to the first. Without FILE, what is kept is learned from
    anew. Users are kept only as salted hashes.
    """
    from ui.interacting import forget_user, reading_of, take_interactions  # noqa: PLC0415

    settings_of(home, flags)
    if user is not None:
        if file is not None or replace:
            raise click.UsageError("--forget stands alone: it reads no file.")
        forget_user(user, catalogue, home)
        return
    if file is None and replace:
        raise click.UsageError("--replace needs a FILE to start with.")
    reading = reading_of(pairs(columns), values, pairs(events))
    take_interactions(file, catalogue, reading, replace, tolerate, home)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--column", "columns", multiple=True, metavar="PART=NAME", help="As for interactions."
)
@click.option("--json", "as_json", is_flag=True, help="The figures as one JSON object.")
@common
def colikes(
    file: Path, columns: tuple[str, ...], as_json: bool, home: Path, flags: dict[str, Any]
) -> None:
    """Compare ways to find what is liked together, on the interactions of FILE."""
    from ui.interacting import compare_colikes  # noqa: PLC0415

    settings_of(home, flags)
    compare_colikes(file, pairs(columns), as_json)
