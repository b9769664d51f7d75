"""A process that is killed while it writes, for tests of what is left."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.conftest import ROOT


def kill_9(script: str, folder: Path, moment: float) -> None:
    """Run a script on a folder, and kill it `moment` seconds after it has printed "going"."""
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(folder)],
        cwd=ROOT, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert process.stdout
    assert process.stdout.readline() == b"going\n"
    time.sleep(moment)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
