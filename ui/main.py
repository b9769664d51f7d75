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
@click.option(
    "--bad-rows",
    default="5%",
    show_default=True,
    metavar="LIMIT",
    help="How many rows may be left out because they cannot be used: a number, or a share.",
)
@click.option("--encoding", help="How the file's text is encoded, where that is guessed wrong.")
@click.option("--dry-run", is_flag=True, help="Print what would be done, and change nothing.")
@_common
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
        dict(_flags(roles)),
        home,
        _settings(home, flags),
        bad_rows=bad_rows,
        encoding=encoding,
        dry_run=dry_run,
    )


@main.command()
@click.argument("name")
@click.argument("id")
@click.argument("values", nargs=-1, required=True, metavar="FIELD=NUMBER...")
@_common
def change(name: str, id: str, values: tuple[str, ...], home: Path, flags: dict[str, Any]) -> None:
    """Set the price, the stock or another number of item ID in the catalogue NAME, at once.

    A running server knows from the next turn on; nothing is indexed again. What the file says counts
    again when the catalogue is next indexed. For example: tastemaker change shop p001 stock=0
    """
    from retrieval.changes import change as change_item  # noqa: PLC0415
    from ui.opening import catalogue_folder  # noqa: PLC0415

    try:
        numbers = {field: float(value) for field, value in _flags(values).items()}
    except ValueError as error:
        raise click.UsageError(f"Values are numbers, as in stock=0: {error}.") from error
    _settings(home, flags)  # refuses what is set wrongly, like every command
    change_item(catalogue_folder(home, name), id, numbers)
    click.echo(f"{id}: " + ", ".join(f"{f} is {v:g}" for f, v in numbers.items()) + " from now on.")


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


@finetune.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option(
    "--catalogues",
    "folders",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder with NAME.jsonl for the catalogues that the utterances name; ours is known.",
)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="[default: HOME/models/reader]"
)
@click.option(
    "--seed",
    default=0,
    show_default=True,
    help="The same seed, files and machine give the same weights.",
)
@click.option("--epochs", type=click.IntRange(1), default=8, show_default=True)
@_common
def reader(
    files: tuple[Path, ...],
    folders: tuple[Path, ...],
    out: Path | None,
    seed: int,
    epochs: int,
    home: Path,
    flags: dict[str, Any],
) -> None:
    """Train the second reader, which corrects what the rules read, on labelled utterances in FILES."""
    from ui.measuring import train_reader  # noqa: PLC0415

    _settings(home, flags)
    train_reader(files, folders, out or home / "models" / "reader", seed, epochs)


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


@main.group()
def rules() -> None:
    """The owner's rules of a catalogue: what to pin, boost, bury and hide.

    They stand in catalogues/NAME/rules.toml in the home folder, which is read again when it changes.
    No rule shows anything that breaks a visitor's limit.
    """


@rules.command()
@click.argument("name")
@_common
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

    _settings(home, flags)
    check_rules(home, name)


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
