"""Word lists by language: plain data, read once."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from retrieval.text import fold

FOLDER = Path(__file__).parent


@cache
def concepts(language: str = "en") -> dict[str, tuple[tuple[str, ...], ...]]:
    """What a phrase can stand for: groups of catalogue words; each group should be met.

    `{"rom com": (("romance",), ("comedy",))}`; a list without "+" is one group.
    """
    read: dict[str, tuple[tuple[str, ...], ...]] = {}
    for phrase, values in _read(language)["concepts"].items():
        together = [v for v in values if "+" in v]
        groups = [tuple(v.split("+")) for v in together]
        read[fold(phrase)] = tuple((part,) for g in groups for part in g) or (tuple(values),)
    return read


@cache
def places(language: str = "en") -> dict[str, tuple[str, ...]]:
    """The countries, past ones too, that an adjective or a nickname stands for."""
    read = _read(language)["places"]
    return {fold(k): (v,) if isinstance(v, str) else tuple(v) for k, v in read.items()}


@cache
def promises(language: str = "en") -> dict[str, tuple[str, ...]]:
    """Phrases that rule something out without a "no", and the catalogue words that they rule out."""
    return {fold(k): tuple(v) for k, v in _read(language)["promises"].items()}


@cache
def cues(name: str, language: str = "en") -> frozenset[str]:
    """A set of small words that say what comes next."""
    return frozenset(_read(language)["cues"][name].split())


@cache
def _read(language: str) -> dict[str, dict[str, Any]]:
    with (FOLDER / f"{language}.toml").open("rb") as file:
        return tomllib.load(file)
