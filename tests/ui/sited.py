"""A server with two sites, for tests of who may do what."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
from click.testing import CliRunner

from ui.identity import audience
from ui.main import main
from ui.service import Service
from ui.settings import load

V1 = "/api/v1"
JSON = {"Accept": "application/json"}
SHOP, CAFE, EVIL = "https://shop.example", "https://cafe.example", "https://evil.example"
FREE = {
    f"limits.{name}_of_{whose}": 0
    for name, whose in (
        *(("messages", "visitor"), ("messages", "address"), ("messages", "site")),
        *(("sessions", "address"), ("requests", "address"), ("refused", "address")),
    )
}
"""No limits."""


@dataclass(frozen=True)
class Secrets:
    """What `sites add` printed."""

    key: str
    identity: str


def command(home: Path, *args: str, fails: bool = False) -> str:
    """What a command prints."""
    done = CliRunner().invoke(main, [*args, "--home", str(home)])
    assert (done.exit_code != 0) == fails, done.output
    return done.output


def add_site(home: Path, name: str, *args: str) -> Secrets:
    """Register a site."""
    lines = command(home, "sites", "add", name, *args).splitlines()
    return Secrets(*(line.rpartition(": ")[2] for line in lines[-2:]))


def light_service(home: Path, catalogues: Any = "films", **flags: Any) -> Service:
    """Our films, without models and without limits unless some are given."""
    light = {"encoder.model": "hashing", "scorer.model": "none"}
    settings, _ = load([], {}, light | FREE | flags)
    return Service(home, settings, catalogues)


def identity(secret: str, site: str = "shop", sub: str | None = "anna", **claims: Any) -> str:
    """What a site's backend signs; claims that are None are left out."""
    now = int(time.time())
    said = {"sub": sub, "aud": audience(site), "iat": now, "exp": now + 300} | claims
    return jwt.encode({k: v for k, v in said.items() if v is not None}, secret, "HS256")


def begin(client: Any, headers: dict[str, str] | None = None, **body: Any) -> dict[str, Any]:
    """A conversation that begins."""
    answer = client.post(f"{V1}/sessions", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def bearer(token: str, **more: str) -> dict[str, str]:
    """Headers with a token."""
    return {"Authorization": f"Bearer {token}", **more}
