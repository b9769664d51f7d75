"""Options that every command has, and how errors, flags and settings reach it."""

import logging
import os
import re
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from retrieval.errors import TastemakerError

if TYPE_CHECKING:
    from ui.settings import Settings

DEFAULT_HOME = Path.home() / ".tastemaker"


_ID = re.compile(r"-[\w-]{31}")


class TakesId(click.Command):
    """A command whose argument is a conversation's id: one that begins with a dash is no option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As usual, with such ids behind a `--`."""
        ids = [arg for arg in args if _ID.fullmatch(arg)]
        if not ids or "--" in args:
            return super().parse_args(ctx, args)
        return super().parse_args(ctx, [*(arg for arg in args if arg not in ids), "--", *ids])


def common(command: Callable[..., None]) -> Callable[..., None]:
    """Adds --home and --set, and turns our errors into one line and exit code 1."""

    @click.option(
        "--home",
        type=click.Path(path_type=Path, file_okay=False),
        envvar="TASTEMAKER_HOME",
        default=DEFAULT_HOME,
        show_default="~/.tastemaker",
        help="Folder for everything that is written: catalogues, models, conversations.",
    )
    @click.option(
        "--set",
        "flags",
        multiple=True,
        metavar="NAME=VALUE",
        help="Change a setting for this run, e.g. --set dialogue.list_length=7 (see `tastemaker settings`).",
    )
    @wraps(command)
    def run(*args: Any, home: Path, flags: tuple[str, ...], **options: Any) -> None:
        os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
        os.environ.setdefault("TQDM_DISABLE", "1")
        logging.basicConfig(level=logging.WARNING)
        try:
            command(*args, home=home, flags=pairs(flags), **options)
        except TastemakerError as error:
            click.secho(f"tastemaker: {error}", fg="red", err=True)
            sys.exit(1)
        except KeyboardInterrupt:
            click.echo("\nStopped. Nothing that was finished is lost.", err=True)
            sys.exit(130)

    return run


def pairs(given: tuple[str, ...]) -> dict[str, str]:
    """NAME=VALUE, each as it was given. Raises click.UsageError for what is none."""
    found = [flag.partition("=") for flag in given]
    wrong = next((name for name, sign, _ in found if not sign), None)
    if wrong is not None:
        raise click.UsageError(f"NAME=VALUE is wanted here, not {wrong!r}.")
    return {name: value for name, _, value in found}


def settings_of(home: Path, flags: dict[str, Any]) -> "Settings":
    """Every setting for this run. Raises SettingsError."""
    from ui.settings import FILE, load  # noqa: PLC0415

    return load([home / FILE, Path(FILE)], os.environ, flags)[0]
