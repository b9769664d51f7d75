"""The command `tastemaker`. Commands import what they need when they run, so `--help` is instant."""

import json
import logging
import os
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


def _common(command: Callable[..., None]) -> Callable[..., None]:
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
            command(*args, home=home, flags=_flags(flags), **options)
        except TastemakerError as error:
            click.secho(f"tastemaker: {error}", fg="red", err=True)
            sys.exit(1)
        except KeyboardInterrupt:
            click.echo("\nStopped. Nothing that was finished is lost.", err=True)
            sys.exit(130)

    return run


def _flags(given: tuple[str, ...]) -> dict[str, str]:
    pairs = [flag.partition("=") for flag in given]
    wrong = next((name for name, sign, _ in pairs if not sign), None)
    if wrong is not None:
        raise click.UsageError(f"--set takes NAME=VALUE, not {wrong!r}.")
    return {name: value for name, _, value in pairs}


def _settings(home: Path, flags: dict[str, Any]) -> "Settings":
    from ui.settings import FILE, load  # noqa: PLC0415

    return load([home / FILE, Path(FILE)], os.environ, flags)[0]


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="tastemaker")
def main() -> None:
    """A recommender you talk to.

    Start with `tastemaker serve` and open the page it names, or talk here with `tastemaker chat`.
    The first start prepares the models and the demo catalogue, which takes a minute or two.
    """


@main.command()
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=int, help="Port to listen on.  [default: 7860]")
@click.option(
    "--catalogue",
    "catalogues",
    multiple=True,
    help="Catalogue to talk about; several may be given.  [default: films and books]",
)
@_common
def serve(
    host: str | None,
    port: int | None,
    catalogues: tuple[str, ...],
    home: Path,
    flags: dict[str, Any],
) -> None:
    """Serve the page, and the HTTP API under /api/v1."""
    from ui.server import run  # noqa: PLC0415

    given = {"serve.host": host, "serve.port": port, "serve.catalogues": catalogues or None}
    settings = _settings(home, flags | {k: v for k, v in given.items() if v is not None})
    run(home, settings)


@main.command()
@click.option(
    "--catalogue",
    "catalogues",
    multiple=True,
    help="Catalogue to talk about; several may be given.  [default: films]",
)
@click.option(
    "--json", "as_json", is_flag=True, help="One utterance a line in, one JSON object a line out."
)
@_common
def chat(catalogues: tuple[str, ...], as_json: bool, home: Path, flags: dict[str, Any]) -> None:
    """Talk in the terminal."""
    from ui.service import Service  # noqa: PLC0415
    from ui.terminal import chat_json, chat_terminal, progress_bars  # noqa: PLC0415
    from ui.terminal_together import together_json_lines, together_terminal  # noqa: PLC0415

    settings = _settings(home, flags)
    with progress_bars() as progress:
        names = catalogues or settings.serve.catalogue
        service = Service(home, settings, names, progress)
    try:
        if len(service.house.names) > 1:
            (together_json_lines if as_json else together_terminal)(service)
        else:
            (chat_json if as_json else chat_terminal)(service)
    finally:
        service.close()


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", required=True, help="What the catalogue is called from now on.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    metavar="FIELD=ROLE",
    help="Overrule a field's role, e.g. --role maker=person.",
)
@_common
def index(file: Path, name: str, roles: tuple[str, ...], home: Path, flags: dict[str, Any]) -> None:
    """Make FILE (JSON Lines, gzipped or not) a catalogue, or bring one up to date with it.

    Only `id` and `title` are required in each line. What each further field is for is read off its
    name and values, and printed; roles are: facet, person, number, popularity, description, url,
    image.
    """
    from ui.indexing import index_file  # noqa: PLC0415

    index_file(file, name, dict(_flags(roles)), home, _settings(home, flags))


@main.command()
@_common
def catalogues(home: Path, flags: dict[str, Any]) -> None:
    """List the catalogues that are there."""
    from ui.indexing import list_catalogues  # noqa: PLC0415

    _settings(home, flags)
    for name, items in list_catalogues(home).items():
        click.echo(
            f"{name}\t{items if items is not None else 'comes with the project; indexed at first use'}"
        )


