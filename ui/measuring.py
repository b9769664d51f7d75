"""`tastemaker evaluate`, `finetune reader`, `bench` and `models show`."""

import json
import os
import platform
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from inspect import signature
from pathlib import Path

import click

from chatbot.parts import Parts
from finetune import picture, ranks_file
from finetune.evaluate import measure
from finetune.linking import own_links
from finetune.rankings import ours_of
from finetune.reader import train_files
from finetune.samples import read_samples
from retrieval.errors import TastemakerError
from retrieval.trained_scorer import read_scorer_file
from retrieval.whole_file import check_place
from ui.blend_shown import show_blend
from ui.figures import table
from ui.opening import DATA, open_parts, trained_folder
from ui.settings import Settings
from ui.terminal import progress_bars

BENCH = DATA.parent / "bench"
DRAWN = ("growth", "length", "turn")
COLUMNS = ("recall@1", "recall@5", "recall@10", "recall@20", "recall@50", "mrr@10")


@contextmanager
def _opened(home: Path, catalogue: str, settings: Settings) -> Iterator[Parts]:
    with progress_bars() as progress:
        opened = open_parts(home, catalogue, settings, progress)
    try:
        yield opened.parts
    finally:
        opened.close()


@dataclass(frozen=True)
class Asked:
    """What `evaluate` is to measure with, and to write besides."""

    linker: str = "gold"
    stages: bool = False
    ranks: Path | None = None
    picture: Path | None = None


def evaluate_file(
    file: Path, catalogue: str, asked: Asked, as_json: bool, home: Path, settings: Settings
) -> None:
    """Measure, print tables or JSON, and write the files that are asked for."""
    for path, endings in ((asked.ranks, ranks_file.ENDINGS), (asked.picture, picture.ENDINGS)):
        if path is not None:
            check_place(path, endings)
    samples = read_samples(file)
    with _opened(home, catalogue, settings) as parts, progress_bars() as progress:
        linker = own_links(parts.lexicon) if asked.linker == "own" else None
        found = measure(samples, ours_of(parts), progress, linker, asked.stages)
    click.echo(json.dumps(found.figures) if as_json else table(found.figures))
    if asked.ranks is not None:
        ranks_file.write_ranks(asked.ranks, found.ledger)
    if asked.picture is not None:
        about = f"{file.name.split('.')[0]} on {catalogue}"
        picture.draw(asked.picture, found.figures, about)


def train_reader(
    files: Sequence[Path], folders: Sequence[Path], out: Path, seed: int, epochs: int
) -> None:
    """Train the second reader, and say where it is."""
    with progress_bars() as progress:
        count, made = train_files(files, [DATA, *folders], out, seed, epochs, progress)
    click.echo(f"{count} utterances learned from; stored in {out} ({made.weights_sha256[:8]}).")


def run_bench(
    name: str | None,
    as_json: bool,
    home: Path,
    file: Path | None = None,
    drawn: Path | None = None,
) -> None:
    """Run one measurement of `bench/`, or list them."""
    there = sorted(p.stem for p in BENCH.glob("[a-z]*.py") if "def run(" in p.read_text("utf-8"))
    if name is None:
        click.echo("\n".join(there))
        return
    if name not in there:
        raise TastemakerError(f"There is no benchmark {name!r}; there are: {', '.join(there)}.")
    if file is not None and name not in ("index", "update"):
        raise TastemakerError(
            "Only `bench index` and `bench update` take a file; the others make their own."
        )
    if drawn is not None:
        if name not in DRAWN:
            raise TastemakerError(f"Only `bench {'`, `bench '.join(DRAWN)}` draw a picture.")
        check_place(drawn, (".png",))
    if str(BENCH.parent) not in sys.path:
        sys.path.append(str(BENCH.parent))  # it is no part of what is installed
    run = import_module(f"bench.{name}").run
    given = {} if file is None else {"file": file}
    given |= {} if drawn is None else {"picture": drawn}
    given |= {"home": home} if "home" in signature(run).parameters else {}
    with progress_bars() as progress:
        rows = run(progress, **given)
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    if as_json:
        click.echo(json.dumps({"name": name, "machine": machine, "rows": rows}))
        return
    click.echo(machine)
    for row in rows:
        ratio = f"{row['ratio']} times quicker" if row["unit"] == "ms" else f"ratio {row['ratio']}"
        click.echo(
            f"{row['what']}: {row['ours']} against {row['plain']} {row['unit']}, {ratio} "
            f"(spread {row['spread']}; {row['tolerance']})"
        )


def show_models(home: Path, catalogue: str, settings: Settings) -> None:
    """Print what ranks in a catalogue, and how much it counts."""
    click.echo(f"encoder   {settings.encoder.model}")
    folder = home / "models" / settings.scorer.model
    state = (
        "ready" if folder.is_dir() or Path(settings.scorer.model).is_dir() else "not prepared yet"
    )
    click.echo(f"scorer    {settings.scorer.model} ({state})")
    trained = trained_folder(home, settings.scorer)
    if trained is None:
        click.echo("          not trained; `tastemaker finetune scorer` trains it")
    else:
        file = read_scorer_file(trained)
        click.echo(f"          {trained}: {file.found}. It counts {file.weight} times.")
    if settings.scorer.weight is not None:
        click.echo(f"          overruled by the setting scorer.weight = {settings.scorer.weight}")
    show_blend(home, catalogue, settings)
