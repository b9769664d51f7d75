"""A chat-model server in a process of its own, and readers that ask it."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from chatbot.chat_model import ChatModelReader, open_chat_model
from chatbot.settings import UnderstandingSettings
from tests.chatbot.talking import TIMEOUT, Open
from tests.conftest import ROOT


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a server in a process of its own."""
    command = [sys.executable, "-m", "tests.chatbot.openai_server"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = f"http://127.0.0.1:{process.stdout.readline().strip()}"
        yield address
        process.kill()


@pytest.fixture
def opened() -> Iterator[Open]:
    """Readers of a server, closed after the test."""
    readers: list[ChatModelReader] = []

    def open_one(url: str, **more: Any) -> ChatModelReader:
        settings = UnderstandingSettings(
            chat_model_url=url, chat_model_name="tiny", timeout_s=TIMEOUT, **more
        )
        reader = open_chat_model(settings)
        assert reader is not None
        readers.append(reader)
        return reader

    yield open_one
    for reader in readers:
        reader.close()
