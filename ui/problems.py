"""What is refused or fails, as problem+json (RFC 9457): type, title, status, and a sentence."""

import logging
import math
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from retrieval.errors import (
    CatalogueError,
    TastemakerError,
    TooBusy,
    TurnTimeout,
    UnknownConversation,
)

log = logging.getLogger(__name__)
MEDIA = "application/problem+json"
AGAIN = 5
"""Seconds after which who was refused because of others may try again."""


class Refused(HTTPException):
    """A request that is refused, with a sentence to the one who can change that."""


def unauthorized(detail: str) -> Refused:
    """401: nobody who may, as far as can be told."""
    return Refused(401, detail, {"WWW-Authenticate": "Bearer"})


def later(status: int, detail: str, seconds: float) -> Refused:
    """A refusal that will not hold in `seconds`."""
    return Refused(status, detail, {"Retry-After": str(max(1, math.ceil(seconds)))})


def problem_json(status: int, detail: str) -> dict[str, Any]:
    """The object of a problem. Its title is that of its status, so its type says no more."""
    title = HTTPStatus(status).phrase
    return {"type": "about:blank", "title": title, "status": status, "detail": detail}


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """An answer that tells of a problem."""
    return JSONResponse(problem_json(status, detail), status, headers, media_type=MEDIA)


def status_of(error: Exception) -> int:
    """The status that one of our own errors has over HTTP."""
    if isinstance(error, HTTPException):
        return error.status_code
    if isinstance(error, UnknownConversation | CatalogueError):
        return 404
    if isinstance(error, TooBusy | TurnTimeout):
        return 503
    return 400 if isinstance(error, TastemakerError) else 500


def sentence_of(error: Exception) -> str:
    """What may be told of an error: nothing of one that is not ours."""
    if isinstance(error, HTTPException):
        return str(error.detail)
    if isinstance(error, TastemakerError):
        return str(error)
    return "Something went wrong here. It is in the server's log; the conversation is as it was."


async def _answer(_: Request, error: Exception) -> JSONResponse:
    if isinstance(error, RequestValidationError):
        first = error.errors()[0]  # without the input itself, which may not even be text
        where = ".".join(str(part) for part in first["loc"])
        return problem(422, f"{where}: {first['msg']}.")
    headers = error.headers if isinstance(error, HTTPException) else None
    if isinstance(error, TooBusy | TurnTimeout):
        headers = {"Retry-After": str(AGAIN)}
    return problem(status_of(error), sentence_of(error), headers)


def add_problems(app: FastAPI) -> None:
    """Answer every error of an application in this form."""
    for kind in (TastemakerError, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, _answer)


class NoSuchRoute:
    """What answers a request that no route of these has: with 405 where another method would do."""

    def __init__(self, routers: Sequence[APIRouter]) -> None:
        self._routers = routers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        routes = (route for router in self._routers for route in router.routes)
        allowed = {
            method
            for route in routes
            if route.matches(scope)[0] is Match.PARTIAL
            for method in getattr(route, "methods", None) or ()
        }
        if allowed:
            listed = ", ".join(sorted(allowed))
            answer = problem(405, f"Only {listed} can be done here.", {"Allow": listed})
        else:
            answer = problem(404, "There is nothing here. The API is described at /api/docs.")
        await answer(scope, receive, send)


class Unbroken:
    """Around an application: an error that nobody foresaw is logged and answered with a problem."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def told(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, told)
        except Exception as error:
            if started:
                raise
            log.exception("A request failed: %s %r", scope["method"], scope["path"])
            await problem(500, sentence_of(error))(scope, receive, send)
