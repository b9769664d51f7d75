"""The command `tastemaker`. Commands import what they need when they run, so `--help` is instant."""

import json
import os
from pathlib import Path
from typing import Any

import click

from ui.interactions_command import colikes, interactions
from ui.options import common as _common
from ui.options import pairs as _flags
from ui.options import settings_of as _settings


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
@click.option("--catalogue", help="Catalogue to talk about.  [default: films]")
@_common
def serve(
    host: str | None, port: int | None, catalogue: str | None, home: Path, flags: dict[str, Any]
) -> None:
    """Serve the page, and the HTTP API under /api/v1."""
    from ui.server import run  # noqa: PLC0415

    given = {"serve.host": host, "serve.port": port, "serve.catalogue": catalogue}
    settings = _settings(home, flags | {k: v for k, v in given.items() if v is not None})
    run(home, settings)


@main.command()
@click.option("--catalogue", help="Catalogue to talk about.  [default: films]")
@click.option(
    "--json", "as_json", is_flag=True, help="One utterance a line in, one JSON object a line out."
)
@_common
def chat(catalogue: str | None, as_json: bool, home: Path, flags: dict[str, Any]) -> None:
    """Talk in the terminal."""
    from ui.service import Service  # noqa: PLC0415
    from ui.terminal import chat_json, chat_terminal, progress_bars  # noqa: PLC0415

    settings = _settings(home, flags)
    with progress_bars() as progress:
        service = Service(home, settings, catalogue or settings.serve.catalogue, progress)
    try:
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


main.add_command(interactions)
finetune.add_command(colikes)

if __name__ == "__main__":
    main()
