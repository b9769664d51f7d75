"""The HTTP API, `/api/v1`: one more client of the service. Errors are problem+json (RFC 9457)."""

import json
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Header, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from sse_starlette.sse import EventSourceResponse
from starlette.exceptions import HTTPException

from chatbot.acts import Act
from chatbot.conversation import Conversation, Reaction
from chatbot.edits import ByHand
from chatbot.events import Finished, Understood
from chatbot.profile import Edit, EditAction, EditedSection, Removal, Section
from retrieval.errors import CatalogueError, TastemakerError, UnknownConversation
from ui.service import Service
from ui.wire import conversation_json, event_json, profile_json, turn_json

LONGEST_BODY = 64 * 1024
V1 = "/api/v1"


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class MessageBody(_Body):
    """What a visitor says."""

    text: str = Field(max_length=20_000, examples=["a heist film from the 70s"])


class FeedbackBody(_Body):
    """A reaction to an item."""

    item: str = Field(max_length=200, examples=["heat-1995"])
    reaction: Reaction


class RemovalBody(_Body):
    """An entry to take off a profile."""

    section: Section
    facet: str = Field("", max_length=200)
    value: str | float = ""
    op: Literal["<", "<=", "=", ">=", ">", "!="] | None = None


class EditBody(_Body):
    """An entry to turn round (a want becomes an avoid, liked becomes disliked, and back), or to make
    count less or more. An avoided value that counts less than 0.5 no longer excludes."""

    section: EditedSection
    facet: str = Field("", max_length=200)
    value: str = Field(max_length=200, description="Of `liked` and `disliked`, an item's id.")
    action: EditAction


class GuessBody(_Body):
    """A guess, by what it is a guess at."""

    facet: str = Field(max_length=200)
    value: str = Field(max_length=200)


class ProfileBody(_Body):
    """Changes by hand: one step back, then entries to remove and to edit, guesses to confirm or to
    dismiss. All of them together are one step for the next undo."""

    remove: list[RemovalBody] = Field(default_factory=list, max_length=100)
    edit: list[EditBody] = Field(default_factory=list, max_length=100)
    confirm: list[GuessBody] = Field(default_factory=list, max_length=100)
    dismiss: list[GuessBody] = Field(default_factory=list, max_length=100)
    undo: bool = False

    def by_hand(self) -> ByHand:
        """The same as a value."""
        return ByHand(
            tuple(Removal(r.section, r.facet, r.value, r.op) for r in self.remove),
            tuple(Edit(e.section, e.facet, e.value, e.action) for e in self.edit),
            tuple((g.facet, g.value) for g in self.confirm),
            tuple((g.facet, g.value) for g in self.dismiss),
            self.undo,
        )


def make_api(service: Service) -> FastAPI:
    """The application with its routes; pages are mounted onto it."""
    app = FastAPI(title="Tastemaker", version="1", docs_url="/api/docs", redoc_url=None)
    app.add_exception_handler(TastemakerError, _problem)
    app.add_exception_handler(HTTPException, _problem)
    app.add_exception_handler(RequestValidationError, _problem)

    @app.middleware("http")
    async def bounded(request: Request, call_next: Any) -> Response:
        length = request.headers.get("content-length", "0")
        if request.url.path.startswith(V1) and length.isdigit() and int(length) > LONGEST_BODY:
            return _problem_response(413, f"A body may have {LONGEST_BODY:,} bytes at the most.")
        response: Response = await call_next(request)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        return response

    def of(conversation: Conversation) -> dict[str, Any]:
        return profile_json(conversation.profile, service.guesses(conversation))

    def whole(conversation: Conversation) -> dict[str, Any]:
        guesses = service.guesses(conversation)
        return conversation_json(conversation, service.parts.lexicon, guesses)

    @app.post(f"{V1}/sessions", status_code=201)
    def start() -> dict[str, Any]:
        """Start a conversation. Its id is a secret of its visitor."""
        return whole(service.start())

    @app.get(V1 + "/sessions/{id}")
    def read(id: str) -> dict[str, Any]:
        """A conversation as it stands."""
        return whole(service.conversation(id))

    @app.delete(V1 + "/sessions/{id}", status_code=204)
    def forget(id: str) -> None:
        """Erase a conversation and everything kept of it."""
        service.forget(id)

    @app.post(V1 + "/sessions/{id}/messages", response_model=None)
    def message(
        id: str, body: MessageBody, accept: Annotated[str, Header()] = "text/event-stream"
    ) -> EventSourceResponse | dict[str, Any]:
        """Say something. Server-sent events, or one JSON object with `Accept: application/json`."""
        service.conversation(id)
        if "application/json" in accept:
            return _whole(service, id, body.text)
        return EventSourceResponse(_stream(service, id, body.text), ping=15)

    @app.get(V1 + "/sessions/{id}/profile")
    def profile(id: str) -> dict[str, Any]:
        """What is remembered of a visitor's taste."""
        return of(service.conversation(id))

    @app.patch(V1 + "/sessions/{id}/profile")
    def change(id: str, body: ProfileBody) -> dict[str, Any]:
        """Remove, flip, weaken or strengthen entries, settle guesses, or undo the last change."""
        return of(service.change(id, body.by_hand()))

    @app.post(V1 + "/sessions/{id}/feedback")
    def feedback(id: str, body: FeedbackBody) -> dict[str, Any]:
        """React to an item."""
        return of(service.react(id, body.item, body.reaction))

    @app.get(V1 + "/items/{id}")
    def item(id: str) -> dict[str, Any]:
        """Every field of an item."""
        found = service.parts.lexicon.items.get(id)
        if found is None:
            raise CatalogueError(f"There is no item {id!r} in the catalogue {service.catalogue!r}.")
        return dict(found.fields)

    @app.get("/healthz", response_class=PlainTextResponse)
    async def healthz() -> str:
        """Whether the process is alive."""
        return "ok"

    @app.get("/readyz")
    async def readyz() -> dict[str, Any]:
        """Whether it can answer, and with what."""
        return {
            "ready": True,
            "without_model": service.parts.without_model,
            **service.parts.versions,
        }

    return app


def _whole(service: Service, id: str, text: str) -> dict[str, Any]:
    acts: tuple[Act, ...] = ()
    answer: dict[str, Any] = {}
    for event in service.respond(id, text):
        if isinstance(event, Understood):
            acts = event.acts
        if isinstance(event, Finished):
            answer = turn_json(acts, event)
    return answer


def _stream(service: Service, id: str, text: str) -> Iterator[dict[str, str]]:
    acts: tuple[Act, ...] = ()
    for event in service.respond(id, text):
        if isinstance(event, Understood):
            acts = event.acts
        name, data = event_json(event, acts)
        yield {"event": name, "data": json.dumps(data, ensure_ascii=False)}


def _problem(_: Request, error: Exception) -> JSONResponse:
    if isinstance(error, RequestValidationError):
        first = error.errors()[0]  # without the input itself, which may not even be text
        where = ".".join(str(part) for part in first["loc"])
        return _problem_response(422, f"{where}: {first['msg']}.")
    if isinstance(error, HTTPException):
        return _problem_response(error.status_code, str(error.detail))
    known = isinstance(error, UnknownConversation | CatalogueError)
    return _problem_response(404 if known else 400, str(error))


def _problem_response(status: int, detail: str) -> JSONResponse:
    return JSONResponse(
        {"status": status, "detail": detail}, status, media_type="application/problem+json"
    )
