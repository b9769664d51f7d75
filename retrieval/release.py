"""A release: a folder of trained parts with what made it, checked before any of it is loaded.

    models/films/live.json               which release serves, and which served before
                 releases/20261122T130501-1a2b3c4d/
                     release.json        what made it, and the hash of every file of its parts
                     arms/               weights of the arms and counts of talk (arms.json, talked.npz)
                     encoder/ scorer/    deltas of the models, where they were trained
                     samples.manifest.json   the samples that it was made of, if they had a manifest
                     visitors.json       whose they were, by pseudonym
                     metrics.json        what the gate measured;  CARD.md  the same for people

A release has any of the parts; what it lacks is as it would be without a release.
"""

import hashlib
import json
import re
import zipfile
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from retrieval.errors import ReleaseError
from retrieval.stored_arrays import UNREADABLE

RECORD, METRICS, CARD = "release.json", "metrics.json", "CARD.md"
MANIFEST, VISITORS, LIVE = "samples.manifest.json", "visitors.json", "live.json"
PARTS = ("arms", "encoder", "scorer")
ENDINGS = (".json", ".npz", ".safetensors")
"""What a part may be stored as: none of them can hold code."""
MOST_NORM = 1_000.0
"""Of one stored matrix (Frobenius); those of our adapters and deltas stay below fifty."""
MOST_WEIGHT = 1_000.0
"""Of one arm; those that ship stay below four."""
ID = re.compile(r"\d{8}T\d{6}-[0-9a-f]{8}")
_FLOATS = {"F64": "<f8", "F32": "<f4", "F16": "<f2"}


class Samples(BaseModel):
    """The samples of a release: the file's name and hash, and how many were learned from and kept
    apart to measure with; `robust` is what was dropped against single visitors and pushed items."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    sha256: str
    learned: int
    held_out: int
    robust: dict[str, int] = {}
    last: str = ""
    """When the latest turn was said that the samples' manifest knows of."""


class Record(BaseModel):
    """What made a release (`release.json`)."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    format: Literal[1] = 1
    id: str
    made: str
    catalogue: str
    catalogue_hash: str
    encoder: str
    """Name of the encoder that it was made with and serves with, without its precision."""
    base: dict[str, str] = {}
    """SHA-256 of the models that it was trained on top of, by part; of the encoder where it is a file."""
    samples: Samples
    manifest_sha256: str | None = None
    settings: dict[str, Any] = {}
    prompt_sha256: str
    code: dict[str, str]
    parent: str | None = None
    """The release that served when this one was made."""
    files: dict[str, str]
    """SHA-256 of every file of its parts, by its path in the folder."""


class Pointer(BaseModel):
    """Which release serves (`live.json`): none where `live` is null. `before` are those that served
    before it, the latest first."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    format: Literal[1] = 1
    live: str | None = None
    before: tuple[str | None, ...] = ()


def models_of(home: Path, catalogue: str) -> Path:
    """Where the releases of a catalogue are, and what says which is live."""
    return home / "models" / catalogue


def folder_of(home: Path, catalogue: str, id: str) -> Path:
    """The folder of a release. Raises ReleaseError for an id that is none."""
    if not ID.fullmatch(id):
        raise ReleaseError(f"{id!r} is no release; `tastemaker models list` shows them.")
    return models_of(home, catalogue) / "releases" / id


def read_pointer(home: Path, catalogue: str) -> Pointer:
    """Which release serves a catalogue. Raises ReleaseError for a file that does not say."""
    path = models_of(home, catalogue) / LIVE
    if not path.is_file():
        return Pointer()
    try:
        return Pointer.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, ValidationError) as error:
        raise ReleaseError(
            f"{str(path)!r} does not say which release is live ({error}). `tastemaker models promote ID` "
            "writes it anew, once it is removed."
        ) from error


def live_folder(home: Path, catalogue: str) -> Path | None:
    """The folder of the release that serves; None where none does. Raises ReleaseError."""
    id = read_pointer(home, catalogue).live
    return None if id is None else folder_of(home, catalogue, id)


