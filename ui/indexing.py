"""`tastemaker index` and `tastemaker catalogues`."""

import gc
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import get_args

import click

from retrieval.catalogue import Catalogue, hashes_of
from retrieval.encoder import Encoder, HashingEncoder
from retrieval.errors import CatalogueError
from retrieval.importing import TOLERATED, bad_rows_allowed
from retrieval.interaction_store import FILE as INTERACTIONS
from retrieval.item import Role
from retrieval.read_beside import begin_reading
from retrieval.versions import current
from ui.import_report import print_report
from ui.opening import OURS, catalogue_folder, open_encoder
from ui.progress import progress_bars
from ui.released import open_arms
from ui.settings import Settings
from ui.updating import update


def index_file(
    file: Path,
    name: str,
    given: dict[str, str],
    home: Path,
    settings: Settings,
    *,
    bad_rows: str = TOLERATED,
    encoding: str | None = None,
    dry_run: bool = False,
) -> None:
    """Read a file into the catalogue `name` and embed what is new or changed in it.

    Prints what every field was taken for. `bad_rows` is how many rows may be left out because they
    cannot be used, a number or a share; with more of them, and with `dry_run`, nothing is written.
    """
    roles: dict[str, Role] = {}
    for field, role in given.items():
        if role not in get_args(Role):
            raise CatalogueError(
                f"There is no role {role!r}; roles are {', '.join(get_args(Role))}."
            )
        roles[field] = role  # type: ignore[assignment]
    folder = catalogue_folder(home, name)
    bad_rows_allowed(bad_rows, 0)
    reading = begin_reading(file, roles, encoding)
    with ThreadPoolExecutor(1) as beside, _uncollected():
        opening = None if dry_run else beside.submit(_encoder, settings)
        with progress_bars() as progress:
            read = reading(progress)
        print_report(file.name, read)
        read.refuse_too_many(file.name, bad_rows)
        if opening is None:
            click.echo(f"{len(read.rows):,} items could be indexed as {name}. Nothing was changed.")
            return
        started = time.monotonic()
        with progress_bars() as progress:
            done = update(folder, opening.result(), read.rows, read.roles, progress=progress)
    there = current(folder)
    if there is not None and (folder / INTERACTIONS).is_file():
        from ui.interacting import follow  # noqa: PLC0415

        with progress_bars() as progress:
            follow(home, Catalogue(there, name), progress)
    whole = done.added + done.changed in (0, done.items)
    advised = whole and _unlearned(
        folder, name, opening.result().name, settings
    )  # it costs a second to look
    left_out = f"; {len(read.bad):,} rows left out" if read.bad else ""
    click.echo(
        f"{name}: {done.items:,} items; {done.added:,} added, {done.changed:,} changed, "
        f"{done.removed:,} removed, {done.embedded:,} embedded{left_out}, in "
        f"{time.monotonic() - started:.1f} s. Try `tastemaker chat --catalogue {name}`."
    )
    if advised:
        click.echo(
            "Nothing is learned of it yet. Without conversations to learn from, `tastemaker finetune "
            f"simulated --catalogue {name}` makes a first fit."
        )


def _unlearned(folder: Path, name: str, encoder: str, settings: Settings) -> bool:
    """Whether nothing serves that was learned of a catalogue, and a first fit may help it."""
    there = current(folder)
    if there is None or settings.arms.blend != "learned":
        return False
    from finetune.tastes import are_counted  # noqa: PLC0415

    catalogue = Catalogue(there, name)
    return open_arms(folder, catalogue, encoder, settings).blend is None and are_counted(catalogue)


def _encoder(settings: Settings) -> Encoder:
    """The encoder, and what keeps its vectors, loaded while the file is read."""
    encoder = open_encoder(settings)
    if not isinstance(encoder, HashingEncoder):
        import retrieval.chroma_index  # noqa: PLC0415

        retrieval.chroma_index.load()
    return encoder


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without looking for cycles, a quarter of the time that reading takes: rows hold none."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def list_catalogues(home: Path) -> dict[str, int | None]:
    """Each catalogue with its number of items; None for one of ours that is not indexed yet."""
    folder = home / "catalogues"
    found = {base.name: current(base) for base in sorted(folder.glob("*")) if base.is_dir()}
    counts: dict[str, int | None] = dict.fromkeys(OURS)
    return counts | {name: len(hashes_of(there)) for name, there in found.items() if there}
