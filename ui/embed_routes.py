"""The page at `/embed?site=NAME`: the widget alone, for hosts that would rather have a frame.

Who may frame it is said by `tastemaker sites add --frame-ancestor`, and put into its headers by
`ui/security_headers.py`.
"""

from html import escape
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import Response

from ui.api_parts import ApiParts
from ui.paths import EMBED
from ui.problems import Refused

SCRIPT = Path(__file__).parent / "static" / "embed.js"
Locale = Annotated[str, Query(max_length=35, pattern=r"^[A-Za-z0-9_-]*$")]


def embed_routes(parts: ApiParts) -> APIRouter:
    """The page and its script; they are no part of the API's description."""
    router = APIRouter(include_in_schema=False)
    script = SCRIPT.read_bytes()

    @router.get(EMBED)
    def embed(
        site: str = "", locale: Locale = "", theme: Literal["auto", "light", "dark"] = "auto"
    ) -> Response:
        """The page for a site; without one, for this server's own."""
        known = parts.access.sites.now().get(site)
        if site and known is None:
            raise Refused(404, f"There is no site {site!r} here; see `tastemaker sites list`.")
        images = " ".join(("'self'", *parts.image_hosts(site)))
        policy = (
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
            f"img-src {images}; base-uri 'none'; form-action 'none'"
        )
        page = _page(site, locale, theme)
        return Response(page, media_type="text/html", headers={"Content-Security-Policy": policy})

    @router.get("/embed.js")
    def opening() -> Response:
        """What opens it."""
        return Response(script, media_type="text/javascript")

    return router


def _page(site: str, locale: str, theme: str) -> str:
    language = "zh" if locale.lower().startswith("zh") else "en"
    return f"""<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tastemaker</title>
<script src="embed.js"></script>
<script src="widget.js" data-site="{escape(site)}" data-locale="{escape(locale)}" data-theme="{theme}" async></script>
</head>
<body></body>
</html>
"""
