"""Which pages may call: checked on every request that names an origin, not only in what a browser is told.

A site's pages may use the API, each only for its own site (`ui/access.py` checks which); our own page may do
all that it does; no other page may do anything. There are no cookies and no credentials in the API.
"""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.paths import V1, path_of
from ui.problems import problem
from ui.site_origins import origin
from ui.sites import SitesFile

PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Last-Event-ID",
    "Access-Control-Max-Age": "600",
}
"""What a page may send. An API key is not among it: it belongs to a backend."""


class OwnOrigin:
    """Whether a request comes from a page of this server, at the address that it has for visitors."""

    def __init__(self, public_url: str = "") -> None:
        self._public = ""
        if public_url:
            self._public = origin("/".join(public_url.split("/")[:3]))

    def has_sent(self, headers: Headers, scheme: str) -> bool:
        """Whether the browser says so; for a browser that does not, whether origin and host agree."""
        if "sec-fetch-site" in headers:
            return headers["sec-fetch-site"] == "same-origin"
        given = headers.get("origin", "")
        return given != "" and given in (self._public, f"{scheme}://{headers.get('host', '')}")


class Origins:
    """Around an application: refuses pages of other origins, and tells the browser which may read."""

    def __init__(self, app: ASGIApp, sites: SitesFile, own: OwnOrigin) -> None:
        self._app, self._sites, self._own = app, sites, own

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers({})
        given = headers.get("origin")
        if given is None or self._own.has_sent(headers, scope.get("scheme", "")):
            await self._app(scope, receive, send)
        elif path_of(scope).startswith(V1):
            await self._api(scope, receive, send, given)
        elif scope["method"] in ("GET", "HEAD"):
            await self._app(scope, receive, send)
        else:
            await problem(403, "Only this server's own page may do this.")(scope, receive, send)

    async def _api(self, scope: Scope, receive: Receive, send: Send, given: str) -> None:
        if not any(given in site.origins for site in self._sites.now().values()):
            says = (
                f"Pages of {given!r} may not use this server; "
                f"`tastemaker sites add NAME --origin ORIGIN` allows an origin."
            )
            await problem(403, says, {"Vary": "Origin"})(scope, receive, send)
            return
        allowed = {"Access-Control-Allow-Origin": given, "Vary": "Origin"}
        if scope["method"] == "OPTIONS" and "access-control-request-method" in Headers(scope=scope):
            await Response(status_code=204, headers=PREFLIGHT | allowed)(scope, receive, send)
            return

        async def readable(message: Message) -> None:
            if message["type"] == "http.response.start":
                told = MutableHeaders(scope=message)
                told["Access-Control-Allow-Origin"] = given
                told["Access-Control-Expose-Headers"] = "Retry-After"
                told.add_vary_header("Origin")
            await send(message)

        await self._app(scope, receive, readable)
