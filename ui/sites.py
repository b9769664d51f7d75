"""Sites whose pages may talk to this server, kept in HOME/sites.json.

The file is its owner's alone (mode 600). Of an API key only the hash is kept; the identity secret stands
in it, since a signature can be checked with nothing less. A running server reads it again when it
changes.
"""

import hashlib
import hmac
import json
import logging
import re
import secrets
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from retrieval.errors import SiteError
from retrieval.rules_in_force import stamp_of
from retrieval.whole_file import write_whole
from ui.site_origins import HOST, ancestor, origin

log = logging.getLogger(__name__)
FILE = "sites.json"
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}", re.IGNORECASE)


class Site(BaseModel):
    """One site: which pages may talk for it, which may show it in a frame, and what it talks about."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    origins: tuple[str, ...] = ()
    frame_ancestors: tuple[str, ...] = ()
    catalogues: tuple[str, ...] = ()
    """The first is that of a visitor who chooses none; empty: every one that is served."""
    image_hosts: tuple[str, ...] = ()
    """Whose pictures the widget shows, beside the server's own."""
    key: str = ""
    """SHA-256 of the API key, in hexadecimal digits."""
    identity: str = Field(default="", repr=False)
    """The secret that the site's backend signs identities with."""
    epoch: int = Field(0, ge=0)
    """Goes up when all session tokens of the site are refused from then on."""

    @field_validator("origins")
    @classmethod
    def _origins(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(origin(text) for text in given))

    @field_validator("frame_ancestors")
    @classmethod
    def _ancestors(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(ancestor(text) for text in given))

    @field_validator("image_hosts")
    @classmethod
    def _hosts(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        hosts = [text.strip().lower() for text in given]
        for host in hosts:
            if not HOST.fullmatch(host):
                raise ValueError(
                    f"an image host is a host's name, e.g. img.shop.example, not {host!r}"
                )
        return tuple(dict.fromkeys(hosts))

    def opens(self, key: str) -> bool:
        """Whether this is the site's API key; takes as long for a wrong one."""
        return hmac.compare_digest(hash_of(key), self.key or hash_of(secrets.token_hex(8)))


def hash_of(key: str) -> str:
    """What is kept of an API key. A key is random enough for a plain hash."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


Sites = Mapping[str, Site]


def read_sites(path: Path) -> dict[str, Site]:
    """The sites of a file, none where there is no file. Raises SiteError for one that is damaged."""
    try:
        read = json.loads(path.read_bytes())
        return {name: Site.model_validate(kept) for name, kept in read.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError, ValidationError) as error:
        raise SiteError(
            f"{str(path)!r} cannot be read as a list of sites: {str(error).splitlines()[0]}"
        ) from error


class SitesFile:
    """The sites of a home as they are now. A file that turns out damaged is told of in the log, once,
    and the sites before it go on. Raises SiteError where it is damaged at the start."""

    def __init__(self, home: Path) -> None:
        self._path = home / FILE
        self._lock = threading.Lock()
        self._stamp = stamp_of(self._path)
        self._sites: Sites = read_sites(self._path)

    def now(self) -> Sites:
        """Every site by its name."""
        stamp = stamp_of(self._path)
        with self._lock:
            if stamp != self._stamp:
                self._stamp = stamp
                try:
                    self._sites = read_sites(self._path)
                except SiteError as error:
                    log.warning("The sites stay as they were: %s", error)
            return self._sites

    def of_key(self, key: str) -> str | None:
        """The name of the site whose API key this is; all are compared, whichever it is."""
        found = [name for name, site in self.now().items() if site.opens(key)]
        return found[0] if found else None


def change_sites(home: Path, change: Callable[[dict[str, Site]], None]) -> None:
    """Read the sites, change them, and write them whole; one process after the other.

    Raises SiteError.
    """
    home.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(home / "sites.lock", timeout=10):
            sites = read_sites(home / FILE)
            change(sites)
            kept: dict[str, Any] = {n: s.model_dump(mode="json") for n, s in sorted(sites.items())}
            write_whole(home / FILE, json.dumps(kept, indent=1).encode(), 0o600)
    except Timeout as error:
        raise SiteError("Another process is changing the sites; try again.") from error


def new_key() -> str:
    """An API key that nobody has seen."""
    return f"tmk_{secrets.token_urlsafe(32)}"


def new_secret() -> str:
    """A secret to sign identities with."""
    return f"tmi_{secrets.token_urlsafe(32)}"