def read_record(folder: Path) -> Record:
    """What made a release. Raises ReleaseError where that cannot be read."""
    try:
        return Record.model_validate_json((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValidationError) as error:
        raise ReleaseError(f"The release {folder.name!r} has no {RECORD} that can be read: {error}.") from error  # fmt: skip


def files_in(folder: Path) -> list[str]:
    """The files of a release's parts, by path. Raises ReleaseError for one that is no model file."""
    found = []
    for part in PARTS:
        for path in sorted((folder / part).rglob("*")):
            name = path.relative_to(folder).as_posix()
            if path.is_symlink() or (path.is_file() and path.suffix not in ENDINGS):
                raise ReleaseError(
                    f"The release {folder.name!r} holds {name!r}. Models are stored as {', '.join(ENDINGS)} and "
                    "nothing else here, because other files can run code when they are read."
                )
            if path.is_file():
                found.append(name)
    return found


def check(folder: Path) -> Record:
    """The record of a release whose files are those that it was made with, and hold numbers that can
    be loaded. Raises ReleaseError, saying which file is wrong and how."""
    record = read_record(folder)
    there = {name: sha256_of(folder / name) for name in files_in(folder)}
    if there.keys() != record.files.keys():
        odd = sorted(there.keys() ^ record.files.keys())
        raise ReleaseError(f"The release {folder.name!r} was made with other files: {', '.join(odd)}.")  # fmt: skip
    for name, digest in record.files.items():
        if there[name] != digest:
            raise ReleaseError(f"{name!r} of the release {folder.name!r} was changed after it was made.")  # fmt: skip
        try:
            check_numbers(folder / name)
        except UNREADABLE as error:
            raise ReleaseError(f"{name!r} of the release {folder.name!r} cannot be loaded: {error}.") from error  # fmt: skip
    return record


def sha256_of(path: Path) -> str:
    """The hash of a file. Raises ReleaseError where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ReleaseError(f"{str(path)!r} cannot be read: {error}.") from error


def check_numbers(path: Path) -> None:
    """Raise ValueError for a file whose numbers are no numbers or too large, and what reading a damaged
    file raises. Nothing that is stored is run or handed on."""
    if path.suffix == ".npz":
        with zipfile.ZipFile(path) as file:
            if odd := [name for name in file.namelist() if not name.endswith(".npy")]:
                raise ValueError(f"it holds {odd[0]!r}, which is no array")
        with np.load(path, allow_pickle=False) as arrays:
            for name in arrays.files:
                _check_array(name, arrays[name])
    elif path.suffix == ".safetensors":
        for name, tensor in _tensors(path):
            _check_array(name, tensor)
            norm = float(np.linalg.norm(tensor.astype(np.float64)))
            if norm > MOST_NORM:
                raise ValueError(f"the numbers of {name} are too large (norm {norm:.0f}, at most {MOST_NORM:.0f})")  # fmt: skip
    elif path.name == "arms.json":
        weights = json.loads(path.read_text(encoding="utf-8"))["weights"]
        wrong = [n for n, w in weights.items() if not abs(float(w)) <= MOST_WEIGHT]  # NaN too
        if wrong:
            raise ValueError(f"the weight of {wrong[0]!r} is {weights[wrong[0]]}, beyond ±{MOST_WEIGHT:.0f}")  # fmt: skip
    else:
        json.loads(path.read_text(encoding="utf-8"))


def _check_array(name: str, array: Any) -> None:
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise ValueError(f"{name} holds NaN or infinite numbers")
    counts = array.dtype.kind == "i" and array.dtype != np.int8  # vectors are stored in eight bits
    if counts and array.size and array.min() < -1:
        raise ValueError(f"{name} holds negative counts")


def _tensors(path: Path) -> list[tuple[str, Any]]:
    """Every tensor of a safetensors file as an array of floats; ValueError for any other kind."""
    from safetensors import SafetensorError, deserialize  # noqa: PLC0415

    try:
        stored = cast("Any", deserialize)(path.read_bytes())
    except SafetensorError as error:
        raise ValueError(str(error)) from error
    found = []
    for name, tensor in stored:
        kind, data = tensor["dtype"], bytes(tensor["data"])
        if kind == "BF16":
            wide = np.frombuffer(data, dtype="<u2").astype(np.uint32) << 16
            array = wide.view(np.float32)
        elif kind in _FLOATS:
            array = np.frombuffer(data, dtype=_FLOATS[kind])
        else:
            raise ValueError(f"{name} is of kind {kind}; weights are floats")
        found.append((name, array.reshape(tensor["shape"])))
    return found
