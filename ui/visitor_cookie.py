"""Who a browser is on the page: a cookie with a name that nobody can guess, signed, and nothing else.

What a visitor said stays in the log; the cookie only says whose it is. The signature keeps the names
in the log from being of use to anyone who reads it, and a name from being planted in a browser.
"""

import secrets
from collections.abc import Mapping
from pathlib import Path

from itsdangerous import BadSignature, TimestampSigner
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from retrieval.errors import SettingsError
from retrieval.kept_secret import kept_secret
from ui.paths import PAGE, path_of

COOKIE = "tastemaker_visitor"
SECRET = "visitors.secret"
LASTS = 30 * 24 * 3600  # seconds since the page was opened last


class VisitorCookies:
    """Cookies signed with the secret of one home."""

    def __init__(self, home: Path) -> None:
        """Raises SettingsError if the home's secret is damaged."""
        secret = kept_secret(home / SECRET)
        if secret is None:
            raise SettingsError(
                f"{str(home / SECRET)!r} holds no secret. Remove it: a new one is made, and every "
                "browser begins a new conversation."
            )
        self._signer = TimestampSigner(secret, salt="tastemaker.visitor")

    def visitor(self, cookies: Mapping[str, str]) -> str:
        """The visitor that a browser's cookies name; "" without a cookie, or for one that is not ours
        or too old."""
        try:
            return self._signer.unsign(cookies.get(COOKIE, ""), max_age=LASTS).decode()
        except BadSignature:
            return ""

    def visitor_of_page(self, request: Request) -> str:
        """The visitor of a request that our own page sent; "" for one sent by another site's, also by
        one of the same domain, to which the browser gives the cookie."""
        foreign = request.headers.get("sec-fetch-site", "same-origin") != "same-origin"
        return "" if foreign else self.visitor(request.cookies)

    def header(self, visitor: str, secure: bool, path: str = PAGE) -> str:
        """The Set-Cookie header for a visitor; `secure` where the page came over HTTPS, `path` where it
        is on its host."""
        signed = self._signer.sign(visitor).decode()
        only = "; Secure" if secure else ""
        return f"{COOKIE}={signed}; Path={path}; Max-Age={LASTS}; HttpOnly; SameSite=Lax{only}"


class GivesCookies:
    """Around an application: whoever opens the page without a cookie gets one, the others theirs anew.

    `secure` says that visitors come over HTTPS, whatever a proxy makes of it.
    """

    def __init__(self, app: ASGIApp, cookies: VisitorCookies, secure: bool = False) -> None:
        self._app, self._cookies, self._secure = app, cookies, secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http" or (scope["method"], path_of(scope)) != ("GET", PAGE):
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        visitor = self._cookies.visitor(request.cookies) or secrets.token_urlsafe(24)

        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                secure = self._secure or request.url.scheme == "https"
                under = f"{scope.get('root_path', '')}/"
                headers.append("Set-Cookie", self._cookies.header(visitor, secure, under))
                headers["Cache-Control"] = "no-store"  # a cache would give one visitor's to all
            await send(message)

        await self._app(scope, receive, with_cookie)
