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
from chatbot.together import FinishedTogether, Together
from retrieval.errors import CatalogueError, TastemakerError, UnknownConversation
from ui.service import Service
from ui.wire import conversation_json, event_json, profile_json, turn_json
from ui.wire_together import (
    merged_profile,
    scene_profiles,
    together_event_json,
    together_json,
    together_turn_json,
)

LONGEST_BODY = 64 * 1024
V1 = "/api/v1"
OF_WHICH = "In a conversation over several catalogues: the one that is meant."


Name = Annotated[str, Field(min_length=1, max_length=40)]
Word = Annotated[str, Field(max_length=60)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SessionBody(_Body):
    """What a conversation is about: a catalogue, or several at once."""

    catalogue: str | list[str] | None = Field(
        None,
        max_length=200,
        description="Without it, the first catalogue that is served.",
        examples=["books", ["films", "books"]],
    )


class ConsentBody(_Body):
    """Whether what a visitor says may be learned from."""

    training: bool = Field(
        description="True holds for what is said from now on; false takes back all that was said."
    )


class MessageBody(_Body):
    """What a visitor says."""

    text: str = Field(max_length=20_000, examples=["a heist film from the 70s"])
    context: dict[Name, Word] | None = Field(
        None,
        max_length=8,
        description="When and where the visitor is, in names and words of the site's own. It holds until "
        "another is sent, is kept in the log, and counts in the ranking once `finetune arms` has learned "
        "from conversations what is taken when.",
        examples=[{"device": "phone", "time": "evening"}],
    )


class FeedbackBody(_Body):
    """A reaction to an item."""

    item: str = Field(max_length=200, examples=["heat-1995"])
    reaction: Reaction
    catalogue: str = Field("", max_length=200, description=OF_WHICH)


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
    catalogue: str = Field("", max_length=200, description=OF_WHICH)

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

    def of_all(together: Together) -> dict[str, Any]:
        profiles = scene_profiles(together, service.joint.guesses(together))
        scenes = [{"catalogue": name, "profile": p} for name, p in profiles.items()]
        return {**merged_profile(profiles), "scenes": scenes}

    def whole(conversation: Conversation | Together) -> dict[str, Any]:
        if isinstance(conversation, Together):
            lexicons = {n: service.house.parts(n).lexicon for n in conversation.catalogues}
            return together_json(conversation, lexicons, service.joint.guesses(conversation))
        guesses = service.guesses(conversation)
        lexicon = service.house.parts(conversation.catalogue).lexicon
        return conversation_json(conversation, lexicon, guesses)

    @app.post(f"{V1}/sessions", status_code=201)
    def start(body: SessionBody | None = None) -> dict[str, Any]:
        """Start a conversation. Its id is a secret of its visitor."""
        about = body.catalogue if body else None
        if isinstance(about, list) and len(set(about)) > 1:
            return whole(service.joint.start(about))
        if about == []:
            raise CatalogueError(
                "A conversation needs a catalogue; leave it out for the first one."
            )
        return whole(service.start(about[0] if isinstance(about, list) else about))

    @app.get(V1 + "/sessions/{id}")
    def read(id: str) -> dict[str, Any]:
        """A conversation as it stands."""
        return whole(service.joint.find(id) or service.conversation(id))

    @app.delete(V1 + "/sessions/{id}", status_code=204)
    def forget(id: str) -> None:
        """Erase a conversation and everything kept of it."""
        service.forget(id)

    @app.get(V1 + "/sessions/{id}/consent")
    def agreed(id: str) -> dict[str, Any]:
        """Whether a conversation may be learned from, and who said so (`setting`: nobody was asked)."""
        by = service.consent(id)
        return {"training": bool(by), "given_by": by or None}

    @app.put(V1 + "/sessions/{id}/consent")
    def agree(id: str, body: ConsentBody) -> dict[str, Any]:
        """Give or take back a visitor's consent that their conversation is learned from."""
        by = service.consent(id, body.training)
        return {"training": bool(by), "given_by": by or None}

    @app.post(V1 + "/sessions/{id}/messages", response_model=None)
    def message(
        id: str, body: MessageBody, accept: Annotated[str, Header()] = "text/event-stream"
    ) -> EventSourceResponse | dict[str, Any]:
        """Say something. Server-sent events, or one JSON object with `Accept: application/json`."""
        together = service.joint.find(id)
        if together is None:
            service.conversation(id)
        elif "application/json" not in accept:
            return EventSourceResponse(_stream_together(service, id, body), ping=15)
        else:
            *_, last = service.joint.respond(id, body.text, moment=body.context)
            assert isinstance(last, FinishedTogether)
            return together_turn_json(last, service.joint.guesses(last.together))
        if "application/json" in accept:
            return _whole(service, id, body)
        return EventSourceResponse(_stream(service, id, body), ping=15)

    @app.get(V1 + "/sessions/{id}/profile")
    def profile(id: str) -> dict[str, Any]:
        """What is remembered of a visitor's taste."""
        together = service.joint.find(id)
        return of_all(together) if together else of(service.conversation(id))

    @app.patch(V1 + "/sessions/{id}/profile")
    def change(id: str, body: ProfileBody) -> dict[str, Any]:
        """Remove, flip, weaken or strengthen entries, settle guesses, or undo the last change."""
        if service.joint.find(id):
            return of_all(service.joint.change(id, body.by_hand(), body.catalogue))
        return of(service.change(id, body.by_hand()))

    @app.post(V1 + "/sessions/{id}/feedback")
    def feedback(id: str, body: FeedbackBody) -> dict[str, Any]:
        """React to an item."""
        if service.joint.find(id):
            return of_all(service.joint.react(id, body.item, body.reaction, body.catalogue))
        return of(service.react(id, body.item, body.reaction))

    @app.get(V1 + "/items/{id}")
    def item(id: str, catalogue: str | None = None) -> dict[str, Any]:
        """Every field of an item; of the first catalogue that has it, unless one is named."""
        names = service.house.names if catalogue is None else (catalogue,)
        for name in names:
            if found := service.house.parts(name).lexicon.items.get(id):
                return dict(found.fields)
        raise CatalogueError(
            f"There is no item {id!r} in the catalogue {' or '.join(map(repr, names))}."
        )

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
            "catalogues": list(service.house.names),
        }

    return app


def _whole(service: Service, id: str, body: MessageBody) -> dict[str, Any]:
    acts: tuple[Act, ...] = ()
    answer: dict[str, Any] = {}
    for event in service.respond(id, body.text, moment=body.context):
        if isinstance(event, Understood):
            acts = event.acts
        if isinstance(event, Finished):
            answer = turn_json(acts, event)
    return answer


def _stream(service: Service, id: str, body: MessageBody) -> Iterator[dict[str, str]]:
    acts: tuple[Act, ...] = ()
    for event in service.respond(id, body.text, moment=body.context):
        if isinstance(event, Understood):
            acts = event.acts
        name, data = event_json(event, acts)
        yield {"event": name, "data": json.dumps(data, ensure_ascii=False)}


def _stream_together(service: Service, id: str, body: MessageBody) -> Iterator[dict[str, str]]:
    for event in service.joint.respond(id, body.text, moment=body.context):
        together = event.together if isinstance(event, FinishedTogether) else None
        guesses = service.joint.guesses(together) if together else {}
        name, data = together_event_json(event, guesses)
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
