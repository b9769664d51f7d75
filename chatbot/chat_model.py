"""A chat model that helps to understand: the home of LangChain.

Hosted models by LangChain's own names ("openai:gpt-4o-mini"), any server that speaks OpenAI's
protocol by its URL. Whatever it or its server does, a read ends within `timeout_s` by the clock on
the wall, holds a bounded number of bytes, and gives a proposal or None.
"""

import asyncio
import logging
import os
import threading
from collections.abc import AsyncIterator
from contextlib import aclosing
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from chatbot.conversation import Conversation
from chatbot.lexicon import Lexicon
from chatbot.prompt import ChangePrompt
from chatbot.proposal import parsed
from chatbot.reader import Answer
from chatbot.settings import UnderstandingSettings
from retrieval.errors import SettingsError
from retrieval.text import clean

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

FAILURES, PAUSE_S = 3, 60.0
"""After so many reads in a row without an answer in time, the model is left alone for so long."""
GRACE_S = 0.3
"""What a read may take beyond its time, for an answer's connection to be closed."""
WIRE_BYTES = 500
"""Bytes on the wire for each character of an answer, at the most: a server sends one event a token."""
_log = logging.getLogger(__name__)


class ChatModelReader:
    """Asks a chat model. All reads of all visitors run in one event loop in a thread of its own, so
    that one that is late can be ended, its connection with it."""

    def __init__(self, model: "BaseChatModel", name: str, settings: UnderstandingSettings) -> None:
        self.name = name
        self._model = model
        self._settings = settings
        self._pause = _Pause(name)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="chat model", daemon=True
        )
        self._thread.start()

    def read(self, text: str, conversation: Conversation, lexicon: Lexicon) -> Answer | None:
        """Ask for the change that an utterance makes; None if there is no usable answer in time."""
        if self._pause.is_on() or not text:
            return None
        prompt = ChangePrompt.of(text, conversation, lexicon)
        asked = asyncio.run_coroutine_threadsafe(self._ask(prompt), self._loop)
        try:
            answer, model = asked.result(self._settings.timeout_s + GRACE_S)
        except Exception as error:  # whatever a server or its client does, the turn goes on
            asked.cancel()
            self._pause.failed(error)
            return None
        self._pause.worked()
        try:
            return Answer(parsed(answer), model)
        except ValueError:
            _log.info("The chat model %s answered with no proposal.", self.name)
            return None

    async def _ask(self, prompt: ChangePrompt) -> tuple[str, str]:
        """The text of an answer, cut at its longest, and the version that the server says it is."""
        said, length, model = [], 0, self.name
        messages = [("system", prompt.instructions), ("user", prompt.data)]
        async with asyncio.timeout(self._settings.timeout_s):
            async with aclosing(self._model.astream(messages)) as chunks:  # type: ignore[type-var]
                async for chunk in chunks:
                    said.append(chunk.text)
                    length += len(chunk.text)
                    served = chunk.response_metadata.get("model_name")
                    model = clean(str(served), 80) if served else model
                    if length > self._settings.longest_answer:
                        return "", model
        return "".join(said), model

    def close(self) -> None:
        """End the thread; a read that is under way ends as one that failed."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop)
        self._thread.join(timeout=1)

    async def _end(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        self._loop.stop()


class _Pause:
    """Leaves a model alone for a while that gave no answer several times in a row."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._failures = 0
        self._until = 0.0

    def is_on(self) -> bool:
        """Whether the model is not to be asked now."""
        return monotonic() < self._until

    def worked(self) -> None:
        """It answered."""
        with self._lock:
            self._failures = 0

    def failed(self, error: Exception) -> None:
        """It did not. The error's own words are not logged: a key or an utterance may be in them."""
        with self._lock:
            self._failures += 1
            if self._failures < FAILURES:
                return
            self._until = monotonic() + PAUSE_S
            failures = self._failures
        _log.warning(
            "The chat model %s gave no answer %d times in a row (%s). The rules alone understand for "
            "the next %.0f s.", self._name, failures, type(error).__name__, PAUSE_S,
        )  # fmt: skip