@main.command()
@click.argument("samples", type=click.Path(path_type=Path))
@click.option("--catalogue", required=True, help="The catalogue that the samples' items are of.")
@click.option(
    "--linker",
    type=click.Choice(["gold", "own"]),
    default="gold",
    show_default=True,
    help="Whose links of titles in the talk count: the file's, or ours.",
)
@click.option("--json", "as_json", is_flag=True, help="The figures as one JSON object.")
@_common
def evaluate(
    samples: Path, catalogue: str, linker: str, as_json: bool, home: Path, flags: dict[str, Any]
) -> None:
    """Measure recommendation on SAMPLES: the rank of what a human recommended next."""
    from ui.measuring import evaluate_file  # noqa: PLC0415

    evaluate_file(samples, catalogue, linker, as_json, home, _settings(home, flags))


@main.group()
def finetune() -> None:
    """Learn from logged conversations."""


@finetune.command()
@click.argument("samples", type=click.Path(path_type=Path))
@click.option("--catalogue", required=True, help="The catalogue that the samples' items are of.")
@click.option("--every", type=click.IntRange(1), default=1, help="Use every Nth sample.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where to write the blend.  [default: HOME/models/scorer/blend.json]",
)
@_common
def arms(
    samples: Path, catalogue: str, every: int, out: Path | None, home: Path, flags: dict[str, Any]
) -> None:
    """Fit how much the language model counts in the ranking."""
    from ui.measuring import fit_blend_file  # noqa: PLC0415

    fit_blend_file(samples, catalogue, every, out, home, _settings(home, flags))


@main.group()
def models() -> None:
    """What ranks, and how much it counts."""


@models.command()
@_common
def show(home: Path, flags: dict[str, Any]) -> None:
    """Show the encoder, the language model and the blend that serve."""
    from ui.measuring import show_models  # noqa: PLC0415

    show_models(home, _settings(home, flags))


@main.command()
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="The figures as one JSON object.")
@_common
def bench(name: str | None, as_json: bool, home: Path, flags: dict[str, Any]) -> None:
    """Measure NAME against the plain way; without NAME, list what can be measured."""
    from ui.measuring import run_bench  # noqa: PLC0415

    _settings(home, flags)
    run_bench(name, as_json)


@main.command()
@_common
def settings(home: Path, flags: dict[str, Any]) -> None:
    """Show every setting: its value, where it comes from, what it does."""
    from ui.settings import FILE, describe, load  # noqa: PLC0415

    loaded, origins = load([home / FILE, Path(FILE)], os.environ, flags)
    section = ""
    for setting in describe(loaded, origins):
        head, _, name = setting.name.partition(".")
        if head != section:
            click.secho(f"\n[{head}]", bold=True)
            section = head
        value = "unset" if setting.value is None else json.dumps(setting.value)
        click.echo(f"{name} = {value}", nl=False)
        click.secho(f"  ({setting.origin})", fg="cyan")
        click.secho(f"    {setting.sentence}", dim=True)


@main.group()
def visitors() -> None:
    """What is kept of a visitor."""


@visitors.command()
@click.argument("id")
@_common
def export(id: str, home: Path, flags: dict[str, Any]) -> None:
    """Print everything kept of the conversation ID, as JSON."""
    from chatbot.log import ConversationLog  # noqa: PLC0415

    _settings(home, flags)
    click.echo(json.dumps(ConversationLog(home).export(id), ensure_ascii=False, indent=1))


@visitors.command()
@click.argument("id")
@_common
def forget(id: str, home: Path, flags: dict[str, Any]) -> None:
    """Erase everything kept of the conversation ID."""
    from chatbot.log import ConversationLog  # noqa: PLC0415

    _settings(home, flags)
    ConversationLog(home).forget(id)
    click.echo(f"Everything kept of {id} is erased.")


if __name__ == "__main__":
    main()
