"""Visitors taken out of samples that were written before they were erased.

Every file of samples below the home is looked through. Those that `tastemaker finetune samples` wrote elsewhere
are known to the log; copies that somebody made are not.
"""

import gzip
import json
import zlib
from collections import Counter
from collections.abc import Collection, Iterable
from hashlib import sha256
from pathlib import Path

from pydantic import ValidationError

from finetune.manifest import Manifest, file_of, manifest_of, write
from finetune.samples import Sample, read_samples
from retrieval.whole_file import write_whole

ENDINGS = (".jsonl", ".jsonl.gz", ".json", ".json.gz", ".part")


def samples_below(home: Path) -> list[Path]:
    """The files below the home that may hold samples, finished or not."""
    return [
        path
        for path in sorted(home.rglob("*"))
        if path.name.endswith(ENDINGS) and not path.name.endswith(".manifest.json")
    ]


def files_with(paths: Iterable[Path], visitors: Collection[str]) -> list[Path]:
    """Which of the files hold the pseudonym of one of the visitors, each once."""
    marks = [visitor.encode() for visitor in visitors]
    return [
        path
        for path in dict.fromkeys(paths)
        if path.is_file() and (data := _read(path)) and any(mark in data for mark in marks)
    ]


def erase_from_samples(paths: Iterable[Path], visitors: Collection[str]) -> list[Path]:
    """Take the samples of visitors, given by pseudonym, out of files; gives those that held one.

    A file with nothing left is deleted. Raises SamplesError for a file that cannot be written.
    """
    whom = set(visitors)
    return [path for path in files_with(paths, whom) if _erase(path, whom)]


def _read(path: Path) -> bytes:
    try:
        data = path.read_bytes()
        return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    except (OSError, EOFError, zlib.error):
        return b""


def _erase(path: Path, visitors: set[str]) -> bool:
    """Take a file's lines away that are samples of the visitors; whether there was one."""
    lines = _read(path).decode("utf-8", "replace").splitlines(keepends=True)
    kept = [line for line in lines if not _is_of(line, visitors)]
    if len(kept) == len(lines):
        return False
    if path.name.endswith(".part"):  # nobody finishes it
        path.unlink()
        return True
    beside = _manifest(path)
    if not kept:
        manifest_of(path).unlink(missing_ok=True)
        path.unlink()
    elif beside is None:
        write_whole(path, "".join(kept).encode())
    else:
        write_whole(path, "".join(kept).encode())
        samples = read_samples(path)
        written = file_of(samples, path.name.endswith(".gz"))
        write(path, written, _without(beside, samples, written, len(lines) - len(kept)))
    return True


def _is_of(line: str, visitors: set[str]) -> bool:
    if not any(visitor in line for visitor in visitors):
        return False
    try:
        row = json.loads(line)
    except ValueError:  # half a line, of an unfinished file
        return True
    return isinstance(row, dict) and (
        row.get("visitor") in visitors or str(row.get("dialogue", "")).split("/")[0] in visitors
    )


def _manifest(path: Path) -> Manifest | None:
    try:
        return Manifest.model_validate_json(manifest_of(path).read_text(encoding="utf-8"))
    except (OSError, ValidationError):
        return None


def _without(old: Manifest, samples: list[Sample], written: bytes, erased: int) -> Manifest:
    """The manifest of what is left. What was counted in the log when it was made stands as it was."""

    def counted(things: Iterable[str]) -> dict[str, int]:
        return dict(sorted(Counter(things).items()))

    return old.model_copy(
        update={
            "samples_sha256": sha256(written).hexdigest(),
            "samples": len(samples),
            "without_positive": sum(not sample.labels for sample in samples),
            "positives": counted(p.why for s in samples for p in s.positives),
            "negatives": counted(n.why for s in samples for n in s.negatives),
            "sources": counted(s.source for s in samples),
            "visitors": counted(s.visitor for s in samples),
            "erased": old.erased + erased,
        }
    )
