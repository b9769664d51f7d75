"""What a host page loads of us, and a page that shows it: the widget's two files, `/demo` and its parts."""

import gzip
import hashlib
from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, Header
from fastapi.responses import Response

from ui.demo_page import demo_page
from ui.service import Service

STATIC = Path(__file__).parent / "static"
WIDGET = {
    "Access-Control-Allow-Origin": "*",  # a module of another origin is fetched with CORS
    "Cross-Origin-Resource-Policy": "cross-origin",
}
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
"""What the demo's page allows, pictures apart: its own style sheet, and what the widget asks of every host page."""


def add_widget(app: FastAPI, service: Service) -> None:
    """Add the routes; they are no part of the API's description."""
    files = {
        "widget.js": ("text/javascript", WIDGET),
        "widget-panel.js": ("text/javascript", WIDGET),
        "demo.css": ("text/css", {}),
        "demo.js": ("text/javascript", {}),
    }
    for name, (kind, headers) in files.items():
        _add_file(app, name, kind, headers)

    @app.get("/demo", include_in_schema=False)
    def demo(item: str = "", page: int = 1) -> Response:
        """A shop's page over the first catalogue, with the widget on it."""
        first = service.house.names[0]
        html = demo_page(first, service.parts.lexicon, item, page)
        images = " ".join(("'self'", *service.image_hosts([first])))
        policy = f"{POLICY}; img-src {images}"
        return Response(html, media_type="text/html", headers={"Content-Security-Policy": policy})


def _add_file(app: FastAPI, name: str, kind: str, headers: dict[str, str]) -> None:
    body = (STATIC / name).read_bytes()
    small = gzip.compress(body, 9, mtime=0)
    hashed = hashlib.sha256(body).hexdigest()
    tag = f'W/"{hashed[:16]}"'

    @app.api_route(f"/{name}", methods=["GET", "HEAD"], include_in_schema=False)
    def file(
        v: str = "",
        if_none_match: Annotated[str, Header()] = "",
        accept_encoding: Annotated[str, Header()] = "",
    ) -> Response:
        # Asked for by the hash of what it holds, it can be kept for good.
        keep = "max-age=31536000, immutable" if v and hashed.startswith(v) else "max-age=300"
        said = {
            **headers,
            "ETag": tag,
            "Vary": "Accept-Encoding",
            "Cache-Control": f"public, {keep}",
        }
        if tag in if_none_match:
            return Response(status_code=304, headers=said)
        if "gzip" in accept_encoding:
            return Response(small, media_type=kind, headers={**said, "Content-Encoding": "gzip"})
        return Response(body, media_type=kind, headers=said)
