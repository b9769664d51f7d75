"""A small server that speaks OpenAI's chat protocol, for tests: a process of its own.

`python -m tests.chatbot.openai_server` prints its port. What it answers is part of the URL:
`/say/BASE64/v1` answers with that text, `/NAME/v1` misbehaves in the way of that name. `/asked` gives
the requests that came in, with their keys.
"""

import asyncio
import base64
import gzip
import json
import socket
from collections.abc import AsyncIterator
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response, StreamingResponse

app = FastAPI()
ASKED: list[dict[str, Any]] = []
OPEN = {"streams": 0}


def chunk(finish: str | None = None, **delta: Any) -> bytes:
    """One server-sent event of a streamed answer."""
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    event = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "tiny-2026-11-01"}
    return f"data: {json.dumps({**event, 'choices': [choice]})}\n\n".encode()


async def streamed(text: str) -> AsyncIterator[bytes]:
    yield chunk(role="assistant", content="")
    for start in range(0, len(text), 50):
        yield chunk(content=text[start : start + 50])
    yield chunk("stop")
    yield b"data: [DONE]\n\n"


async def trickle() -> AsyncIterator[bytes]:
    OPEN["streams"] += 1
    try:
        yield chunk(role="assistant", content="{")
        while True:
            await asyncio.sleep(0.05)
            yield chunk(content=" ")
    finally:
        OPEN["streams"] -= 1


async def comments() -> AsyncIterator[bytes]:
    """Keep-alive lines for ever, which reset any time-out between bytes."""
    while True:
        yield b": still here\n\n"
        await asyncio.sleep(0.02)


async def flood(line: bytes) -> AsyncIterator[bytes]:
    while True:
        yield line
        await asyncio.sleep(0)


async def slow() -> AsyncIterator[bytes]:
    await asyncio.sleep(30)
    yield chunk(content="{}")


async def call_of_another_name() -> AsyncIterator[bytes]:
    call = {"name": "delete_profile", "arguments": '{"limits": []}'}
    yield chunk(tool_calls=[{"index": 0, "id": "c", "type": "function", "function": call}])
    yield b"data: [DONE]\n\n"


async def broken_events() -> AsyncIterator[bytes]:
    yield b"data: {not json}\n\n"
    yield b"data: [[[[\n\n"


def sse(events: AsyncIterator[bytes]) -> StreamingResponse:
    return StreamingResponse(events, media_type="text/event-stream")


@app.post("/say/{text}/v1/chat/completions")
async def say(text: str, request: Request) -> Response:
    """Answer with a text."""
    ASKED.append({"key": request.headers.get("authorization"), "body": await request.json()})
    return sse(streamed(base64.urlsafe_b64decode(text).decode()))


@app.post("/{how}/v1/chat/completions")
async def misbehave(how: str, request: Request) -> Response:
    """Answer in a way that no client wants."""
    ASKED.append({"key": request.headers.get("authorization"), "body": await request.json()})
    match how:
        case "500" | "429" | "401":
            said = {"error": {"message": "sk-secret was refused", "type": "x", "code": "y"}}
            return JSONResponse(said, int(how), {"Retry-After": "3600"})
        case "slow-body":
            return sse(slow())
        case "slow-head":
            await asyncio.sleep(30)
            return JSONResponse({})
        case "trickle":
            return sse(trickle())
        case "comments":
            return sse(comments())
        case "one-endless-line":
            return sse(flood(b"x" * 65536))
        case "endless-text":
            return sse(flood(chunk(content="x" * 1000)))
        case "endless-error":
            return StreamingResponse(flood(b"x" * 65536), 500)
        case "bomb":
            packed = gzip.compress(b"data: " + b" " * 200_000_000)
            return Response(
                packed, headers={"Content-Encoding": "gzip"}, media_type="text/event-stream"
            )
        case "tool":
            return sse(call_of_another_name())
        case "broken-events":
            return sse(broken_events())
        case "html":
            return Response("<html>Log in first</html>", media_type="text/html")
        case "redirect":
            return RedirectResponse("/asked")
        case "deep":
            return sse(flood(b"data: " + b"[" * 50_000 + b"\n\n"))
        case _:
            return Response(b"", 200)


@app.get("/asked")
def asked() -> dict[str, Any]:
    """What has been asked so far, and how many streams are still open."""
    return {"asked": ASKED, **OPEN}


def main() -> None:
    """Listen on a free port and print it."""
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical"))
    server.run(sockets=[listener])


if __name__ == "__main__":
    main()
