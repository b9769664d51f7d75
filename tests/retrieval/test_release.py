"""Model files are read only after they are known to be numbers of the right kind, and nothing else."""

import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from retrieval.encoder import HashingEncoder
from retrieval.errors import ReleaseError, ReleaseMisfit
from retrieval.release import (
    MOST_NORM,
    Pointer,
    Record,
    Samples,
    check,
    files_in,
    folder_of,
    live_folder,
    models_of,
    read_pointer,
    sha256_of,
)
from ui.released import Released, fits

GOOD: dict[str, np.ndarray[Any, np.dtype[Any]]] = {
    "layer.A": np.ones((2, 8), np.float32),
    "layer.B": np.ones((8, 2), np.float16),
}


def record(folder: Path, **more: object) -> Record:
    files = {name: sha256_of(folder / name) for name in files_in(folder)}
    told = {"id": folder.name, "made": "now", "catalogue": "shop", "catalogue_hash": "x"}
    samples = Samples(name="s", sha256="x", learned=1, held_out=1)
    rest = {"encoder": "hashing-512", "prompt_sha256": "x", "code": {}, "samples": samples}
    made = Record.model_validate({**told, **rest, "files": files, **more})
    (folder / "release.json").write_text(made.model_dump_json())
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "20261122T130501-1a2b3c4d"
    for part in ("arms", "scorer"):
        (made / part).mkdir(parents=True)
    (made / "arms" / "arms.json").write_text(json.dumps({"weights": {"near": 2.5}}))
    np.savez(made / "arms" / "talked.npz", named=np.arange(3))
    save_file(GOOD, made / "scorer" / "adapter.safetensors")
    (made / "scorer" / "scorer.json").write_text("{}")
    return made


def test_whole_files_pass(folder: Path) -> None:
    made = record(folder)
    assert check(folder) == made
    assert len(made.files) == 4


def not_finite(folder: Path) -> None:
    spoilt = {**GOOD, "layer.B": np.full((8, 2), np.nan, np.float16)}
    save_file(spoilt, folder / "scorer" / "adapter.safetensors")


def too_large(folder: Path) -> None:
    save_file({"layer.A": np.full((2, 8), MOST_NORM, np.float32)}, folder / "scorer" / "adapter.safetensors")  # fmt: skip


def of_whole_numbers(folder: Path) -> None:
    save_file({"layer.A": np.ones((2, 8), np.int64)}, folder / "scorer" / "adapter.safetensors")


def cut_short(folder: Path) -> None:
    file = folder / "scorer" / "adapter.safetensors"
    file.write_bytes(file.read_bytes()[:-7])


def pickled(folder: Path) -> None:
    np.savez(folder / "arms" / "talked.npz", named=np.array([{"a": 1}], dtype=object))


def with_a_pickle_inside(folder: Path) -> None:
    import zipfile  # noqa: PLC0415

    with zipfile.ZipFile(folder / "arms" / "talked.npz", "a") as file:
        file.writestr("more.pkl", pickle.dumps(1))


def heavy(folder: Path) -> None:
    (folder / "arms" / "arms.json").write_text(json.dumps({"weights": {"near": 1e9}}))


def no_number(folder: Path) -> None:
    (folder / "arms" / "arms.json").write_text('{"weights": {"near": NaN}}')


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (not_finite, "layer.B holds NaN or infinite numbers"),
        (too_large, "the numbers of layer.A are too large"),
        (of_whole_numbers, "layer.A is of kind I64; weights are floats"),
        (cut_short, "adapter.safetensors"),
        (pickled, "Object arrays cannot be loaded"),
        (with_a_pickle_inside, "it holds 'more.pkl', which is no array"),
        (heavy, "the weight of 'near' is 1000000000.0"),
        (no_number, "the weight of 'near' is nan"),
    ],
)
def test_files_that_may_not_be_loaded_are_named_with_the_reason(
    folder: Path, spoil: Callable[[Path], None], said: str
) -> None:
    spoil(folder)
    record(folder)
    with pytest.raises(ReleaseError, match="cannot be loaded") as error:
        check(folder)
    assert said in str(error.value)


def test_files_that_were_changed_added_or_taken_away_are_refused(folder: Path) -> None:
    record(folder)
    (folder / "scorer" / "more.json").write_text("{}")
    with pytest.raises(ReleaseError, match=r"made with other files: scorer/more\.json"):
        check(folder)
    (folder / "scorer" / "more.json").unlink()
    (folder / "scorer" / "scorer.json").write_text('{"scale": 9}')
    with pytest.raises(ReleaseError, match="was changed after it was made"):
        check(folder)


def test_files_that_could_run_code_and_links_are_refused(folder: Path, tmp_path: Path) -> None:
    record(folder)
    (folder / "arms" / "weights.bin").write_bytes(b"")
    with pytest.raises(ReleaseError, match="other files can run code"):
        check(folder)
    (folder / "arms" / "weights.bin").unlink()
    (folder / "arms" / "other.json").symlink_to(tmp_path / "elsewhere.json")
    with pytest.raises(ReleaseError, match="nothing else here"):
        check(folder)


def test_bfloat16_is_read_as_what_it_is(folder: Path) -> None:
    torch = pytest.importorskip("torch")
    from safetensors.torch import save_file as save  # noqa: PLC0415

    save({"a": torch.ones(4, 4, dtype=torch.bfloat16)}, folder / "scorer" / "adapter.safetensors")
    record(folder)
    check(folder)
    nan = torch.full((4, 4), float("nan"), dtype=torch.bfloat16)
    save({"a": nan}, folder / "scorer" / "adapter.safetensors")
    record(folder)
    with pytest.raises(ReleaseError, match="NaN"):
        check(folder)


def test_what_was_trained_on_other_weights_does_not_fit(folder: Path) -> None:
    made = record(folder, base={"encoder": "a" * 64})
    fits(Released(folder, made), HashingEncoder(), "")
    fits(Released(folder, made), HashingEncoder(), "a" * 64)
    with pytest.raises(ReleaseMisfit, match="the one here has bbbbbbbbbbbb"):
        fits(Released(folder, made), HashingEncoder(), "b" * 64)
    other = record(folder, encoder="all-MiniLM-L6-v2")
    with pytest.raises(ReleaseMisfit, match="'all-MiniLM-L6-v2'"):
        fits(Released(folder, other), HashingEncoder(), "")


def test_the_pointer_names_releases_and_no_other_folders(tmp_path: Path) -> None:
    assert read_pointer(tmp_path, "shop") == Pointer()
    base = models_of(tmp_path, "shop")
    base.mkdir(parents=True)
    for told in ('{"live": "../../../etc"}', '{"live": 3}', "no json"):
        (base / "live.json").write_text(told)
        with pytest.raises(ReleaseError):
            live_folder(tmp_path, "shop")
    with pytest.raises(ReleaseError, match="is no release"):
        folder_of(tmp_path, "shop", "x/../..")
