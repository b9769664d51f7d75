"""The web server: our API and pages in one FastAPI application, Gradio mounted beside them."""

from pathlib import Path

import click
import uvicorn
from fastapi import FastAPI

from ui.api import make_api
from ui.page import mount_page
from ui.service import Service
from ui.settings import Settings
from ui.terminal import progress_bars


def make_app(service: Service) -> FastAPI:
    """Everything that is served, over one service."""
    return mount_page(make_api(service), service)


def run(home: Path, settings: Settings) -> None:
    """Open the house, say where the page is, and serve until Ctrl-C."""
    with progress_bars() as progress:
        service = Service(home, settings, settings.serve.catalogue, progress)
    try:
        if service.parts.without_model:
            click.secho(service.parts.without_model, fg="yellow", err=True)
        elif service.parts.scorer_weight == 0:
            click.echo(
                "The language model is ready; its weight in the ranking is 0, as measured (tastemaker models show)."
            )
        items = len(service.parts.lexicon.items)
        click.secho(
            f"Talk about {items:,} {service.catalogue} at http://{settings.serve.host}:{settings.serve.port}/ "
            "(Ctrl-C ends)",
            fg="green",
        )
        uvicorn.run(
            make_app(service),
            host=settings.serve.host,
            port=settings.serve.port,
            log_level="warning",
        )
    finally:
        service.close()
