"""Golden conversations: ten files, compared exactly. `make golden` writes them anew; read the diff."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from chatbot.conversation import Conversation
from chatbot.events import Finished, Understood
from chatbot.parts import Parts
from chatbot.respond import respond
from tests.conftest import ROOT
from ui.wire import turn_json

FILES = sorted((ROOT / "tests" / "golden").glob("*.json"))


def play(parts: Parts, utterances: list[str]) -> list[dict[str, Any]]:
    """The turns of a conversation as the contract has them, without what a clock decides."""
    conversation, turns = Conversation("golden", "films"), []
    for utterance in utterances:
        acts: Any = ()
        for event in respond(conversation, utterance, parts):
            if isinstance(event, Understood):
                acts = event.acts
            if isinstance(event, Finished):
                conversation = event.conversation
                turn = turn_json(acts, event)
                turn["items"] = [
                    {k: i[k] for k in ("id", "reason", "evidence")} for i in turn["items"]
                ]
                del turn["timings_ms"]
                turns.append(json.loads(json.dumps(turn)))
    return turns


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_a_golden_conversation_is_as_it_was(parts: Parts, path: Path) -> None:
    golden = json.loads(path.read_text(encoding="utf-8"))
    turns = play(parts, golden["utterances"])
    if os.environ.get("WRITE_GOLDEN"):
        text = json.dumps({**golden, "turns": turns}, ensure_ascii=False, indent=1)
        path.write_text(text + "\n", encoding="utf-8")
        return
    for was, now in zip(golden["turns"], turns, strict=True):
        assert now == was


def test_there_are_ten() -> None:
    assert len(FILES) >= 10
