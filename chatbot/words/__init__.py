"""Word lists and patterns by language: plain data, read once. A language is a folder of tables.

A table holds lists of words, phrases or regular expressions; `{part}` in an expression stands for
the entry of that name under `[parts]`. A language can go on with another's tables (`also` in its
`language.toml`), as Chinese talk does with English words.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from retrieval.text import fold

FOLDER = Path(__file__).parent


@cache
def languages() -> tuple[str, ...]:
    """The languages that have tables, English first."""
    found = {folder.parent.name for folder in FOLDER.glob("*/acts.toml")}
    return tuple(sorted(found, key=lambda name: (name != "en", name)))


@cache
def entries(table: str, key: str, language: str = "en") -> tuple[Any, ...]:
    """The list `key` of a table ("part.key" below a heading), with those of the languages it goes
    on with behind it."""
    found: list[Any] = []
    for name in (language, *_read(language, "language").get("also", ())):
        value: Any = _read(name, table)
        for part in key.split("."):
            value = value.get(part, {})
        found += [_filled(v, _read(name, table)) for v in value] if value else []
    return tuple(found)


@cache
def pattern(table: str, key: str, language: str = "en") -> re.Pattern[str]:
    """Any of the expressions of a list, case ignored. One that can not match for an empty list."""
    found = entries(table, key, language)
    return re.compile("|".join(f"(?:{e})" for e in found) if found else r"(?!)", re.I)


@cache
def patterns(table: str, key: str, language: str = "en") -> tuple[re.Pattern[str], ...]:
    """The expressions of a list one by one, case ignored, in their order."""
    return tuple(re.compile(e, re.I) for e in entries(table, key, language))


@cache
def phrases(table: str, key: str, language: str = "en") -> frozenset[str]:
    """The phrases of a list, folded."""
    return frozenset(fold(e) for e in entries(table, key, language))


@cache
def cues(name: str, language: str = "en") -> frozenset[str]:
    """A set of small words that say what comes next."""
    found = (_read(n, "cues") for n in (language, *_read(language, "language").get("also", ())))
    return frozenset(fold(w) for table in found for w in table["cues"].get(name, "").split())


@cache
def concepts() -> dict[str, tuple[tuple[str, ...], ...]]:
    """What a phrase of any language can stand for: groups of catalogue words; each should be met.

    `{"rom com": (("romance",), ("comedy",))}`; a list without "+" is one group.
    """
    read: dict[str, tuple[tuple[str, ...], ...]] = {}
    for phrase, values in _of_all("concepts").items():
        together = [v for v in values if "+" in v]
        groups = [tuple(v.split("+")) for v in together]
        read[phrase] = tuple((part,) for g in groups for part in g) or (values,)
    return read


@cache
def places() -> dict[str, tuple[str, ...]]:
    """The countries, past ones too, that an adjective or a nickname stands for."""
    return _of_all("places")


@cache
def promises() -> dict[str, tuple[str, ...]]:
    """Phrases that rule something out without a "no", and the catalogue words that they rule out."""
    return _of_all("promises")


@cache
def company(heading: str) -> dict[str, tuple[str, ...]]:
    """What words of company stand for in a catalogue: what suits it ("suits"), what does not
    ("unsuited")."""
    return _of_all(heading)


@cache
def renderings(kind: str) -> dict[str, tuple[str, ...]]:
    """Names ("names") and titles ("titles") as another language writes them."""
    return _of_all(kind)


@cache
def marked_only() -> frozenset[str]:
    """Renderings of titles that are everyday words too: they count only in title marks (《…》)."""
    found = (k for name in languages() for k in _read(name, "concepts").get("titles", {}))
    return frozenset(fold(k) for k in found if k.startswith("《"))


def _of_all(heading: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for language in languages():
        for phrase, values in _read(language, "concepts").get(heading, {}).items():
            found[fold(phrase)] = (values,) if isinstance(values, str) else tuple(values)
    return found


def _filled(value: Any, table: Mapping[str, Any]) -> Any:
    """An entry with the parts of its table put in. Lists are filled one by one."""
    if isinstance(value, list):
        return [_filled(v, table) for v in value]
    if not isinstance(value, str):
        return value
    for name, part in table.get("parts", {}).items():
        if f"{{{name}}}" in value:
            value = value.replace(f"{{{name}}}", _filled(part, {"parts": table["parts"]}))
    return value


@cache
def _read(language: str, table: str) -> dict[str, Any]:
    file = FOLDER / language / f"{table}.toml"
    if not file.exists():
        return {}
    with file.open("rb") as opened:
        return tomllib.load(opened)
