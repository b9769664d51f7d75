"""The command `tastemaker`. Commands import what they need when they run, so `--help` is instant."""

import json
import os
from pathlib import Path
from typing import Any

import click

from ui.catalogue_commands import catalogues, change, index, rules
from ui.first_fit_command import simulated
from ui.interactions_command import colikes, interactions
from ui.learning_commands import import_, samples
from ui.options import common as _common
from ui.options import settings_of as _settings
from ui.release_commands import arms, auto, models
from ui.simulating import simulate
from ui.site_commands import sites
from ui.training_commands import encoder, reader, scorer
from ui.visitor_commands import visitors


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
@click.argument("samples", type=click.Path(path_type=Path))
@click.option("--catalogue", required=True, help="The catalogue that the samples' items are of.")
@click.option(
    "--linker",
    type=click.Choice(["gold", "own"]),
    default="gold",
    show_default=True,
    help="Whose links of titles in the talk count: the file's, or ours.",
)
@click.option("--stages", is_flag=True, help="Also what each arm finds alone, and each stage adds.")
@click.option(
    "--ranks",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write the rank of every label in every row: .csv or .jsonl, or these with .gz.",
)
@click.option(
    "--picture",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Draw recall at every cut, with intervals: .png or .svg.",
)
@click.option("--json", "as_json", is_flag=True, help="The figures as one JSON object.")
@_common
def evaluate(
    samples: Path,
    catalogue: str,
    linker: str,
    stages: bool,
    ranks: Path | None,
    picture: Path | None,
    as_json: bool,
    home: Path,
    flags: dict[str, Any],
) -> None:
    """Measure recommendation on SAMPLES: the rank of what a human recommended next.

    SAMPLES are JSON Lines, gzipped or not. Ranks are among all items of the catalogue; a label that it
    does not have is a miss, and counted. Floors stand beside it, with differences and 95 % intervals
    over dialogues. docs/evaluating.md says what every figure means.
    """
    from ui.measuring import Asked, evaluate_file  # noqa: PLC0415

    asked = Asked(linker, stages, ranks, picture)
    evaluate_file(samples, catalogue, asked, as_json, home, _settings(home, flags))


@main.group()
def finetune() -> None:
    """Learn from logged conversations."""


@main.command()
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="The figures as one JSON object.")
@click.option(
    "--file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A catalogue file (JSON Lines) to index both ways instead of our films; for `bench index` and `bench update`.",
)
@click.option(
    "--picture",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A PNG to draw into: where the time of a turn goes (`bench turn`), how it grows (`bench growth`, `bench length`).",
)
@_common
def bench(
    name: str | None,
    as_json: bool,
    file: Path | None,
    picture: Path | None,
    home: Path,
    flags: dict[str, Any],
) -> None:
    """Measure NAME against the plain way; without NAME, list what can be measured."""
    from ui.measuring import run_bench  # noqa: PLC0415

    _settings(home, flags)
    run_bench(name, as_json, home, file, picture)


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


for command in (index, change, catalogues, rules, interactions, simulate, models, sites, visitors):
    main.add_command(command)
for command in (
    *(arms, auto, encoder, scorer, reader),
    *(colikes, samples, import_, simulated),
):
    finetune.add_command(command)

if __name__ == "__main__":
    main()
