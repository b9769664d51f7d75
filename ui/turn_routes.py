"""Routes of turns: say something, as a stream or as one answer, and have a turn told again."""

from functools import partial
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Header, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from chatbot.log_answers import Answer
from ui.access import Caller
from ui.answering import Asked
from ui.answers import TurnAnswer, answers
from ui.api_parts import ApiParts
from ui.bodies import MessageBody
from ui.paths import V1
from ui.problems import Refused
from ui.queueing import Event
from ui.streams import again, asked_after, kept_stream, stream, whole

EVENT = {
    "type": "object",
    "required": ["id", "event", "data"],
    "properties": {
        "id": {"type": "string", "examples": ["7b1d9c52-6a0e-4a3e-9a52-0c8f6f3a1d10.1"]},
        "event": {"enum": ["understood", "retrieved", "recommended", "said", "finished", "error"]},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
}
STREAM = {
    "description": "A whole turn, or, as server-sent events, `understood`, `retrieved`, `recommended`, "
    "`said` (pieces of the reply), `finished` (the whole turn); `error` (a problem) in place of the rest. "
    "Each has an id, TURN_ID.N.",
    "content": {"text/event-stream": {"schema": EVENT}},
}


def turn_routes(parts: ApiParts) -> APIRouter:
    """The routes, over the parts of an application."""
    router, service, turns = APIRouter(prefix=V1), parts.service, parts.turns
    Opened = Annotated[Caller, Depends(parts.caller)]

    def _known(id: str, turn_id: str) -> tuple[bool, Answer | None]:
        """Whether a conversation is about several catalogues, and the turn if it is over."""
        return service.is_several(id), service.answer(id, turn_id) if turn_id else None

    def _told(made: list[Any]) -> list[Event]:
        """A turn as a stream has it; one that was made now is counted."""
        [turn] = made
        if isinstance(turn, Answer):
            return list(again(turn))
        parts.metrics.turn(turn.action, turn.timings_ms)
        return list(turn.events)

    @router.post(
        "/sessions/{id}/messages",
        response_model=None,
        responses={**answers(TurnAnswer, more=(503,)), 200: {"model": TurnAnswer, **STREAM}},
    )
    async def message(
        request: Request,
        id: str,
        body: MessageBody,
        caller: Opened,
        accept: Annotated[str, Header()] = "text/event-stream",
        last_event_id: Annotated[str, Header()] = "",
    ) -> Response:
        """Say something. Server-sent events, or one JSON object with `Accept: application/json`.

        A turn that was begun is finished and kept, whoever leaves. One that waits is given up when its
        visitor leaves. With a `turn_id`, a stream that broke is taken up again: the same request with
        `Last-Event-ID` goes on where it broke, without it from the start.
        """
        one = "application/json" in accept
        given = str(body.turn_id) if body.turn_id else ""
        several, kept = await run_in_threadpool(_known, id, given)
        if kept is not None:
            return Response(kept.json, media_type="application/json") if one else kept_stream(kept)
        turn_id = given or str(uuid4())
        if not turns.live(id, turn_id):
            visitor = caller.session.visitor or id
            parts.limits.message(request, visitor, caller.session.site, caller.by_key)
        asked = Asked(
            id, body.text, moment=body.moment(), page=body.page(), several=several, turn_id=given,
            told=True,
        )  # fmt: skip
        follower = await run_in_threadpool(
            turns.begin, id, turn_id, partial(service.ask, asked), _told
        )
        if one:
            return await whole(follower, request)
        return stream(follower, asked_after(last_event_id, turn_id))

    @router.get("/sessions/{id}/turns/{turn_id}", responses=answers(TurnAnswer))
    def turn(id: str, turn_id: UUID, _: Opened) -> Response:
        """A turn again, by the id that the client gave it."""
        parts.find(id)
        kept = service.answer(id, str(turn_id))
        if kept is None:
            raise Refused(404, f"There is no turn {str(turn_id)!r} in this conversation (yet).")
        return Response(kept.json, media_type="application/json")

    return router
