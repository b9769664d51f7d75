"""Origins as a browser writes them, and what `frame-ancestors` may name."""

import re
from urllib.parse import urlsplit

HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\]")
PORTS = {"http": 80, "https": 443}


def origin(text: str) -> str:
    """An origin as a browser writes it: scheme, host, port if it is not the usual one.

    Raises ValueError for what is none, a pattern and 'null' among it.
    """
    given = text.strip().rstrip("/")
    try:
        parts = urlsplit(given)
        host = (parts.hostname or "").encode("idna").decode() if parts.hostname else ""
        port = parts.port
    except (ValueError, UnicodeError) as error:
        raise ValueError(f"{text!r} is no origin: {error}") from error
    host = f"[{host}]" if ":" in host else host
    rest = parts.path or parts.query or parts.fragment or parts.username
    if parts.scheme not in PORTS or not HOST.fullmatch(host) or rest:
        raise ValueError(
            f"an origin is a scheme and a host, e.g. https://shop.example, not {text!r}"
        )
    return f"{parts.scheme}://{host}" + (
        f":{port}" if port not in (None, PORTS[parts.scheme]) else ""
    )


def ancestor(text: str) -> str:
    """A source of `frame-ancestors`: an origin, one with '*.' before its host, 'self' or 'none'.

    Raises ValueError for what is none.
    """
    given = text.strip()
    if given.strip("'") in ("self", "none"):
        return "'" + given.strip("'") + "'"
    return origin(given.replace("://*.", "://")).replace(
        "://", "://*." if "://*." in given else "://", 1
    )
