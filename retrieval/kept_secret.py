"""A secret of this home: random bytes in a file that only its owner can read."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

LENGTH = 32  # bytes


def kept_secret(path: Path) -> bytes | None:
    """The bytes of a secret's file, which is made when first asked for; None if it holds no secret."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(LENGTH))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # another process was first: its secret counts
            os.link(made, path)
        made.unlink()
    found = path.read_bytes()
    return found if len(found) == LENGTH else None
