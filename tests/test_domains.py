"""Files of other domains, as their publishers wrote them: imported by one command, and talked about.

What is compared exactly (`golden/domains/`) is what was understood and which items were shown; that
limits hold is checked by the oracle, which imports nothing of ours, and that reasons are true by the
same check as for films. `WRITE_GOLDEN=1` writes the files anew.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from chatbot.conversation import Conversation
from chatbot.events import Finished, Understood
from chatbot.parts import Parts
from chatbot.respond import respond
from tests.chatbot.oracle import faults
from tests.chatbot.test_reasons import check
from tests.conftest import LIGHT, ROOT, SHARED
from ui.main import main
from ui.opening import open_parts
from ui.settings import load
from ui.wire import profile_json

GOLDEN = ROOT / "tests" / "golden" / "domains"
TALKS = {
    "raw/products.json": [
        "something for the kitchen under 20",
        "a perfume with good reviews",
        "any price is fine",
        "a laptop, not from Apple",
        "how much is the first one?",
        "wireless earphones under 80 with good reviews",
    ],
    "raw/books.jsonl.gz": [
        "a detective novel",
        "something for children, with pirates",
        "not Treasure Island",
        "who wrote the first one?",
        "a horror story",
        "compare the first two",
    ],
    "raw/recipes.jsonl.gz": [
        "a pasta without mushrooms, under 30 minutes",
        "something spicy with chicken",
        "no onions please",
        "how long does the first take?",
        "a soup for 6 people, any time is fine",
        "what can I make with zucchini and cheese?",
    ],
    "raw/games.jsonl.gz": [
        "a strategy game like Age of Empires that runs on Linux",
        "not a remake",
        "something like Tetris",
        "a racing game written in Python",
        "who made the first one?",
        "more",
    ],
    "raw/movielens-small/movies.csv": [
        "a comedy from the nineties",
        "no children's films",
        "something like Alien",
        "I have seen the first two",
        "what year is the first one from?",
        "a western before 1970",
    ],
    "catalogues/films-wikipedia.jsonl.gz": [
        "a silent comedy with Buster Keaton",
        "after 1925",
        "something like The Thing, but not horror",
        "who is in the first one?",
        "a war film from the sixties",
        "seen the second one",
    ],
}


def opened(source: Path, home: Path) -> Parts:
    """The file indexed as an owner would, and opened."""
    command = ["index", str(source), "--name", "theirs", "--home", str(home)]
    done = CliRunner().invoke(main, [*command, "--set", "encoder.model=hashing"])
    assert done.exit_code == 0, done.output
    return open_parts(home, "theirs", load([], {}, LIGHT)[0]).parts


def short(found: Finished, acts: list[str]) -> dict[str, Any]:
    """What was understood and shown, without a sentence of anybody's."""
    profile = found.conversation.profile
    return {
        "acts": acts,
        "action": found.action,
        "wants": [[w.facet, w.value, w.strength] for w in profile.wants],
        "avoids": [[a.facet, a.value] for a in profile.avoids],
        "limits": [[x.facet, x.op, x.value] for x in profile.limits],
        "question": found.question.facet if found.question else None,
        "items": [card.item.id for card in found.cards],
    }


@pytest.mark.parametrize("name", TALKS)
def test_six_turns_about_anybodys_file(name: str, tmp_path: Path) -> None:
    source = SHARED / name
    if not source.is_file():
        pytest.skip(f"{name} is not on this machine")
    parts = opened(source, tmp_path)
    conversation, turns, shown = Conversation("t", "theirs"), [], 0
    for utterance in TALKS[name]:
        acts: list[str] = []
        for event in respond(conversation, utterance, parts):
            if isinstance(event, Understood):
                acts = [a.act for a in event.acts]
            if isinstance(event, Finished):
                before, conversation = conversation, event.conversation
                profile = json.loads(json.dumps(profile_json(conversation.profile)))
                for card in event.cards:
                    row = dict(card.item.fields)
                    assert not faults(row, profile, set(before.shown), set(before.hidden))
                    check(card, conversation, parts)
                    shown += 1
                turns.append(short(event, acts))
    assert shown >= 6
    file = GOLDEN / f"{Path(name).name.split('.')[0]}.json"
    if os.environ.get("WRITE_GOLDEN"):
        GOLDEN.mkdir(exist_ok=True)
        lines = ",\n".join(json.dumps(turn, ensure_ascii=False) for turn in turns)
        file.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    assert json.loads(json.dumps(turns)) == json.loads(file.read_text(encoding="utf-8"))
