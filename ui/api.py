"""The HTTP API, `/api/v1`: one more client of the service. Errors are problem+json (RFC 9457).

What a request passes, from the outside: headers that guard the browser, whose page it is, how long its body
is, errors that nobody foresaw; then its route, which asks who may (`ui/access.py`).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.api_parts import ApiParts
from ui.bounded_bodies import BoundedBodies
from ui.embed_routes import embed_routes
from ui.health_routes import health_routes
from ui.metrics import Metrics
from ui.openapi import describe
from ui.origins import Origins
from ui.paths import V1, path_of
from ui.problems import NoSuchRoute, Unbroken, add_problems
from ui.security_headers import SecurityHeaders
from ui.service import Service
from ui.session_routes import session_routes
from ui.taste_routes import taste_routes
from ui.turn_routes import turn_routes


def make_api(service: Service) -> FastAPI:
    """The application with its routes; pages are mounted onto it."""
    parts = ApiParts.over(service)
    app = FastAPI(
        title="Tastemaker",
        version="1",
        generate_unique_id_function=lambda route: route.name,
        docs_url="/api/docs",
        redoc_url=None,
        lifespan=_ending(parts),
    )
    add_problems(app)
    made = (session_routes, turn_routes, taste_routes, health_routes, embed_routes)
    routers = [routes(parts) for routes in made]
    for router in routers:
        app.include_router(router)
    everything_else = NoSuchRoute(routers)  # before what is mounted at the root sees it
    app.router.routes.append(Route(V1 + "/{rest:path}", everything_else, include_in_schema=False))
    describe(app)
    app.add_middleware(Unbroken)
    app.add_middleware(BoundedBodies)
    # With this one, which allows nothing, Gradio no longer answers every origin with its own.
    app.add_middleware(CORSMiddleware)
    app.add_middleware(Origins, sites=parts.access.sites, own=parts.access.own)
    app.add_middleware(
        SecurityHeaders, sites=parts.access.sites, ancestors=service.settings.serve.frame_ancestors
    )
    app.add_middleware(_Counted, metrics=parts.metrics)
    return app


def _ending(parts: ApiParts) -> Any:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        parts.turns.close()

    return lifespan


class _Counted:
    """Around an application: every answer of the API is counted by its status."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._metrics.answer(message["status"])
            await send(message)

        api = scope["type"] == "http" and path_of(scope).startswith(V1)
        await self._app(scope, receive, counted if api else send)
