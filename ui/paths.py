"""Where things are on this server, also where a proxy has it under a path of its own."""

from starlette.types import Scope

V1 = "/api/v1"
EMBED = "/embed"
PAGE = "/"


def path_of(scope: Scope) -> str:
    """The path of a request without what a proxy has before it."""
    path, root = str(scope["path"]), str(scope.get("root_path", ""))
    return path[len(root) :] or PAGE if root and path.startswith(f"{root}/") else path
