"""The commands `visitors export`, `forget`, `retain` and `consent`."""

import json
from pathlib import Path
from typing import Any

import click

from ui.learning_commands import consent
from ui.options import TakesId, common, settings_of

EITHER = (
    "ID is a conversation's, or that of one of the page's visitors (it stands in the export, under `visits`): "
    "then all of their conversations are meant."
)


@click.group()
def visitors() -> None:
    """What is kept of a visitor."""


@visitors.command(cls=TakesId, epilog=EITHER)
@click.argument("id")
@common
def export(id: str, home: Path, flags: dict[str, Any]) -> None:
    """Print everything kept of the conversation ID, as JSON: what was said, shown and done, consents, visits,
    and which samples and releases learned from it."""
    from chatbot.log import ConversationLog  # noqa: PLC0415
    from ui.erasing import conversations_of, export_of  # noqa: PLC0415

    settings_of(home, flags)
    log = ConversationLog(home)
    found = [export_of(home, log, each) for each in conversations_of(log, id)]
    told = found[0] if len(found) == 1 else {"conversations": found}
    click.echo(json.dumps(told, ensure_ascii=False, indent=1))


@visitors.command(cls=TakesId, epilog=EITHER)
@click.argument("id")
@click.option(
    "--elsewhere",
    is_flag=True,
    help="Also from samples that were written to other places than the home.",
)
@common
def forget(id: str, elsewhere: bool, home: Path, flags: dict[str, Any]) -> None:
    """Erase everything kept of the conversation ID: from the log's file, and from samples in the home.

    Samples that were written elsewhere are named. Models that learned from it stay, are named, and are not
    promoted any more.
    """
    from chatbot.log import ConversationLog  # noqa: PLC0415
    from ui.erasing import conversations_of  # noqa: PLC0415
    from ui.erasing import forget as erase  # noqa: PLC0415

    settings_of(home, flags)
    log = ConversationLog(home)
    told = erase(home, log, conversations_of(log, id), elsewhere)
    click.echo(f"Everything kept of {id} is erased.")
    for line in told:
        click.echo(line)


@visitors.command()
@click.option(
    "--days", type=click.IntRange(0, 36_500), help="Instead of the setting log.keep_days."
)
@common
def retain(days: int | None, home: Path, flags: dict[str, Any]) -> None:
    """Erase the conversations in which nothing happened for log.keep_days (0: none), and temporary ones that
    are over. A server does the same when it starts and every day."""
    from chatbot.log import ConversationLog  # noqa: PLC0415
    from ui.erasing import retain as erase_old  # noqa: PLC0415
    from ui.progress import progress_bars  # noqa: PLC0415

    settings = settings_of(home, flags)
    kept = settings.log.keep_days if days is None else days
    with progress_bars() as progress:
        count, told = erase_old(home, ConversationLog(home), kept, progress)
    click.echo(f"Conversations erased: {count:,}. {f'Kept for {kept:,} days.' if kept else 'No age is set.'}")  # fmt: skip
    for line in told:
        click.echo(line)


visitors.add_command(consent)
