"""What tells who somebody is: found where it is, left alone where it is none, and in no file for learning."""

import gzip
import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from chatbot.conversation import Conversation, Turn
from chatbot.log import ConversationLog
from chatbot.log_tables import FILE
from chatbot.logged import read_log
from chatbot.parts import Parts
from chatbot.redaction import personal, redacted, redacted_json
from chatbot.together import begin
from finetune.from_log import gather
from finetune.manifest import file_of
from retrieval.constraints import TEXT
from tests.chatbot.test_log_consent import say
from tests.conftest import ROOT, SHARED
from tests.finetune.logs import teller

UTTERANCES = ROOT / "tests" / "utterances"
MINE = {
    "email": "jane.doe@example.com", "phone": "+1 415-555-2671", "card": "4111 1111 1111 1111",
    "iban": "DE89 3704 0044 0532 0130 00", "address": "77 Massachusetts Ave, Cambridge, MA 02139",
    "id": "536-90-4399", "link": "https://shop.example/reset?token=8f14e45fceea167a5a36dedd",
}  # fmt: skip


def labelled() -> list[dict[str, Any]]:
    lines = (UTTERANCES / "personal.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def is_covered(text: str, piece: str) -> bool:
    """Whether every letter and figure of a piece is taken out."""
    at, spans = text.index(piece), personal(text)
    inside = (n for n in range(at, at + len(piece)) if text[n].isalnum())
    return all(any(p.start <= n < p.end for p in spans) for n in inside)


def test_the_labelled_lines_are_read_as_they_are_labelled() -> None:
    found, there, false = Counter[str](), Counter[str](), 0
    for row in labelled():
        text = row["text"]
        for piece in row["personal"]:
            key = f"{row['set']} {piece['kind']}"
            there[key] += 1
            found[key] += is_covered(text, piece["text"])
        false += bool(not row["personal"] and personal(text))
    clean = sum(not row["personal"] for row in labelled())
    print(f"\nfalse on lines without any: {false} of {clean}")
    for key in sorted(there):
        print(f"{key}: {found[key]} of {there[key]}")
    assert found == there
    assert false == 0
    assert there.total() + clean >= 300


def test_nothing_is_taken_out_of_what_people_say_of_films_and_things() -> None:
    count, wrong = 0, []
    for file in sorted(UTTERANCES.glob("*.jsonl")):
        if file.name == "personal.jsonl":
            continue
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            said = str(row.get("say") or row.get("text") or row.get("said"))
            count += 1
            wrong += [said] if personal(said) else []
    assert count > 4000
    assert wrong == []


def test_nothing_is_taken_out_of_titles() -> None:
    for file in [
        *(ROOT / "data").glob("*.jsonl"),
        *(ROOT / "tests" / "catalogues").glob("*.jsonl"),
    ]:
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            title = str(row.get("title") or row.get("name") or "")
            for said in (title, f"something like {title} please", f"我想看《{title}》"):
                assert redacted(said) == said


@pytest.mark.skipif(
    not (SHARED / "dialogues" / "redial-dev.jsonl.gz").exists(), reason="ReDial is not here"
)
def test_nothing_is_taken_out_of_other_peoples_talk() -> None:
    with gzip.open(SHARED / "dialogues" / "redial-dev.jsonl.gz", "rt", encoding="utf-8") as file:
        said = [turn["text"] for line in file for turn in json.loads(line)["turns"]]
    assert len(said) > 3000
    assert [text for text in said if personal(text)] == []


def test_redacted_twice_is_redacted_once() -> None:
    for row in labelled():
        assert redacted(redacted(row["text"])) == redacted(row["text"])


def test_two_behind_each_other_and_in_other_figures() -> None:
    both = f"{MINE['email']} {MINE['phone']}"
    assert redacted(both) == "[email] [phone]"
    assert (
        redacted("ＪＡＮＥ＠ｅｘａｍｐｌｅ．ｃｏｍ, １３８００１３８０００") == "[email], [phone]"
    )
    assert redacted("") == ""
    assert redacted("\n138\n001") == "\n138\n001"


@pytest.mark.parametrize(
    "text",
    ["1" * 2000, "1 " * 1000, "Aa-" * 660, "a.a@" * 500, "中" * 1999 + "1", "1 rue " + "de " * 660, "12-" * 660,
     "路1号" * 660, "GB29" * 500, "i live at " * 200 + "1", "Flat 1, " * 250, "https://a/?" + "&a=b" * 490],
)  # fmt: skip
def test_no_text_takes_long(text: str) -> None:
    redacted.cache_clear()
    redacted("warm 415 555 2671")
    start = time.perf_counter()
    redacted(text)
    assert time.perf_counter() - start < 1.5


def test_only_what_was_said_is_touched_in_json() -> None:
    number = "13800138000"
    kept = {
        "shown": [number],
        "about": number,
        "liked": [number],
        "value": number,
        "n": 13800138000,
    }
    said = {"utterance": number, "quote": number, "reply": [number]}
    assert redacted_json({**kept, **said}) == kept | {
        "utterance": "[phone]", "quote": "[phone]", "reply": ["[phone]"],
    }  # fmt: skip
    avoided = {"facet": TEXT, "value": number}
    assert redacted_json({"avoids": [avoided]})["avoids"][0]["value"] == "[phone]"


def test_no_file_of_the_log_holds_it_and_talk_goes_on(parts: Parts, tmp_path: Path) -> None:
    log = ConversationLog(tmp_path)
    conversation = Conversation("v", "films")
    log.save(conversation)
    log.agree("v", True, "visitor")
    for piece in MINE.values():
        said = f"a heist film after 1990, under 120 minutes, {piece}"
        say(log, log.load("v"), said, parts)
        shown = log.load("v").last_shown
        if shown:
            log.reaction(log.load("v").reacted(shown[0], "like"), shown[0], "like")
    data = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for piece in MINE.values():
        assert piece.encode() not in data
    for kind in MINE:
        assert f"[{kind}]".encode() in data
    quotes = [limit.quote for limit in log.load("v").profile.limits]
    assert "after 1990" in quotes
    assert any("under 120 minutes" in quote for quote in quotes)
    samples = file_of(gather(read_log(tmp_path)).samples, False).decode()
    assert "[card]" in samples
    assert not any(piece in samples for piece in MINE.values())


def test_talk_over_several_catalogues_and_of_others_is_redacted_too(tmp_path: Path) -> None:
    log = ConversationLog(tmp_path)
    log.save_together(begin("v", ("films", "books")))
    said = Turn(f"mail {MINE['email']}", f"To {MINE['email']}?", "recommend", shown=("heat",))
    assert log.take_in(Conversation("shop/1", "films", (said,)), "shop")
    data = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert MINE["email"].encode() not in data
    assert data.count(b"mail [email]") >= 2


def test_a_log_of_before_gives_redacted_samples(tmp_path: Path) -> None:
    """It was written before anything was taken out."""
    told = teller(tmp_path)
    told.say("a heist film XYZZY", ["a", "b"], reply="XYZZY?")
    told.react("a", "like")
    told.say("more XYZZY", ["c", "d"])
    told.react("c", "like")
    with told.log.connection() as db:
        db.execute("update turns set utterance = replace(utterance, 'XYZZY', '13800138000')")
        db.execute("update turns set reply = replace(reply, 'XYZZY', '13800138000')")
    assert b"13800138000" in b"".join(path.read_bytes() for path in tmp_path.glob(f"{FILE}*"))
    samples = gather(read_log(tmp_path)).samples
    assert [m.text for m in samples[1].context] == [
        "a heist film [phone]",
        "[phone]?",
        "more [phone]",
    ]
