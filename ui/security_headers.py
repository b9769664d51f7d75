"""What every answer tells a browser to keep to, and which pages may show ours in a frame."""

from urllib.parse import parse_qs

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.paths import EMBED, V1, path_of
from ui.site_origins import ancestor
from ui.sites import SitesFile

API_POLICY = "default-src 'none'; frame-ancestors 'none'"


class SecurityHeaders:
    """Around an application: headers that it does not set itself, and `frame-ancestors` always.

    `/embed?site=NAME` may be framed by whom the site names, by our own pages if it names nobody; every
    other page by whom the server's owner names.
    """

    def __init__(self, app: ASGIApp, sites: SitesFile, ancestors: tuple[str, ...]) -> None:
        self._app, self._sites = app, sites
        self._ancestors = " ".join(ancestor(text) for text in ancestors)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = path_of(scope)
        api = path.startswith(V1)
        policy = API_POLICY if api else f"frame-ancestors {self._framed(scope, path)}"

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("X-Content-Type-Options", "nosniff")
                headers.setdefault("Referrer-Policy", "same-origin")
                headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
                headers.setdefault(
                    "Cross-Origin-Resource-Policy",
                    "cross-origin" if path == EMBED else "same-origin",
                )
                headers.append("Content-Security-Policy", policy)
                if api:
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, guarded)

    def _framed(self, scope: Scope, path: str) -> str:
        name = parse_qs(scope["query_string"].decode("latin-1")).get("site", [""])[0]
        if path != EMBED or not name:
            return self._ancestors
        site = self._sites.now().get(name)
        return " ".join(site.frame_ancestors) or "'self'" if site else "'none'"
