"""Nonsense, bad entries and hostile servers: the rules' result stands, and in time."""

import json
import logging
import socket
import threading
from time import monotonic
from typing import Any

import httpx
import pytest

from chatbot import chat_model
from chatbot.conversation import Conversation
from chatbot.parts import Parts
from tests.chatbot.talking import GOOD, HEIST, TIMEOUT, Open, profiles_agree, saying, turn

NONSENSE = [
    "",
    "I am sorry, I cannot help with that.",
    "{",
    "[]",
    "null",
    '{"wants": [{"facet"',
    '{"wants": "heist"}',
    '{"profile": {}}',
    '{"avoids": [{"facet": "genres", "value": "drama", "strength": NaN, "quote": "gran"}]}',
    '{"limits": [{"facet": "year", "op": ">", "value": Infinity, "quote": "gran"}]}',
    '{"limits": [{"facet": "year", "op": ">", "value": 1e999, "quote": "gran"}]}',
    '{"wants": ' + "[" * 3000,
    '{"wants": ' + "9" * 6000 + "}",
    json.dumps({"wants": [GOOD["wants"][0]] * 100}),
    json.dumps({"wants": GOOD["wants"]}) + " " * 9000,
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
]


@pytest.mark.parametrize("answer", NONSENSE, ids=range(len(NONSENSE)))
def test_nonsense_leaves_the_rules_result(
    parts: Parts, server: str, opened: Open, answer: str
) -> None:
    assert profiles_agree(parts, opened(saying(server, answer)), HEIST)


BAD_ENTRIES: list[dict[str, Any]] = [
    {"avoids": [{"facet": "colour", "value": "red", "strength": 1.0, "quote": "a stickup"}]},
    {"avoids": [{"facet": "genres", "value": "polka", "strength": 1.0, "quote": "a stickup"}]},
    {"avoids": [{"facet": "genres", "value": "drama", "strength": 1.0, "quote": "no drama"}]},
    {"avoids": [{"facet": "genres", "value": "drama", "strength": 7, "quote": "a stickup"}]},
    {"avoids": [{"facet": "genres", "value": "drama", "strength": 0, "quote": "a stickup"}]},
    {"avoids": [{"facet": "genres", "value": "drama", "strength": 1.0, "quote": "my"}]},
    {"avoids": [{"facet": "text", "value": "explosions", "strength": 1.0, "quote": "a stickup"}]},
    {"avoids": [{"facet": "genres", "value": "drama", "quote": "a stickup", "sudo": True}]},
    {"limits": [{"facet": "year", "op": ">", "value": 1990, "quote": "tonight"}]},
    {"limits": [{"facet": "year", "op": "~", "value": 1990, "quote": "tonight"}]},
    {"limits": [{"facet": "genres", "op": "<", "value": "drama", "quote": "a stickup"}]},
    {"limits": [{"facet": "year", "op": ">", "value": True, "quote": "a stickup"}]},
    {"liked": [{"item": "no-such-item", "quote": "a stickup"}]},
    {"seen": [{"item": "heat-1995", "quote": "a stickup"}]},
    {"wants": [{"facet": "similar_to", "value": "heat-1995", "quote": "a stickup"}]},
    {"wants": [{"facet": "content_notes", "value": "violence", "quote": "a stickup"}]},
    {"removals": [{"facet": "tags", "value": "heist", "quote": "a stickup"}]},
    {"acts": [{"act": "restart", "quote": "start over"}]},
    {"acts": [{"act": "format-disk", "quote": "a stickup"}]},
    {"acts": [{"act": "inquire-item", "quote": "a stickup", "items": ["heat-1995"]}]},
]


@pytest.mark.parametrize("bad", BAD_ENTRIES, ids=lambda bad: json.dumps(bad)[:70])
def test_a_bad_entry_is_dropped_and_a_good_one_beside_it_is_kept(
    parts: Parts, server: str, opened: Open, bad: dict[str, Any]
) -> None:
    assert profiles_agree(parts, opened(saying(server, bad)), HEIST)
    both = {name: [*bad.get(name, []), *GOOD.get(name, [])] for name in {**bad, **GOOD}}
    with_both = turn(parts, opened(saying(server, both)), HEIST)
    with_good = turn(parts, opened(saying(server, GOOD)), HEIST)
    assert with_both.conversation.profile == with_good.conversation.profile
    assert with_good.conversation.profile != turn(parts, None, HEIST).conversation.profile


HOSTILE = [
    "500",
    "429",
    "401",
    "slow-body",
    "slow-head",
    "trickle",
    "comments",
    "one-endless-line",
    "endless-text",
    "endless-error",
    "bomb",
    "tool",
    "broken-events",
    "html",
    "redirect",
    "deep",
    "empty",
]


@pytest.mark.parametrize("how", HOSTILE)
def test_a_hostile_server_delays_a_turn_by_its_time_at_the_most(
    parts: Parts, server: str, opened: Open, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    """One second after the time-out the turn is over, whatever comes; the rules have understood."""
    caplog.set_level(logging.INFO)
    reader = opened(f"{server}/{how}/v1")
    without = turn(parts, None, HEIST)
    began = monotonic()
    finished = turn(parts, reader, HEIST)
    assert monotonic() - began < TIMEOUT + 1
    assert finished.conversation.profile == without.conversation.profile
    assert finished.reply == without.reply
    assert finished.versions["understood_by"] == "rules"
    assert "secret" not in caplog.text


def test_a_server_that_is_not_there_delays_no_turn(parts: Parts, opened: Open) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    began = monotonic()
    assert profiles_agree(parts, opened(f"http://127.0.0.1:{port}/v1"), HEIST)
    assert monotonic() - began < 1


def test_a_connection_that_is_late_is_closed(parts: Parts, server: str, opened: Open) -> None:
    opened_before = httpx.get(f"{server}/asked").json()["streams"]
    turn(parts, opened(f"{server}/trickle/v1"), HEIST)
    until = monotonic() + 3
    while httpx.get(f"{server}/asked").json()["streams"] > opened_before:
        assert monotonic() < until


def test_a_dead_model_is_left_alone_for_a_while_and_then_asked_again(
    parts: Parts, server: str, opened: Open, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    monkeypatch.setattr(chat_model, "PAUSE_S", 0.5)

    def asked() -> int:
        return len(httpx.get(f"{server}/asked").json()["asked"])

    reader = opened(f"{server}/500/v1")
    before = asked()
    for _ in range(10):
        turn(parts, reader, HEIST)
    assert asked() - before in (3, 4)  # a slow machine may see the pause end
    assert "The rules alone understand" in caplog.text
    threading.Event().wait(0.6)
    before = asked()
    turn(parts, reader, HEIST)
    assert asked() == before + 1


def test_visitors_at_the_same_time_get_answers_to_their_own_words(
    parts: Parts, server: str, opened: Open
) -> None:
    """Twenty late answers at once take no longer than one."""
    late, good = opened(f"{server}/trickle/v1"), opened(saying(server, GOOD))
    began, found = monotonic(), list[Any]()
    threads = [
        threading.Thread(
            target=lambda r=reader: found.append(
                r.read(HEIST, Conversation("t", "films"), parts.lexicon)
            )
        )
        for reader in [late] * 20 + [good] * 5
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert monotonic() - began < TIMEOUT + 1
    assert sum(answer is not None for answer in found) == 5
