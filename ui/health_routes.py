"""Routes for whoever runs the server: is it alive, is it ready, how is it doing."""

from ipaddress import ip_address
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from ui.answers import refusals
from ui.api_parts import ApiParts
from ui.metrics import MEDIA
from ui.problems import Refused

FORWARDED = ("x-forwarded-for", "forwarded", "x-real-ip")


def health_routes(parts: ApiParts) -> APIRouter:
    """The routes, over the parts of an application."""
    router, service = APIRouter(), parts.service

    @router.get("/healthz", response_class=PlainTextResponse)
    async def healthz() -> str:
        """Whether the process is alive."""
        return "ok"

    @router.get("/readyz")
    async def readyz() -> dict[str, Any]:
        """Whether it can answer, and with what."""
        return {
            "ready": True,
            "without_model": service.parts.without_model,
            **service.parts.versions,
            "catalogues": list(service.house.names),
        }

    @router.get(
        "/metrics",
        response_class=PlainTextResponse,
        responses=refusals(401, 403),
    )
    def metrics(request: Request) -> Response:
        """How many turns, how long, how many wait: for Prometheus. For this machine and whoever has an
        API key, unless the setting serve.metrics says otherwise."""
        who = service.settings.serve.metrics
        by_key = parts.access.key_of(request) is not None
        if not (who == "open" or by_key or (who == "loopback" and is_here(request))):
            raise Refused(
                403, "For this machine, or with an API key; see the setting serve.metrics."
            )
        return Response(parts.metrics.text(), media_type=MEDIA)

    return router


def is_here(request: Request) -> bool:
    """Whether a request comes from this machine, and not by a proxy of somebody else's."""
    if any(name in request.headers for name in FORWARDED) or request.client is None:
        return False
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:
        return False
