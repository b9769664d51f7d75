"""What was made of a file, printed: each field's role with examples, notes, and the bad rows."""

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from retrieval.importing import Imported

MOST_BAD = 20  # bad rows that are printed
PLAIN_WIDTH = 160  # characters, where the output is no terminal


def print_report(name: str, read: Imported) -> None:
    """Print what was decided of a file, how to overrule it, and what could not be used."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=PLAIN_WIDTH)
    click.echo(f"{name}: {read.kind}, {read.read:,} rows.")
    table = Table("field", "role", "rows", "why", "examples", box=None, pad_edge=False)
    table.columns[0].overflow = table.columns[4].overflow = "fold"
    for field in read.fields:
        named = field.name if field.field in ("", field.name) else f"{field.field} → {field.name}"
        style = "dim" if field.role == "ignore" else ""
        cells = (named, field.role, f"{field.filled:,}", field.why, " | ".join(field.examples))
        table.add_row(*(Text(cell, style=style) for cell in cells))
    console.print(table)
    click.echo("To overrule one: --role FIELD=ROLE, with the field's name in the file.")
    for note in read.notes:
        click.echo(f"  note: {note}")
    if read.bad:
        click.echo(f"{len(read.bad):,} rows cannot be used:")
    for bad in read.bad[:MOST_BAD]:
        where = f"{read.unit} {bad.line}" + (f", {bad.field}" if bad.field else "")
        value = f" {bad.value!r}" if bad.value else ""
        click.echo(f"  {where}:{value} {bad.reason}")
    if len(read.bad) > MOST_BAD:
        click.echo(f"  ... and {len(read.bad) - MOST_BAD:,} more")
