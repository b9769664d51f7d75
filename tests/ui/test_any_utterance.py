"""Whatever a client sends as an utterance or a context: it is answered, or refused with a reason, in time."""

import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.ui.sited import JSON, V1, begin, light_service
from ui.api import make_api

SLOWEST = 5.0
"""Seconds of a processor; a turn may take thirty by the clock, but nothing here asks for a model."""
WORDS = ("a", "film", "book", "like", "not", "no", "nothing", "but", "or", "under", "after", "before", "between",
         "than", "more", "less", "the second", "why", "compare", "undo", "forget that", "和", "不要", "电影", "类似",
         "heist", "comedy", "romance", "Blade Runner", "Alien", "Heat", "I liked", "seen", "minutes", "hours",
         "1970s", "$", "€", "%", "and", "?", "!", ",", "something", "anything", "show me", "except", "unless")  # fmt: skip
ODD = ("\x00", "\u202e", "\u200b", "\ufeff", "\U0001f3ac", "e\u0301\u0301\u0301", "\ud83d", "\udfff", "'", '"', "\\", "`", "${x}",
       "{{7*7}}", "%s%n", "<script>", "]]>", "../../", "' or 1=1 --", "NaN", "1e999", "-0", "٣", "½", "１９９０", "\r\n",
       "\u2028", "ﷺ", "İ", "ß", "𝔘𝔫𝔦", "﻿", "NEAR(", "AND OR NOT", '"*"', "col:", "^", "*")  # fmt: skip
PLANES = ((0x20, 0x7E), (0xA0, 0x24F), (0x370, 0x5FF), (0x600, 0x6FF), (0x900, 0xDFF), (0x3040, 0x30FF),
          (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0xD800, 0xDFFF), (0x1F300, 0x1FAFF), (0, 0x1F))  # fmt: skip


def utterance(rng: random.Random) -> str:
    """Something that somebody might send: talk, talk with odd pieces, noise, or far too much of one thing."""
    kind = rng.randrange(5)
    if kind == 0:
        return " ".join(rng.choices(WORDS, k=rng.randint(1, 15)))
    if kind == 1:
        return " ".join(rng.choices((*WORDS, *ODD), k=rng.randint(1, 25)))
    if kind == 2:
        first, last = rng.choice(PLANES)
        return "".join(chr(rng.randint(first, last)) for _ in range(rng.randint(0, 200)))
    if kind == 3:
        number = rng.choice(
            (str(rng.randint(-(10**9), 10**9)), "9" * rng.randint(1, 400), "1.2.3,4")
        )
        return f"{rng.choice(('under', 'after', 'over', 'between', '不超过', 'about'))} {number} {rng.choice(WORDS)}"
    piece = rng.choice((*WORDS, *ODD)) + rng.choice(("", " ", ",", ", "))
    return piece * (rng.choice((10, 300, 2500)) // len(piece) + 1)


def context(rng: random.Random) -> Any:
    """When and where somebody might say that they are."""
    names = ("device", "time", "item", "category", "cart", *ODD)
    return rng.choice(
        (
            None,
            {},
            {rng.choice(names): rng.choice((*WORDS, *ODD)) for _ in range(rng.randint(1, 9))},
        )
    )


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    service = light_service(tmp_path_factory.mktemp("home"), ("films", "books"))
    yield TestClient(make_api(service), raise_server_exceptions=False)
    service.close()


def send(client: TestClient, many: int, seed: int) -> tuple[Counter[int], list[Any], float]:
    """How they were answered, those that were not as they should be, and the slowest, in processor seconds."""
    rng, met, wrong, slowest = random.Random(seed), Counter[int](), [], 0.0
    url = ""
    for number in range(many):
        if number % 12 == 0:
            about = rng.choice(("films", "books", ["films", "books"]))
            url = f"{V1}/sessions/{begin(client, catalogue=about)['id']}/messages"
        body = {"text": utterance(rng)} | ({"context": c} if (c := context(rng)) else {})
        since = time.process_time()
        headers = {"Content-Type": "application/json"} | (JSON if number % 2 else {})
        answer = client.post(url, content=json.dumps(body), headers=headers)
        took = time.process_time() - since
        slowest = max(slowest, took)
        met[answer.status_code] += 1
        broken = "event: error" in answer.text
        if answer.status_code not in (200, 422) or broken or took > SLOWEST:
            wrong.append((answer.status_code, took, body))
    return met, wrong, slowest


def test_two_hundred_utterances_are_answered_or_refused_in_time(client: TestClient) -> None:
    met, wrong, _ = send(client, 200, seed=1)
    assert wrong == []
    assert met[200] > 120
    assert met[422] > 0


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_twenty_thousand_utterances_are_answered_or_refused_in_time(client: TestClient) -> None:
    met, wrong, slowest = send(client, 20_000, seed=2)
    print(f"{dict(met)}; the slowest took {slowest:.2f} s")
    assert wrong == []
