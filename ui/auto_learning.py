"""`finetune auto`: from the log to a release that serves, or a reason why not."""

from pathlib import Path

import filelock

from chatbot.model_events import note
from finetune import releases
from finetune.auto import NAME, Outcome, ended, fresh, last_learned, waits
from finetune.manifest import Settings as Asked
from retrieval.errors import TastemakerError
from retrieval.release import CARD, models_of
from retrieval.whole_file import write_whole
from ui.learning import samples_of_log, told
from ui.releasing import Given, make_arms_release
from ui.settings import Settings


def learn_by_itself(home: Path, catalogue: str, settings: Settings) -> Outcome:
    """One run. Raises TastemakerError where another is under way, or nothing can be learned from."""
    base = models_of(home, catalogue)
    base.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(base / "auto.lock")
    try:
        lock.acquire(blocking=False)
    except filelock.Timeout:
        raise TastemakerError(f"Another run learns from {catalogue!r} just now.") from None
    try:
        outcome, release = _run(home, catalogue, settings)
    finally:
        lock.release()
    note(home, catalogue, release, "auto", outcome.line)
    return outcome


def _run(home: Path, catalogue: str, settings: Settings) -> tuple[Outcome, str]:
    asked = Asked(catalogue=catalogue, consent=settings.log.consent)
    samples, manifest, _ = samples_of_log(asked, home)
    since = last_learned(releases.releases_of(home, catalogue))
    new, least = fresh(samples, since), settings.release.auto_samples
    if new < least:
        return waits(catalogue, new, least, since), ""
    told_of_samples = [f"* {line}" for line in told(manifest)]
    kept = manifest.model_dump_json(indent=1).encode() + b"\n"
    last = manifest.log.get("last", "")
    given = Given(NAME, samples, manifest.samples_sha256, kept, last)
    release = make_arms_release(home, catalogue, given, settings)
    against = releases.objections(home, release)
    if against:
        note(home, catalogue, release.record.id, "refused", " ".join(against))
    else:
        releases.promote(home, release, why="by finetune auto")
    card = (release.folder / CARD).read_text(encoding="utf-8")
    outcome = ended(release, against, new, told_of_samples, card)
    pages = models_of(home, catalogue) / "auto"
    pages.mkdir(exist_ok=True)
    write_whole(pages / f"{release.record.id}.md", outcome.page.encode())
    return outcome, release.record.id
