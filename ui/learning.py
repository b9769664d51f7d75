"""`finetune samples`, `finetune import` and `visitors consent`: the work, and what is told of it."""

from collections.abc import Mapping
from pathlib import Path

import click

from chatbot.erasure import note_samples
from chatbot.log import ConversationLog
from chatbot.logged import read_log
from finetune.caps import cap
from finetune.from_log import Gathered, gather
from finetune.import_dialogues import import_dialogues
from finetune.manifest import Manifest, Settings, describe, file_of, manifest_of, write
from finetune.samples import Sample
from retrieval import versions
from retrieval.catalogue import read_meta
from retrieval.errors import TastemakerError
from ui.opening import catalogue_folder, open_catalogue
from ui.terminal import progress_bars


def write_samples(out: Path, settings: Settings, home: Path) -> None:
    """Make samples of the log, write them with their manifest, and say what went in."""
    _, manifest, data = samples_of_log(settings, home, out.suffix == ".gz")
    note_samples(ConversationLog(home).connection(), out)
    write(out, data, manifest)
    click.echo("\n".join(told(manifest)))
    click.echo(f"Written to {out}, with {manifest_of(out).name} beside it.")


def samples_of_log(
    settings: Settings, home: Path, zipped: bool = False
) -> tuple[list[Sample], Manifest, bytes]:
    """The samples of the log, with their manifest and the bytes of their file. Raises TastemakerError
    where there are none."""
    conversations = read_log(home)
    gathered = gather(
        conversations, settings.catalogue, settings.since, settings.consent == "assumed"
    )
    if not gathered.samples:
        raise TastemakerError(_none(gathered, settings))
    capped = cap(gathered.samples, settings.visitor_share, settings.item_share, settings.seed)
    data = file_of(capped.samples, zipped)
    names = {sample.catalogue for sample in capped.samples}
    manifest = describe(gathered, capped, data, {n: _hash(home, n) for n in names}, settings)
    return capped.samples, manifest, data


def _hash(home: Path, catalogue: str) -> str | None:
    there = versions.current(catalogue_folder(home, catalogue))
    return read_meta(there).get("hash") if there else None


def _none(gathered: Gathered, settings: Settings) -> str:
    asked = "" if settings.consent == "assumed" else (
        " Only what visitors agreed to is learned from: `tastemaker visitors consent --help`."
    )  # fmt: skip
    return (
        f"No sample comes of the log, so nothing was written. Conversations: {_list(gathered.conversations) or 'none'}. "
        f"Turns: {_list(gathered.turns) or 'none'}. Lists: {_list(gathered.lists) or 'none'}.{asked}"
    )


def told(manifest: Manifest) -> list[str]:
    """What went into a set of samples, and what did not, in lines for a terminal."""
    lists = {why: n for why, n in manifest.lists.items() if why != "in the log"}
    visitors, items = manifest.visitor_cap, manifest.item_cap
    over = sum(visitors["dropped_samples"].values())
    positives = sum(item["dropped"] for item in items["dropped_positives"])
    lines = [
        f"Samples: {manifest.samples:,}, without a positive: {manifest.without_positive:,}. Visitors: {len(manifest.visitors):,}.",
        f"Positives: {_list(manifest.positives) or 'none'}. Negatives: {_list(manifest.negatives) or 'none'}.",
        f"Conversations: {_list(manifest.conversations)}. Turns: {_list(manifest.turns)}.",
    ]
    if lists:
        lines.append(f"Lists that gave none: {_list(lists)}.")
    if over:
        lines.append(
            f"Dropped so that no visitor has more than {visitors['most']:,} samples: {over:,}, of visitors: {len(visitors['dropped_samples']):,}."
        )
    if positives:
        lines.append(
            f"Positives dropped so that no item has more than {items['most']:,}: {positives:,}, of items: {len(items['dropped_positives']):,}; "
            f"samples that had nothing left: {items['dropped_samples']:,}."
        )
    return lines


def _list(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{n:,} {why}" for why, n in counts.items())


def take_dialogues(file: Path, catalogue: str, source: str, home: Path) -> None:
    """Import a file of dialogues, and say what came of it."""
    name = source or file.name.split(".")[0]
    if not name.replace("-", "").replace("_", "").isalnum():
        raise TastemakerError(
            f"A source's name is letters, digits, '-' and '_', not {name!r}; `--source NAME` gives one."
        )
    known = open_catalogue(home, catalogue).items
    with progress_bars() as progress:
        done = import_dialogues(ConversationLog(home), file, catalogue, known, name, progress)
    click.echo(
        f"Dialogues taken into the log as {name}/ID: {done.added:,}, their turns: {done.turns:,}. "
        f"Left alone, because they are there or were erased once: {done.there:,}."
    )
    if done.unknown:
        click.secho(
            f"Items that the catalogue {catalogue!r} lacks, left out: {done.unknown:,}.",
            fg="yellow",
            err=True,
        )


def settle_consent(id: str, training: bool | None, home: Path) -> None:
    """Give or withdraw consent for a conversation, as the owner, and say what stands."""
    log = ConversationLog(home)
    if training is not None:
        log.agree(id, training, "owner")
    by = log.agreed(id)
    click.echo(
        f"What is said in {id} may be learned from (by {by})."
        if by
        else f"Nothing that is said in {id} is learned from."
    )
