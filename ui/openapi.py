"""The document of the HTTP API: what FastAPI makes of the routes, and what it cannot know."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from ui.access import KEY
from ui.answers import Problem
from ui.paths import V1

ABOUT = """Talk to a recommender. `POST /sessions`, then `POST /sessions/{id}/messages`.

A conversation of a site is opened by the token that came with it (`Authorization: Bearer`), or, for the
site's backend, by its API key. One that belongs to no site is opened by its id, which nobody can guess."""
OF_SESSION = f"{V1}/sessions/{{id}}"


def describe(app: FastAPI) -> None:
    """Let an application give this document."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _document(app: FastAPI) -> dict[str, Any]:
    """With the two ways to say who one is, the form of problems, and what an answer leads to."""
    made = get_openapi(title=app.title, version=app.version, description=ABOUT, routes=app.routes)
    made["components"]["schemas"]["Problem"] = Problem.model_json_schema()
    made["components"]["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "Of one conversation."},
        "key": {"type": "apiKey", "in": "header", "name": KEY, "description": "Of a site."},
    }
    leads_to = {}
    for path, methods in made["paths"].items():
        for operation in methods.values():
            if path.startswith(V1):
                operation["security"] = [{}, {"token": []}, {"key": []}]
            if path.startswith(OF_SESSION) and "{turn_id}" not in path:
                name = operation["operationId"]
                leads_to[name] = {"operationId": name, "parameters": {"id": "$response.body#/id"}}
    made["paths"][f"{V1}/sessions"]["post"]["responses"]["201"]["links"] = leads_to
    again = {
        "operationId": "turn",
        "parameters": {"id": "$request.path.id", "turn_id": "$request.body#/turn_id"},
    }
    made["paths"][f"{OF_SESSION}/messages"]["post"]["responses"]["200"]["links"] = {"turn": again}
    return made
