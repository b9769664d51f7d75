"""Making a release of samples, measuring it, and what the commands `models ...` print of releases."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from chatbot.model_events import events_of
from chatbot.parts import Parts
from finetune import gate, releases
from finetune.arms import taught
from finetune.asked import Listener
from finetune.card import card_of
from finetune.held_out import Split, split
from finetune.manifest import manifest_of, read_manifest
from finetune.releases import Making, Release
from finetune.samples import Sample, read_samples
from finetune.votes import Voted, weigh
from retrieval.encoder import Progress
from retrieval.errors import TastemakerError
from retrieval.learned import save_learned
from retrieval.release import Samples, live_folder, read_pointer
from ui.opening import open_parts
from ui.released import Which, encoder_hash, without_precision
from ui.settings import Settings
from ui.terminal import progress_bars


@dataclass(frozen=True)
class Given:
    """Samples to make a release of, or to measure one with: their file's name, its bytes and, where it
    has one, its manifest."""

    name: str
    samples: Sequence[Sample]
    sha256: str
    manifest: bytes | None = None
    last: str = ""


def given_file(file: Path) -> Given:
    """The samples of a file, with their manifest if there is one. Raises SamplesError for a manifest of
    other samples."""
    samples, manifest, last = read_samples(file), None, ""
    if manifest_of(file).is_file():
        last = read_manifest(file).log.get("last", "")
        manifest = manifest_of(file).read_bytes()
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return Given(file.name.split(".")[0], samples, digest, manifest, last)


def make_arms_release(home: Path, catalogue: str, given: Given, settings: Settings) -> Release:
    """A release with weights of the arms and counts of talk learned from samples, measured against what
    is live. What else the live release has goes with it. Raises TastemakerError."""
    parts = split(given.samples, settings.release.held_out)
    if not parts.learned:
        raise TastemakerError("All of these samples are kept apart to measure with; more are needed.")  # fmt: skip
    with progress_bars() as progress, TemporaryDirectory(prefix="tastemaker-") as made:
        with _beside(home, catalogue, without_scorer(settings), progress) as opened:
            voted = _voted(parts.learned, opened, settings)
            _fit(voted.samples, opened, given.name, Path(made), progress)
            encoder = without_precision(opened.retriever.encoder.name)
            hash = opened.retriever.catalogue.hash
        told = Making(
            catalogue,
            hash,
            encoder,
            _base(settings),
            _noted(given, parts, voted),
            {"release": settings.release.model_dump(), "arms": settings.arms.model_dump()},
        )
        folders = _carried(home, catalogue) | {"arms": Path(made)}
        if settings.encoder.delta:
            folders["encoder"] = Path(settings.encoder.delta).expanduser()
        visitors = Counter(s.visitor for s in given.samples if s.visitor)
        release = releases.make(home, told, folders, visitors, given.manifest)
    return measure_release(home, release, given, settings)


def _voted(learned: Sequence[Sample], opened: Parts, settings: Settings) -> Voted:
    """What visitors may say for items, held against what is live."""
    before = opened.retriever.learned.talked
    expected = None
    if before is not None and before.named.sum():
        shares = before.named / before.named.sum()
        expected = dict(zip(before.keys, shares.tolist(), strict=True))
    return weigh(learned, expected, settings.release.growth)


def _fit(
    samples: Sequence[Sample], opened: Parts, name: str, out: Path, progress: Progress
) -> None:
    listener = Listener(opened.lexicon)
    save_learned(out, taught(samples, opened.retriever, listener, name, progress))


def _noted(given: Given, parts: Split, voted: Voted) -> Samples:
    left_out = {"repeated votes": voted.repeated, "votes beyond growth": voted.beyond}
    return Samples(
        name=given.name,
        sha256=given.sha256,
        learned=len(parts.learned),
        held_out=len(parts.held),
        robust=left_out | {"items held back": len(voted.items)},
        last=given.last,
    )


def _base(settings: Settings) -> dict[str, str]:
    digest = encoder_hash(settings.encoder.model)
    return {"encoder": digest} if digest else {}


def _carried(home: Path, catalogue: str) -> dict[str, Path]:
    """The parts of the live release that arms are learned beside, and that go on with them."""
    folder = live_folder(home, catalogue)
    if folder is None:
        return {}
    return {part: folder / part for part in ("encoder", "scorer") if (folder / part).is_dir()}


def measure_release(home: Path, release: Release, given: Given, settings: Settings) -> Release:
    """Measure a release against what is live, on the part of the samples that is kept apart, and keep
    what was found with it."""
    name = release.record.catalogue
    parts = split(given.samples, settings.release.held_out)
    against = read_pointer(home, name).live
    with (
        progress_bars() as progress,
        _beside(home, name, settings, progress, live_folder(home, name)) as live,
        _beside(home, name, settings, progress, release.folder) as new,
    ):
        found = gate.measure(parts.held, parts.learned, new, live, settings.release, progress)
    metrics = {
        "format": 1,
        "against": against,
        "samples": {"name": given.name, "sha256": given.sha256, "held_out": len(parts.held)},
        "passed": found.passed,
        "checks": [asdict(check) for check in found.checks],
        **found.figures,
    }
    return releases.keep_metrics(release, metrics, card_of(release.record, release.parts, metrics))


@contextmanager
def _beside(
    home: Path,
    name: str,
    settings: Settings,
    progress: Progress,
    release: Which = "live",
) -> Iterator[Parts]:
    opened = open_parts(home, name, settings, progress, release=release, beside=True)
    try:
        yield opened.now()
    finally:
        opened.close()


def without_scorer(settings: Settings) -> Settings:
    """The same with no language model, for what needs none."""
    return settings.model_copy(
        update={"scorer": settings.scorer.model_copy(update={"model": "none"})}
    )


def learn_release(file: Path, catalogue: str, home: Path, settings: Settings) -> None:
    """`finetune arms --release`: make a release, and print what the gate says of it."""
    release = make_arms_release(home, catalogue, given_file(file), settings)
    click.echo(gate_table(release))
    promote = f"`tastemaker models promote {release.record.id} --catalogue {catalogue}`"
    against = releases.objections(home, release)
    click.echo(
        f"{release.record.id} may be promoted: {promote}."
        if not against
        else f"{release.record.id} is not let through. {' '.join(against)}"
    )


def gate_table(release: Release) -> str:
    """What the gate measured, a row a check."""
    if release.metrics is None:
        return "It was not measured."
    return gate.table([gate.Check(**check) for check in release.metrics["checks"]])


def promote_release(
    id: str,
    catalogue: str,
    file: Path | None,
    force: bool,
    why: str,
    home: Path,
    settings: Settings,
) -> None:
    """`models promote`: through the gate, or past it by force."""
    release = releases.find_release(home, catalogue, id)
    if file is not None:
        release = measure_release(home, release, given_file(file), settings)
        click.echo(gate_table(release))
    releases.promote(home, release, force, why)
    click.echo(
        f"{release.record.id} is live for {catalogue}. A running server takes it between two turns, after a "
        f"smoke check; `tastemaker models rollback --catalogue {catalogue}` takes it back."
    )


def roll_back(catalogue: str, why: str, home: Path) -> None:
    """`models rollback`."""
    after = releases.roll_back(home, catalogue, why or "asked for")
    click.echo(
        f"{after} is live for {catalogue} again."
        if after
        else f"No release is live for {catalogue} any more; it serves as it did before the first."
    )


def listing(home: Path, catalogue: str) -> dict[str, Any]:
    """The releases of a catalogue as JSON: which serves, and what each is."""
    pointer, found = read_pointer(home, catalogue), []
    for release in releases.releases_of(home, catalogue):
        against = releases.objections(home, release)
        gone = releases.gone_from(home, release)
        metrics = release.metrics or {}
        found.append(
            {
                "id": release.record.id,
                "made": release.record.made,
                "state": releases.state_of(release, pointer, against),
                "parts": release.parts,
                "samples": release.record.samples.model_dump(),
                "gain": metrics.get("gain"),
                "against": metrics.get("against"),
                "erased_visitors": sum(why == "forgotten" for why in gone.values()),
                "withdrawn_visitors": sum(why == "withdrawn" for why in gone.values()),
                "objections": against,
            }
        )
    return {"catalogue": catalogue, "live": pointer.live, "before": pointer.before, "releases": found}  # fmt: skip


def print_releases(home: Path, catalogue: str, as_json: bool) -> None:
    """`models list`, of one catalogue or of all that have releases."""
    names = [catalogue] if catalogue else releases.catalogues_with_releases(home)
    found = [listing(home, name) for name in names]
    if as_json:
        click.echo(json.dumps({"catalogues": found}))
        return
    if not any(each["releases"] for each in found):
        click.echo(
            "There are no releases yet. `tastemaker finetune arms SAMPLES --catalogue NAME --release` makes "
            "one, `tastemaker finetune auto --catalogue NAME` does it from the log."
        )
    for each in found:
        click.echo(f"{each['catalogue']}: {each['live'] or 'no release'} is live")
        for row in each["releases"]:
            gain = row["gain"]
            told = f"{gain['value']:+.4f} [{gain['low']:+.4f}, {gain['high']:+.4f}]" if gain else "not measured"  # fmt: skip
            gone = row["erased_visitors"] + row["withdrawn_visitors"]
            mark = f"  learned from {gone} who are erased or withdrew" if gone else ""
            click.echo(f"  {row['id']}  {row['state']:<8} {'+'.join(row['parts']):<12} {row['samples']['learned']:>7,} samples  {told}{mark}")  # fmt: skip


def show_release(home: Path, catalogue: str, id: str, as_json: bool) -> None:
    """`models show ID`: what made a release, what the gate said, what became of it."""
    release = releases.find_release(home, catalogue, id)
    name = release.record.id
    lines = [e for e in events_of(home, catalogue) if e.release == name]
    if as_json:
        told = {
            "record": release.record.model_dump(),
            "metrics": release.metrics,
            "objections": releases.objections(home, release),
            "erased_or_withdrawn": releases.gone_from(home, release),
            "events": [asdict(line) for line in lines],
        }
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    path = release.folder / "CARD.md"
    click.echo(path.read_text(encoding="utf-8") if path.is_file() else card_of(release.record, release.parts, None))  # fmt: skip
    for each in releases.objections(home, release):
        click.secho(f"Against promoting it: {each}", fg="yellow")
    for line in lines:
        click.echo(f"{line.at}  {line.event}: {line.why}")


def print_live(home: Path) -> None:
    """Which release serves each catalogue, below what `models show` says of the models."""
    for name in releases.catalogues_with_releases(home):
        click.echo(f"release   {name}: {read_pointer(home, name).live or 'none'}")
