"""Bodies of requests: read whole, counted as they arrive, and refused when they are too long or too slow."""

import asyncio

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.paths import V1, path_of
from ui.problems import problem

LONGEST_BODY = 64 * 1024
"""Bytes of a body to the API."""
LONGEST_OF_PAGE = 256 * 1024
"""Bytes of a body to our own page."""
SLOWEST = 30.0
"""Seconds until a body is there."""


class BoundedBodies:
    """Around an application: it gets a body only once all of it is there."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self._app(scope, receive, send)
            return
        longest = LONGEST_BODY if path_of(scope).startswith(V1) else LONGEST_OF_PAGE
        length = Headers(scope=scope).get("content-length", "0")
        messages: list[Message] = []
        try:
            whole = (length.isdigit() and int(length) <= longest) and await asyncio.wait_for(
                _read(receive, longest, messages), SLOWEST
            )
        except TimeoutError:
            await problem(408, f"The body did not arrive in {SLOWEST:.0f} seconds.")(
                scope, receive, send
            )
            return
        if not whole:
            await problem(413, f"A body may have {longest:,} bytes at the most.")(
                scope, receive, send
            )
            return

        async def again() -> Message:
            return messages.pop(0) if messages else await receive()

        await self._app(scope, again, send)


async def _read(receive: Receive, longest: int, messages: list[Message]) -> bool:
    """Read a body to its end into `messages`; False as soon as it is too long."""
    length = 0
    while True:
        message = await receive()
        messages.append(message)
        length += len(message.get("body", b""))
        if length > longest:
            return False
        if message["type"] != "http.request" or not message.get("more_body", False):
            return True
