"""The API on a port of its own, and turns that wait for a test to let them go on."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI

from retrieval.micro_batches import aside
from ui.answering import Asked
from ui.service import Service


@contextmanager
def listening(app: FastAPI, **config: Any) -> Iterator[str]:
    """An application on a free port; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    given = {"port": port, "log_level": "error"} | config
    server = uvicorn.Server(uvicorn.Config(app, **given))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(20)


class HeldUp:
    """A service whose turns stop before they begin to work, until a test lets them; each is counted."""

    def __init__(self, service: Service) -> None:
        self.go = threading.Event()
        self.begun = 0
        self._answering = service._answering
        self._turn = self._answering.turn
        self._answering.turn = self._held  # type: ignore[method-assign]

    def _held(self, asked: Asked) -> Any:
        self.begun += 1
        assert aside(self.go.wait, 30)
        return self._turn(asked)

    def release(self) -> None:
        """Let everything go on, from now on."""
        self.go.set()
        self._answering.turn = self._turn  # type: ignore[method-assign]


def until(holds: Callable[[], bool], seconds: float = 10) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came about"
        time.sleep(0.01)
