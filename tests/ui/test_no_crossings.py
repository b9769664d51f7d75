"""Visitors at once, and a restart in between: nobody ever sees a word of another's."""

import json
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.ui.live_api import listening
from tests.ui.sited import JSON, SHOP, V1, add_site, bearer, begin, light_service
from ui.api import make_api

SAYINGS = ("a heist film, {}", "something funny with {}", "nothing like {}", "more", "why the first one?",
           "a western after 1960, {}", "I liked {}", "no horror, {} said", "which of them is shorter?")  # fmt: skip


class Visitor:
    """One who says words that nobody else says, and keeps all that is answered."""

    def __init__(self, number: int, url: str) -> None:
        self.canary = f"canary{number:03d}{'abcdefghij'[number % 10]}"
        self.heard: list[str] = []
        self.rng = random.Random(number)
        with httpx.Client(base_url=url, timeout=60) as client:
            made = begin(client, {"Origin": SHOP}, site="shop")
        self.id, self.token = made["id"], made["token"]

    def talk(self, url: str, turns: int) -> None:
        """So many turns, with a look at everything in between."""
        headers = bearer(self.token, Origin=SHOP)
        with httpx.Client(base_url=url, timeout=60, headers=headers) as client:
            for _ in range(turns):
                text = self.rng.choice(SAYINGS).format(self.canary)
                body = {"text": text, "turn_id": str(uuid4())}
                how = JSON if self.rng.random() < 0.5 else {}
                self._keep(client.post(f"{V1}/sessions/{self.id}/messages", json=body, headers=how))
                if self.rng.random() < 0.2:
                    self._keep(client.get(f"{V1}/sessions/{self.id}"))
                    answer = client.post(f"{V1}/sessions/{self.id}/token")
                    self.token = answer.json()["token"]
                    client.headers.update(bearer(self.token))

    def _keep(self, answer: httpx.Response) -> None:
        assert answer.status_code == 200, answer.text
        self.heard.append(answer.text)


def crossings(folder: Path, visitors: int, turns: int) -> list[Any]:
    """Everything that somebody saw of another's."""
    add_site(folder, "shop", "--origin", SHOP)
    there: list[Visitor] = []
    for half in range(2):
        service = light_service(folder)
        try:
            with listening(make_api(service)) as url, ThreadPoolExecutor(12) as pool:
                there = there or [Visitor(n, url) for n in range(visitors)]
                list(pool.map(lambda v, url=url: v.talk(url, turns // 2), there))
                if half == 1:
                    opened = _opened_by_others(there, url)
                    kept = {v.canary: json.dumps(service.log.export(v.id)) for v in there}
        finally:
            service.close()
    found: list[Any] = opened
    for visitor in there:
        assert all(
            visitor.canary in text for text in (kept[visitor.canary], "".join(visitor.heard))
        )
        assert len(json.loads(kept[visitor.canary])["turns"]) == turns // 2 * 2
        seen = kept[visitor.canary] + "".join(visitor.heard)
        found += [
            (visitor.canary, o.canary) for o in there if o is not visitor and o.canary in seen
        ]
        found += [(visitor.canary, o.id) for o in there if o is not visitor and o.id in seen]
    return found


def _opened_by_others(there: list[Visitor], url: str) -> list[Any]:
    """Conversations that the token of another visitor opens."""
    with httpx.Client(base_url=url, timeout=60) as client:
        pairs = [(one, two) for one in there for two in there if one is not two]
        sample = random.Random(1).sample(pairs, min(len(pairs), 300))
        answers = ((one, two, client.get(f"{V1}/sessions/{one.id}", headers=bearer(two.token)))
                   for one, two in sample)  # fmt: skip
        return [(one.id, two.id) for one, two, answer in answers if answer.status_code != 401]


def test_ten_visitors_never_meet(tmp_path: Path) -> None:
    assert crossings(tmp_path, 10, 10) == []


@pytest.mark.slow
def test_fifty_visitors_of_a_hundred_turns_never_meet(tmp_path: Path) -> None:
    assert crossings(tmp_path, 50, 100) == []
