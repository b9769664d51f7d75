"""The token that opens a conversation: made and signed here, and good for one conversation only.

It says which conversation, which site, and the count of the token, so that one that was exchanged is
refused; it says nothing of the visitor.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from itsdangerous import BadData, URLSafeTimedSerializer

from retrieval.errors import SettingsError
from retrieval.kept_secret import kept_secret

SECRET = "sessions.secret"


@dataclass(frozen=True)
class Opens:
    """What a token opens: a conversation of a site, while the site's epoch and the count stand."""

    conversation: str
    site: str = ""
    epoch: int = 0
    generation: int = 0


class SessionTokens:
    """Tokens signed with the secret of one home, good for `lasts` seconds."""

    def __init__(self, home: Path, lasts: int) -> None:
        """Raises SettingsError if the home's secret is damaged."""
        secret = kept_secret(home / SECRET)
        if secret is None:
            raise SettingsError(
                f"{str(home / SECRET)!r} holds no secret. Remove it: a new one is made, and every "
                "session token is refused."
            )
        self.lasts = lasts
        self._serializer = URLSafeTimedSerializer(
            secret,
            salt="tastemaker.session",
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )

    def make(self, opens: Opens) -> str:
        """A token. Letters, digits, '-', '_' and '.'."""
        made = self._serializer.dumps(
            [opens.conversation, opens.site, opens.epoch, opens.generation]
        )
        return made if isinstance(made, str) else made.decode()

    def read(self, token: str) -> Opens | None:
        """What a token opens; None for one that is not ours, or too old."""
        try:
            return Opens(*self._serializer.loads(token, max_age=self.lasts))
        except (BadData, TypeError, ValueError):
            return None
