"""A small catalogue, indexed by the command."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from ui.main import main

LIGHT = ["--set", "encoder.model=hashing", "--set", "scorer.model=none"]


def indexed_shop(folder: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """A home folder with the catalogue `shop`."""
    file = folder / "shop.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)))
    done = CliRunner().invoke(
        main, ["index", str(file), "--name", "shop", "--home", str(folder), *LIGHT]
    )
    assert done.exit_code == 0, done.output
    return folder
