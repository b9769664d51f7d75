"""A turn as server-sent events, each with an id, or as one JSON object."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any

from sse_starlette.sse import EventSourceResponse
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message

from chatbot.log_answers import Answer
from ui.problems import later, problem_json, sentence_of, status_of
from ui.queueing import Event, Follower
from ui.telling import FINISHED

log = logging.getLogger(__name__)
PING = 15
"""Seconds of silence after which a stream says that it is still there."""
ERROR = "error"


def again(kept: Answer) -> Iterator[Event]:
    """A turn that is over: what was understood and shown, the reply in one piece, and the whole."""
    turn = json.loads(kept.json)
    yield "understood", _json({"acts": turn["acts"], "profile": turn["profile"]})
    if turn["items"]:
        yield "recommended", _json({"items": turn["items"]})
    yield "said", _json({"text": turn["reply"]})
    yield FINISHED, kept.json


def stream(follower: Follower, after: int) -> Response:
    """The events of a turn after that number, with a sign of life while there is none."""

    async def left(_: Message) -> None:
        follower.leave()

    return EventSourceResponse(
        _chunks(follower, after), ping=PING, client_close_handler_callable=left
    )


async def _chunks(follower: Follower, after: int) -> AsyncIterator[bytes]:
    id = follower.turn.id
    try:
        told = list(enumerate(await follower.events(), 1))[after:]
        yield b"".join(_event(f"{id}.{n}", name, data) for n, (name, data) in told)
    except Exception as error:
        if status_of(error) == 500:
            log.exception("A turn failed.")
        data = _json(problem_json(status_of(error), sentence_of(error)))
        yield _event(f"{id}.{after + 1}", ERROR, data)
    finally:
        follower.leave()


async def whole(follower: Follower, request: Request) -> Response:
    """The end of a turn as one JSON object. Raises what the turn raised."""
    done = asyncio.ensure_future(follower.events())
    gone = asyncio.ensure_future(_until_gone(request))
    try:
        await asyncio.wait({done, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not done.done():
            follower.leave()
            raise later(503, "Nobody waits for this answer.", 1)
        name, data = done.result()[-1]
    finally:
        done.cancel()
        gone.cancel()
    assert name == FINISHED
    return Response(data, media_type="application/json")


def kept_stream(kept: Answer) -> Response:
    """A turn that is over, as a stream; its last event has the number that it had."""

    async def chunks() -> AsyncIterator[bytes]:
        told = list(again(kept))
        for number, (name, data) in enumerate(told, 1):
            last = name == FINISHED
            yield _event(f"{kept.turn_id}.{kept.events if last else number}", name, data)

    return EventSourceResponse(chunks(), ping=PING)


def asked_after(last_event_id: str, turn_id: str) -> int:
    """The number of the event that a client had last, if it was of this turn; 0 for none."""
    name, _, number = last_event_id.rpartition(".")
    return int(number) if name == turn_id and number.isdecimal() and len(number) < 6 else 0


async def _until_gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _event(id: str, name: str, data: str) -> bytes:
    return f"id: {id}\r\nevent: {name}\r\ndata: {data}\r\n\r\n".encode()


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False)
