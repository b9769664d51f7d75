"""`tastemaker rules check`: what each rule of a catalogue's owner means today."""

from datetime import date
from pathlib import Path

import click
import numpy as np

from retrieval import versions
from retrieval.catalogue import Catalogue
from retrieval.constraints import Columns
from retrieval.encoder import HashingEncoder
from retrieval.owner_rules import FILE, Boost, Bury, Pin, Stated, read_rules
from retrieval.rules_in_force import in_force, meant, today
from retrieval.stock import stock_fields
from ui.opening import catalogue_folder, up_to_date

TITLES = 3


def check_rules(home: Path, name: str) -> None:
    """Print each rule with the items it means today. Raises RulesError for a file that is wrong."""
    base = catalogue_folder(home, name)
    folder = versions.current(base) or up_to_date(home, name, HashingEncoder())
    catalogue = Catalogue(folder, name)
    columns = catalogue.columns
    path, day = base / FILE, today()
    rules = read_rules(path, catalogue.schema)
    if not rules.version:
        click.echo(f"There is no {path}: no rule is in force.")
    running = sum(s.rule.is_in_force(day) for s in rules.stated)
    if rules.version:
        click.echo(f"{path}: {len(rules.stated)} rules, {running} of them in force on {day}.")
    for stated in rules.stated:
        _print(stated, day, columns, catalogue)
    now = in_force(rules, day, columns, catalogue)
    fields = stock_fields(catalogue.schema)
    if not fields:
        click.echo("Stock: no field of the catalogue says how many there are.")
    else:
        shown = "never shown" if rules.hide_out_of_stock else "shown, and said to be out of stock"
        click.echo(
            f"Stock ({', '.join(fields)}): {len(now.out_of_stock):,} of {len(columns.ids):,} items are "
            f"out of stock; they are {shown}."
        )


def _print(stated: Stated, day: date, columns: Columns, catalogue: Catalogue) -> None:
    rule = stated.rule
    head = [f"line {stated.line:>3}  {stated.kind}"]
    if isinstance(rule, Pin):
        head.append(f"to place {rule.place}")
    if isinstance(rule, Boost | Bury):
        head.append(f"by {rule.by:g}")
    if isinstance(rule, Pin | Boost) and rule.sponsored:
        head.append("(sponsored)")
    head.append(", ".join(map(str, stated.conditions)))
    click.secho(" ".join(head) + (f"  — {rule.note}" if rule.note else ""), bold=True)
    days = " ".join(
        part
        for part in (
            f"from {rule.start}" if rule.start else "",
            f"until {rule.until}" if rule.until else "",
        )
        if part
    )
    rows = np.flatnonzero(meant(stated, columns))
    titles = [catalogue.items[columns.ids[row]].label() for row in rows[:TITLES]]
    more = ", ..." if len(rows) > TITLES else ""
    found = f"{len(rows):,} items: {', '.join(titles)}{more}" if len(rows) else "no item fits this"
    if len(rows) == 1:
        found = f"1 item: {titles[0]}"
    state = "" if rule.is_in_force(day) else "NOT IN FORCE TODAY: "
    warn = not len(rows) or not rule.is_in_force(day)
    click.secho(
        f"          {f'{days}; ' if days else ''}{state}{found}", fg="yellow" if warn else None
    )
