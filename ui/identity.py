"""Who a visitor is, as the site's own backend says it: a short-lived JWT. The home of PyJWT.

HS256 and nothing else: a token cannot choose how it is checked. It names this server and the site
(`aud`), so that one for another site is of no use here, and lives ten minutes at the most.
"""

import hashlib
from dataclasses import dataclass

import jwt

LONGEST = 600  # seconds from `iat`, and from now, to `exp`
LEEWAY = 5  # seconds that clocks may differ
LONGEST_NAME = 200  # characters


@dataclass(frozen=True)
class Identity:
    """A visitor's name on the site, and, for a token that may be shown once, what it is known by."""

    name: str
    once: str
    until: int


class WrongIdentity(Exception):
    """A token that says nothing that can be believed; the sentence says why."""


def audience(site: str) -> str:
    """The `aud` of identities for a site."""
    return f"tastemaker:{site}"


def read_identity(token: str, site: str, secret: str) -> Identity:
    """Who a token says its bearer is. Raises WrongIdentity."""
    try:
        claims = jwt.decode(
            token,
            secret,
            algorithms=["HS256"],
            audience=audience(site),
            leeway=LEEWAY,
            options={"require": ["sub", "aud", "exp", "iat"], "strict_aud": True},
        )
    except jwt.PyJWTError as error:
        raise WrongIdentity(f"The identity is refused: {error}.") from error
    name, exp, iat = claims["sub"], int(claims["exp"]), int(claims["iat"])
    if exp - iat > LONGEST:
        raise WrongIdentity(f"The identity is refused: it lives more than {LONGEST} seconds.")
    if not 0 < len(name) <= LONGEST_NAME:
        raise WrongIdentity(f"The identity is refused: `sub` has 1 to {LONGEST_NAME} characters.")
    once = str(claims.get("jti") or "")
    digest = hashlib.sha256(f"{site}\0{once}".encode()).hexdigest() if once else ""
    return Identity(name, digest, exp + LEEWAY)
