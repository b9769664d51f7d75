"""All settings in one frozen object: defaults, then `tastemaker.toml`, environment, flags.

`TASTEMAKER_DIALOGUE__LIST_LENGTH=7` in the environment, `--set dialogue.list_length=7` on the
command line and `list_length = 7` under `[dialogue]` in the file mean the same.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator
from rapidfuzz import process

from chatbot.settings import DialogueSettings, LogSettings, UnderstandingSettings
from finetune.settings import ReleaseSettings
from retrieval.errors import SettingsError
from retrieval.settings import (
    ArmSettings,
    EncoderSettings,
    RankSettings,
    ScorerSettings,
    Section,
)
from ui.limit_settings import LimitSettings
from ui.site_origins import ancestor

FILE = "tastemaker.toml"
PREFIX = "TASTEMAKER_"
NOT_SETTINGS = frozenset({"TASTEMAKER_HOME"})


class ServeSettings(Section):
    """The web server."""

    host: str = Field("127.0.0.1", description="Address to listen on; 0.0.0.0 for every one.")
    port: int = Field(7860, ge=0, le=65535, description="Port to listen on.")
    catalogue: str = Field("films", description="The catalogue that visitors talk about.")
    catalogues: tuple[str, ...] = Field(
        (),
        description="Several of them, e.g. 'films,books'; the first is the one of a visitor who "
        "chooses none. Unset: serve.catalogue, and where that is unset too, films and books.",
    )
    nouns: dict[str, tuple[str, ...]] = Field(
        default_factory=dict,
        description="What visitors call the things of a catalogue, in any language, e.g. "
        "'shop: lamp, 灯; wine: bottle'.",
    )
    processes: int = Field(
        0,
        ge=0,
        le=64,
        description="Processes that make turns. 1: the server itself does; 0: one for each core, at the "
        "most four, or 1 where there is one core, a GPU, or less than 2 GB of memory free for each.",
    )
    turns_at_once: int = Field(
        16,
        ge=1,
        description="Turns that a process works on at the same time, so that they share batches.",
    )
    image_hosts: tuple[str, ...] | None = Field(
        None,
        description="Hosts that pictures of items may come from, e.g. 'cdn.shop.example'; 'none' for none. Unset: "
        "those that have a twentieth or more of the pictures that the catalogue's image field names.",
    )
    public_url: str = Field(
        "",
        pattern=r"^$|^https?://[^/\s?#]+(/[^\s?#]*)?$",
        description="Where visitors find this server, e.g. 'https://shop.example/talk', if a proxy "
        "stands before it; the path is what the proxy takes off.",
    )
    trusted_proxies: tuple[str, ...] = Field(
        (),
        description="Addresses or networks of proxies, e.g. '127.0.0.1,10.0.0.0/8', whose "
        "X-Forwarded-For and X-Forwarded-Proto are believed. Unset: nobody's.",
    )
    frame_ancestors: tuple[str, ...] = Field(
        ("self",),
        description="Origins of pages that may show this server's own page in a frame, 'self' or 'none'; "
        "what a site may frame is said with `tastemaker sites add --frame-ancestor`.",
    )
    metrics: Literal["loopback", "key", "open"] = Field(
        "loopback",
        description="Who may read /metrics: this machine or whoever has an API key, only who has a key, "
        "or everybody.",
    )

    @field_validator("frame_ancestors")
    @classmethod
    def _ancestors(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for text in value:
            ancestor(text)
        return value

    @property
    def root_path(self) -> str:
        """The path under which a proxy has this server, without a slash at its end."""
        return urlsplit(self.public_url).path.rstrip("/")

    @field_validator(
        "catalogues", "trusted_proxies", "frame_ancestors", "image_hosts", mode="before"
    )
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return (
            [v.strip() for v in value.split(",") if v.strip()] if isinstance(value, str) else value
        )

    @field_validator("image_hosts")
    @classmethod
    def _hosts(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        if value == ("none",):
            return ()
        for host in value or ():
            if not re.fullmatch(r"[A-Za-z0-9.-]+(:\d{1,5})?", host):
                raise ValueError(f"{host!r} is no host; write it as 'cdn.shop.example'")
        return value

    @field_validator("nouns", mode="before")
    @classmethod
    def _by_catalogue(cls, value: Any) -> Any:
        """The form in one line, as flags and the environment have it."""
        if not isinstance(value, str):
            return value
        pairs = [part.partition(":") for part in value.split(";") if part.strip()]
        if any(not sign or not words.strip() for _, sign, words in pairs):
            raise ValueError("write it as 'shop: lamp, table; wine: bottle'")
        return {
            name.strip(): [w.strip() for w in words.split(",") if w.strip()]
            for name, _, words in pairs
        }

    @property
    def opened(self) -> tuple[str, ...]:
        """The catalogues that are served."""
        if self.catalogues:
            return tuple(dict.fromkeys(self.catalogues))
        return (self.catalogue,) if "catalogue" in self.model_fields_set else ("films", "books")


class Settings(Section):
    """Everything that can be set, by section."""

    encoder: EncoderSettings = EncoderSettings()
    arms: ArmSettings = ArmSettings()
    rank: RankSettings = RankSettings()
    scorer: ScorerSettings = ScorerSettings()
    dialogue: DialogueSettings = DialogueSettings()
    understanding: UnderstandingSettings = UnderstandingSettings()
    log: LogSettings = LogSettings()
    release: ReleaseSettings = ReleaseSettings()
    serve: ServeSettings = ServeSettings()
    limits: LimitSettings = LimitSettings()


@dataclass(frozen=True)
class Described:
    """One setting, as `tastemaker settings` shows it."""

    name: str
    value: Any
    origin: str
    sentence: str


def load(
    files: Iterable[Path], environment: Mapping[str, str], flags: Mapping[str, Any]
) -> tuple[Settings, dict[str, str]]:
    """The settings, and where each one that is not a default came from.

    `flags` are dotted names. Raises SettingsError for an unknown name, with the nearest known one,
    and for a value that does not fit.
    """
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for file in files:
        if file.is_file():
            _merge(values, origins, _read(file), str(file))
    found = {
        name.removeprefix(PREFIX).lower().replace("__", "."): value
        for name, value in environment.items()
        if name.startswith(PREFIX) and name not in NOT_SETTINGS
    }
    _merge(values, origins, found, "environment")
    _merge(values, origins, flags, "command line")
    nested: dict[str, dict[str, Any]] = {}
    for name, value in values.items():
        section, _, field = name.partition(".")
        nested.setdefault(section, {})[field] = value
    try:
        return Settings.model_validate(nested), origins
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        raise SettingsError(
            f"The setting {name} cannot be {first['input']!r} (from {origins.get(name, 'defaults')}): "
            f"{first['msg']}."
        ) from error


def describe(settings: Settings, origins: Mapping[str, str]) -> list[Described]:
    """Every setting with its value, its origin and its sentence."""
    return [
        Described(
            f"{section}.{name}",
            getattr(getattr(settings, section), name),
            origins.get(f"{section}.{name}", "default"),
            field.description or "",
        )
        for section in Settings.model_fields
        for name, field in type(getattr(settings, section)).model_fields.items()
    ]


def _read(file: Path) -> dict[str, Any]:
    try:
        read = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} is not a TOML file: {error}.") from error
    flat: dict[str, Any] = {}
    for section, fields in read.items():
        if isinstance(fields, dict):
            flat |= {f"{section}.{name}": value for name, value in fields.items()}
        else:
            flat[section] = fields
    return flat


def _merge(
    values: dict[str, Any], origins: dict[str, str], found: Mapping[str, Any], origin: str
) -> None:
    known = known_names()
    for name, value in found.items():
        if name not in known:
            nearest = process.extractOne(name, known)
            hint = f" Did you mean {nearest[0]!r}?" if nearest else ""
            raise SettingsError(f"There is no setting {name!r} (from {origin}).{hint}")
        values[name] = value
        origins[name] = origin


def known_names() -> list[str]:
    """The dotted name of every setting."""
    return [d.name for d in describe(Settings(), {})]
