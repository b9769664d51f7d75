"""Which addresses of a catalogue may become links and pictures; the page and the widget ask here.

Links lead to http, https, or a place on the site itself. Pictures come from hosts that are allowed, never from
`data:`. What is not plainly one of these is none: no browser's repairs are counted on ("ht\\ntps", "/\\evil", names before an @).
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from retrieval.item import Item, Schema

LONGEST = 2_000  # characters of an address
SHARE = 0.05
"""A host that has this share of a catalogue's pictures is the owner's own; an item that brings a host of its
own to be told who looks at it is not shown with a picture."""
_HOST = r"(?P<host>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?P<port>:\d{1,5})?"
_REST = r"(?:[/?#][^\s\\<>\"'`{}|^\x00-\x20\x7f-\x9f]*)?"
_ABSOLUTE = re.compile(rf"https?://{_HOST}{_REST}", re.IGNORECASE)
_RELATIVE = re.compile(r"(?!//)(?:/|[\w.~-]+(?=[/?#]|$)|[?#])[^\s\\<>\"'`{}|^\x00-\x20\x7f-\x9f]*")


@dataclass(frozen=True)
class Addresses:
    """Where a card leads, and its picture; empty where there is none that may be shown."""

    link: str = ""
    image: str = ""


def safe_link(url: object) -> str:
    """The address if it may be a link, else nothing."""
    text = _plain(url)
    if _ABSOLUTE.fullmatch(text) or (_RELATIVE.fullmatch(text) and "//" not in text.split("?")[0]):
        return text
    return ""


def safe_image(url: object, hosts: Iterable[str]) -> str:
    """The address if it may be a picture's, else nothing: on the site itself, or on one of the hosts
    ("cdn.example", or "cdn.example:8443" where it is not the usual port)."""
    text = safe_link(url)
    found = _ABSOLUTE.fullmatch(text)
    if not found:
        return text
    return text if _host_of(found) in {host.casefold() for host in hosts} else ""


def hosts_of_images(items: Iterable[Item], schema: Schema) -> tuple[str, ...]:
    """The hosts that have a twentieth or more of a catalogue's pictures, the most used first."""
    fields = schema.named("image")
    counts = Counter(
        _host_of(found)
        for item in items
        for field in fields
        for value in item.values(field)
        if (found := _ABSOLUTE.fullmatch(_plain(value)))
    )
    least = SHARE * counts.total()
    return tuple(host for host, n in counts.most_common() if n >= least)


def allowed_hosts(
    named: Sequence[str] | None, items: Iterable[Item], schema: Schema
) -> tuple[str, ...]:
    """The hosts of pictures: those that the setting `serve.image_hosts` names, or else the catalogue's own."""
    return tuple(named) if named is not None else hosts_of_images(items, schema)


def addresses_of(item: Item, schema: Schema, hosts: Iterable[str]) -> Addresses:
    """What of an item's addresses may be shown: of each sort the first that may."""
    allowed = tuple(hosts)
    links = (safe_link(value) for field in schema.named("url") for value in item.values(field))
    images = (
        safe_image(value, allowed)
        for field in schema.named("image")
        for value in item.values(field)
    )
    return Addresses(next(filter(None, links), ""), next(filter(None, images), ""))


def _plain(url: object) -> str:
    text = url.strip(" ") if isinstance(url, str) else ""
    return text if text and len(text) <= LONGEST and text.isprintable() else ""


def _host_of(found: re.Match[str]) -> str:
    usual = ":443" if found[0][:5].casefold() == "https" else ":80"
    port = found["port"] or ""
    return found["host"].casefold() + ("" if port == usual else port)
