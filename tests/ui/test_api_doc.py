"""Every line of docs/api.md is run, in its order, against a real server."""

import json
import os
import re
import subprocess
from pathlib import Path
from uuid import uuid4

import pytest

from tests.conftest import ROOT
from tests.ui.live_api import listening
from tests.ui.sited import SHOP, add_site, identity, light_service
from ui.api import make_api

DOC = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
LINES = re.findall(r"```bash\n(.*?)\n```", DOC, re.DOTALL)
EXPECTED = ("films", "1970", "finished", "finished", "turn", "liked", "wants", "liked", "liked", "training",
            "turns", "year", "", "shop", "western", "token", "shop", "shop", "image_hosts", "ok", "ready",
            "tastemaker_turns_total")  # fmt: skip
"""What is in the answer to each line that calls the server."""


@pytest.mark.skipif(not Path("/usr/bin/curl").exists(), reason="curl is not installed")
def test_every_line_does_what_the_page_says(tmp_path: Path) -> None:
    service = light_service(tmp_path)
    told = {"TURN": str(uuid4())}
    expected = iter(EXPECTED)
    try:
        with listening(make_api(service)) as server:
            for line in LINES:
                if line.startswith("tastemaker sites add"):
                    secrets = add_site(tmp_path, *line.split()[3:])
                    told |= {"KEY": secrets.key, "IDENTITY": identity(secrets.identity)}
                    continue
                if line.startswith("tastemaker serve"):
                    continue
                done = subprocess.run(
                    ["bash", "-c", line.replace("curl", "curl --fail-with-body", 1)],
                    env=os.environ | told | {"SERVER": server},
                    capture_output=True, text=True, timeout=30, check=False,
                )  # fmt: skip
                assert done.returncode == 0, (line, done.stdout, done.stderr)
                assert next(expected) in done.stdout, (line, done.stdout)
                if done.stdout.startswith("{"):
                    answer = json.loads(done.stdout)
                    given = {
                        "ID": answer.get("id") if "turns" in answer else None,
                        "TOKEN": answer.get("token"),
                    }
                    given["ITEM"] = (answer.get("items") or [{}])[0].get("id")
                    told |= {name: value for name, value in given.items() if value}
        assert next(expected, None) is None
    finally:
        service.close()


def test_the_page_names_the_limits_that_there_are() -> None:
    from ui.bounded_bodies import LONGEST_BODY, SLOWEST  # noqa: PLC0415
    from ui.settings import Settings  # noqa: PLC0415
    from ui.streams import PING  # noqa: PLC0415

    limits = Settings().limits
    for said in (
        f"one visitor ({limits.messages_of_visitor} messages)",
        f"one address ({limits.messages_of_address})",
        f"one site ({limits.messages_of_site:,})",
        f"{LONGEST_BODY // 1024} kB",
        f"after {SLOWEST:.0f} seconds",
        f"every {PING} seconds",
        f"{Settings().dialogue.longest_utterance:,} characters",
    ):
        assert said in DOC, said
    assert limits.token_s == 3600
    assert SHOP in DOC