def open_chat_model(settings: UnderstandingSettings) -> ChatModelReader | None:
    """The chat model that the settings name; None if they name none. Asks it nothing yet.

    Raises SettingsError for names that do not go together, a provider whose package is not
    installed, or a key that is not set.
    """
    if not (settings.chat_model or settings.chat_model_url):
        return None
    if settings.chat_model and settings.chat_model_url:
        raise SettingsError(
            "Set understanding.chat_model, or understanding.chat_model_url with "
            "understanding.chat_model_name; not both."
        )
    if settings.chat_model_url:
        host = _host(settings.chat_model_url)
        if not settings.chat_model_name:
            raise SettingsError(
                f"understanding.chat_model_url is set; say which model {host} is to be asked for with "
                "understanding.chat_model_name."
            )
        name = f"{settings.chat_model_name} at {host}"
    else:
        name = settings.chat_model
    return ChatModelReader(_model(settings, name), name, settings)


def _host(url: str) -> str:
    """Host and port of a URL. One with a key in it is refused: addresses end up in logs."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    if parts.scheme not in ("http", "https") or not host:
        raise SettingsError(
            "understanding.chat_model_url is not the URL of a server; it looks like "
            "'http://127.0.0.1:8000/v1'."
        )
    if parts.username or parts.password or parts.query:
        raise SettingsError(
            "understanding.chat_model_url holds a name, a password or a query. Give the address "
            "alone, and the key in the environment variable OPENAI_API_KEY."
        )
    return f"{host}:{port}" if port else host


def _model(settings: UnderstandingSettings, name: str) -> "BaseChatModel":
    from langchain.chat_models import init_chat_model  # noqa: PLC0415

    given: dict[str, Any] = {"temperature": 0, "timeout": settings.timeout_s, "max_retries": 0}
    if settings.chat_model_url:
        given |= {
            "model_provider": "openai",
            "base_url": settings.chat_model_url,
            "use_responses_api": False,
        }
        if not os.environ.get("OPENAI_API_KEY"):
            given["api_key"] = "none"  # servers of one's own ask for no key
    if settings.chat_model_url or settings.chat_model.startswith("openai:"):
        given["http_async_client"] = _bounded_client(WIRE_BYTES * settings.longest_answer)
        given["stream_chunk_timeout"] = None  # ours bounds the whole answer
    try:
        model: BaseChatModel = init_chat_model(
            settings.chat_model or settings.chat_model_name, **given
        )
    except ImportError as error:
        raise SettingsError(f"The chat model {name!r} cannot be opened: {error}") from error
    except Exception as error:
        raise SettingsError(
            f"The chat model {name!r} cannot be opened ({type(error).__name__}). It is written "
            "'provider:model', e.g. 'openai:gpt-4o-mini', and its key stands in the environment "
            "variable of the provider, e.g. OPENAI_API_KEY."
        ) from None
    return model


class _TooLong(Exception):
    pass


def _bounded_client(most: int) -> Any:
    """An HTTP client that reads at most so many bytes of a response, takes none that is compressed
    (a few bytes can unfold to gigabytes), and follows no redirect (the key goes where it was sent)."""
    import httpx2  # noqa: PLC0415

    class Bounded(httpx2.AsyncByteStream):
        def __init__(self, stream: httpx2.AsyncByteStream) -> None:
            self._stream = stream

        async def __aiter__(self) -> AsyncIterator[bytes]:
            read = 0
            async for piece in self._stream:
                read += len(piece)
                if read > most:
                    raise _TooLong
                yield piece

        async def aclose(self) -> None:
            await self._stream.aclose()

    async def bound(response: httpx2.Response) -> None:
        if response.headers.get("content-encoding", "identity") != "identity":
            raise _TooLong
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        response.stream = Bounded(response.stream)

    return httpx2.AsyncClient(
        event_hooks={"response": [bound]},
        headers={"Accept-Encoding": "identity"},
        follow_redirects=False,
    )
