"""The web server: our API and pages in one FastAPI application, Gradio mounted beside them."""

import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import uvicorn
from fastapi import FastAPI

from retrieval.errors import SettingsError
from retrieval.text import listed
from ui.api import make_api
from ui.erasing import Housekeeping
from ui.page import mount_page
from ui.service import Service
from ui.settings import ServeSettings, Settings
from ui.spreading import processes_for
from ui.terminal import progress_bars
from ui.visitor_cookie import GivesCookies, VisitorCookies
from ui.widget_routes import add_widget


def make_app(service: Service) -> FastAPI:
    """Everything that is served, over one service."""
    cookies = VisitorCookies(service.home)
    app = make_api(service)
    add_widget(app, service)
    app = mount_page(app, service, cookies)
    public = service.settings.serve.public_url
    app.add_middleware(GivesCookies, cookies=cookies, secure=public.startswith("https:"))
    return app


class _Announced(uvicorn.Server):
    """A server that says where it is once it listens, and then does what may come after that."""

    announcement = ""
    afterwards: Callable[[], None]

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            click.secho(self.announcement, fg="green")
            self.afterwards()


def run(home: Path, settings: Settings) -> None:
    """Open the house, say where the page is, and serve until Ctrl-C.

    Raises SettingsError if the port is taken, before anything is loaded.
    """
    host, port = settings.serve.host, settings.serve.port
    _refuse_taken(host, port)
    os.environ.setdefault("GRADIO_TEMP_DIR", str(home / "gradio"))
    with progress_bars() as progress:
        service = Service(home, settings, settings.serve.opened, progress)
    try:
        _say_models(service)
        server = _Announced(uvicorn.Config(make_app(service), **listening(settings.serve)))
        counts = [(n, len(service.house.parts(n).lexicon.items)) for n in service.house.names]
        items = listed([f"{count:,} {name}" for name, count in counts])
        where = settings.serve.public_url or f"http://{host}:{port}/"
        server.announcement = f"Talk about {items} at {where} (Ctrl-C ends)"
        # Starting them takes a core each, which the server needs until it is there.
        server.afterwards = lambda: service.spread(processes_for(settings.serve.processes))
        with Housekeeping(home, service.log, settings.log.keep_days):
            server.run()
    finally:
        service.close()


def listening(serve: ServeSettings) -> dict[str, Any]:
    """How uvicorn listens: whose forwarded addresses it believes, and under which path it is reached."""
    return {
        "host": serve.host,
        "port": serve.port,
        "log_level": "warning",
        "proxy_headers": bool(serve.trusted_proxies),
        "forwarded_allow_ips": list(serve.trusted_proxies),
        "root_path": serve.root_path,
        "server_header": False,
    }


def _refuse_taken(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SettingsError(
                f"Cannot listen on {host} port {port}: {error.strerror}. Give another with --port."
            ) from error


def _say_models(service: Service) -> None:
    click.echo(service.parts.understands)
    if service.parts.without_model:
        click.secho(service.parts.without_model, fg="yellow", err=True)
    elif service.parts.scorer_weight == 0:
        click.echo(
            "The language model is ready; its weight in the ranking is 0 "
            "(`tastemaker models show` says why)."
        )
