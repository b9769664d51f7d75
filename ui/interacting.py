"""`tastemaker interactions` and `finetune colikes`: what people did, read, kept, and made use of."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, get_args

import click
from filelock import FileLock, Timeout

from finetune.colikes import SEEDS, compare
from retrieval.catalogue import Catalogue
from retrieval.colike import Colikes, fit, save
from retrieval.encoder import Progress
from retrieval.errors import InteractionsError
from retrieval.interaction_store import FILE, InteractionStore, Taken, salt_of
from retrieval.interactions import InteractionFile, Reading
from retrieval.likes import likes_of
from retrieval.signals import EVENTS, Values, worths
from ui.opening import catalogue_folder, open_catalogue
from ui.terminal import progress_bars


def reading_of(
    columns: Mapping[str, str], values: str | None, events: Mapping[str, str]
) -> Reading:
    """How a file is to be read, from what was said on the command line."""
    if values is not None and values not in get_args(Values):
        raise InteractionsError(f"Values are {', '.join(get_args(Values))}, not {values!r}.")
    return Reading(columns, values, worths(events))  # type: ignore[arg-type]


def take_interactions(
    file: Path | None, name: str, reading: Reading, replace: bool, tolerated: int, home: Path
) -> None:
    """Add a file to the interactions of a catalogue and find anew what is liked together; without a
    file, only the latter."""
    catalogue = open_catalogue(home, name)
    folder = catalogue_folder(home, name)
    store = InteractionStore(folder, salt_of(home))
    with _alone(folder), progress_bars() as progress:
        taken, columns = None, ""
        if file is not None:
            rows = InteractionFile(file, reading, progress)
            columns = rows.columns.told()
            taken = store.take(rows, frozenset(catalogue.items), tolerated, replace)
            columns += f"; values are {rows.values}" if rows.values else ""
        elif not (folder / FILE).is_file():
            raise InteractionsError(
                f"No interactions are kept for {name!r}: `tastemaker interactions FILE --catalogue {name}`."
            )
        made = _learn(store, catalogue, folder, progress)
    if taken is not None:
        click.echo(f"{file and file.name}: {columns}.")
        _tell(taken)
    click.echo(_summary(made, name))


def forget_user(user: str, name: str, home: Path) -> None:
    """Erase what one user did, and find anew what is liked together."""
    catalogue = open_catalogue(home, name)
    folder = catalogue_folder(home, name)
    if not (folder / FILE).is_file():
        raise InteractionsError(f"No interactions are kept for {name!r}.")
    store = InteractionStore(folder, salt_of(home))
    with _alone(folder), progress_bars() as progress:
        gone = store.forget(user)
        _learn(store, catalogue, folder, progress)
    click.echo(
        f"{gone} interactions of that user are erased, and what is liked together is found anew."
    )


def follow(home: Path, catalogue: Catalogue, progress: Progress) -> None:
    """Find anew what is liked together, if interactions are kept: the catalogue has changed."""
    folder = catalogue_folder(home, catalogue.name)
    if (folder / FILE).is_file():
        with _alone(folder):
            _learn(InteractionStore(folder, salt_of(home)), catalogue, folder, progress)


def _learn(
    store: InteractionStore, catalogue: Catalogue, folder: Path, progress: Progress
) -> Colikes:
    row = {id: n for n, id in enumerate(catalogue.items)}
    made = fit([*row], likes_of(store.kept(), row), progress=progress)
    save(folder, made)
    return made


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    try:
        with FileLock(folder / "interactions.lock", timeout=0):
            yield
    except Timeout:
        raise InteractionsError(
            f"Another process is reading interactions for {folder.name!r}. Try again when it is done."
        ) from None


def _tell(taken: Taken) -> None:
    click.echo(f"{taken.rows:,} rows read, {taken.added:,} of them not known before.")
    for fault in taken.faults:
        click.secho(f"  line {fault.line}: {fault.why}", fg="yellow", err=True)
    if taken.bad:
        click.secho(f"{taken.bad:,} rows could not be used.", fg="yellow", err=True)
    if taken.unknown_rows:
        click.secho(
            f"{taken.unknown_rows:,} rows are about {taken.unknown_items:,} items that the catalogue does not have; "
            "they are kept, and count when it has them.",
            fg="yellow",
            err=True,
        )


def _summary(made: Colikes, name: str) -> str:
    word = {"colike": "like", "cobuy": "bought", "coview": "took an interest in"}[made.meant]
    near = int((made.neighbours >= 0).any(axis=1).sum())
    return (
        f"{name}: {made.users:,} people {word} {int((made.people > 0).sum()):,} of {len(made.ids):,} items; "
        f"{near:,} items have neighbours that go with them. A server that is running has to be started again."
    )


def compare_colikes(file: Path, columns: Mapping[str, str], as_json: bool) -> None:
    """Measure every way to find what is liked together, and print a table or JSON."""
    with progress_bars() as progress:
        found = compare(InteractionFile(file, Reading(columns, None, EVENTS), progress), progress)
    click.echo(json.dumps(found) if as_json else comparison(found))


def comparison(found: Mapping[str, Any]) -> str:
    """The figures as a table in Markdown, with 95 % intervals."""
    lines = [
        f"{found['users']:,} users, {found['items']:,} items that two like, {found['likes']:,} likes to learn from",
        "",
        "| seeds | way | R@10 | R@50 | MRR@10 | ours ahead, R@50 |",
        "|---|---|---|---|---|---|",
    ]
    for seeds in SEEDS:
        for name, row in found["rows"].items():
            figures = (row[seeds][m] for m in ("recall@10", "recall@50", "mrr@10", "behind_ours"))
            cells = (f"{f['value']:.3f} [{f['low']:.3f}, {f['high']:.3f}]" for f in figures)
            lines.append(f"| {seeds} | {name} | {' | '.join(cells)} |")
    return "\n".join(lines)
