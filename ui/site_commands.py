"""The commands `sites add|list|rotate|remove`."""

import json
import secrets
from pathlib import Path
from typing import Any

import click

from ui.options import common, settings_of


@click.group()
def sites() -> None:
    """Sites whose pages may talk to this server.

    A page of another origin may use the API, or show the chat in a frame, only if a site says so. A
    running server takes every change at once. docs/api.md tells how a page, its backend and this
    server work together.
    """


def _edit(home: Path, name: str, **changes: Any) -> None:
    """Change one site that is there: each part to a value, or to a function of the site before.

    Raises SiteError.
    """
    from retrieval.errors import SiteError  # noqa: PLC0415
    from ui.sites import Site, change_sites  # noqa: PLC0415

    def change(there: dict[str, Site]) -> None:
        if name not in there:
            known = ", ".join(sorted(there)) or "none yet"
            raise SiteError(f"There is no site {name!r}; there is {known}.")
        new = {
            key: value(there[name]) if callable(value) else value for key, value in changes.items()
        }
        there[name] = there[name].model_copy(update=new)

    change_sites(home, change)


@sites.command()
@click.argument("name")
@click.option(
    "--origin",
    "origins",
    multiple=True,
    metavar="ORIGIN",
    help="A page of this origin may call the API for the site, e.g. https://shop.example; several may be given.",
)
@click.option(
    "--frame-ancestor",
    "frame_ancestors",
    multiple=True,
    metavar="ORIGIN",
    help="A page of this origin may show /embed in a frame, e.g. https://*.shop.example or self.",
)
@click.option(
    "--catalogue",
    "catalogues",
    multiple=True,
    help="What the site talks about; the first is the one of a visitor who chooses none.  [default: all]",
)
@click.option(
    "--image-host",
    "image_hosts",
    multiple=True,
    metavar="HOST",
    help="A host whose pictures the widget may show, e.g. img.shop.example.",
)
@common
def add(name: str, home: Path, flags: dict[str, Any], **lists: tuple[str, ...]) -> None:
    """Add a site NAME, or change one.

    Prints its API key (for the site's own backend, never for a page) and its identity secret (to sign
    who a visitor is). They are shown this once. Of a site that is there already, what is given
    replaces what it had, and its secrets stay.

    The two kinds of origin are apart: --origin is for a page with the widget, whose script calls the
    API; --frame-ancestor for a page that shows /embed?site=NAME in a frame.

    For example: tastemaker sites add shop --origin https://shop.example
    """
    from pydantic import ValidationError  # noqa: PLC0415

    from retrieval.errors import SiteError  # noqa: PLC0415
    from ui.sites import NAME, Site, change_sites, hash_of, new_key, new_secret  # noqa: PLC0415

    if not NAME.fullmatch(name):
        raise SiteError(
            f"A site's name is letters, digits, '-' and '_', 40 at the most, not {name!r}."
        )
    settings_of(home, flags)
    given = {key: value for key, value in lists.items() if value}
    key, secret, made = new_key(), new_secret(), False

    def change(there: dict[str, Site]) -> None:
        nonlocal made
        made = name not in there
        fresh = {"key": hash_of(key), "identity": secret, "epoch": secrets.randbits(31)}
        kept = fresh if made else there[name].model_dump()
        try:
            there[name] = Site.model_validate(kept | given)
        except ValidationError as error:
            raise SiteError(f"{error.errors()[0]['msg'].removeprefix('Value error, ')}.") from error

    change_sites(home, change)
    if not made:
        click.echo(f"{name} is changed; its secrets are as they were.")
        return
    click.echo(f"{name} may talk to this server. Keep these; they are not shown again.")
    _tell_key(key)
    _tell_secret(secret)


def _tell_key(key: str) -> None:
    click.echo(f"API key (header X-Tastemaker-Key, for your backend only): {key}")


def _tell_secret(secret: str) -> None:
    click.echo(f"Identity secret (HS256, for your backend only): {secret}")


@sites.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, without secrets.")
@common
def list_(as_json: bool, home: Path, flags: dict[str, Any]) -> None:
    """List the sites, with their settings and without their secrets."""
    from ui.sites import FILE, read_sites  # noqa: PLC0415

    settings_of(home, flags)
    there = read_sites(home / FILE)
    shown = {
        name: site.model_dump(mode="json", exclude={"key", "identity", "epoch"})
        for name, site in there.items()
    }
    if as_json:
        click.echo(json.dumps(shown, ensure_ascii=False))
        return
    if not shown:
        click.echo("No sites yet: `tastemaker sites add NAME --origin https://shop.example`.")
    for name, lists in shown.items():
        click.secho(name, bold=True)
        for what, values in lists.items():
            click.echo(f"  {what.replace('_', ' ')}: {', '.join(values) or '-'}")


@sites.command()
@click.argument("name")
@click.option("--key", is_flag=True, help="Another API key; the one before is refused at once.")
@click.option(
    "--identity",
    is_flag=True,
    help="Another identity secret; what the one before signed is refused.",
)
@click.option(
    "--tokens",
    is_flag=True,
    help="Refuse every session token that was given out: visitors begin anew, or sign in again.",
)
@common
def rotate(
    name: str, key: bool, identity: bool, tokens: bool, home: Path, flags: dict[str, Any]
) -> None:
    """Exchange secrets of the site NAME. Say which; several at once are possible."""
    from ui.sites import hash_of, new_key, new_secret  # noqa: PLC0415

    if not (key or identity or tokens):
        raise click.UsageError("Say what to exchange: --key, --identity or --tokens.")
    settings_of(home, flags)
    fresh, secret = new_key(), new_secret()
    changes: dict[str, Any] = {}
    if key:
        changes["key"] = hash_of(fresh)
    if identity:
        changes["identity"] = secret
    if tokens:
        changes["epoch"] = lambda site: site.epoch + 1
    _edit(home, name, **changes)
    if key:
        _tell_key(fresh)
    if identity:
        _tell_secret(secret)
    if tokens:
        click.echo(f"Every session token of {name} is refused from now on.")


@sites.command()
@click.argument("name")
@common
def remove(name: str, home: Path, flags: dict[str, Any]) -> None:
    """Remove the site NAME. Its pages, keys and tokens are refused at once; its visitors'
    conversations stay in the log (`tastemaker visitors forget`)."""
    from retrieval.errors import SiteError  # noqa: PLC0415
    from ui.sites import Site, change_sites  # noqa: PLC0415

    settings_of(home, flags)

    def change(there: dict[str, Site]) -> None:
        if there.pop(name, None) is None:
            raise SiteError(f"There is no site {name!r}.")

    change_sites(home, change)
    click.echo(f"{name} is removed.")
