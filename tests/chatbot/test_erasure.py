"""What stays in the log's file when rows are deleted, and that it goes."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from chatbot import erasure
from chatbot.log import FILE, ConversationLog
from chatbot.log_tables import prepare
from tests.finetune.logs import Teller


def canary(n: int) -> str:
    return f"zqcanary{n}x"


def grown(home: Path, seed: int) -> tuple[ConversationLog, list[Teller]]:
    """Sixty conversations that grow in turns, so that SQLite moves rows from page to page."""
    log, dice = ConversationLog(home), random.Random(seed)
    tellers = [Teller.begin(log, f"conv-{n:04d}-{dice.random()}") for n in range(60)]
    for told in tellers:
        told.consent(True)
    for _ in range(600):
        n = dice.randrange(len(tellers))
        tellers[n].say(f"{canary(n)} " * dice.choice((1, 2, 3, 10, 40)), ["a", "b"])
    return log, tellers


def left_of(home: Path, tellers: list[Teller], gone: range) -> list[int]:
    data = b"".join(path.read_bytes() for path in home.iterdir())
    words = [(n, (canary(n), tellers[n].conversation.id)) for n in gone]
    return [n for n, both in words if any(word.encode() in data for word in both)]


def test_copies_between_rows_go_when_the_file_is_written_anew(tmp_path: Path) -> None:
    """With secure_delete alone some stay: pages keep copies of rows that moved."""
    before, gone = 0, range(0, 60, 2)
    for seed in (2, 4, 9):
        home = tmp_path / str(seed)
        log, tellers = grown(home, seed)
        for n in gone:
            log.forget(tellers[n].conversation.id)
        before += len(left_of(home, tellers, gone))
        assert erasure.settle(log.connection())
        assert left_of(home, tellers, gone) == []
        assert len(left_of(home, tellers, range(1, 60, 2))) == 30
    assert before, "nothing was left without it, so this shows nothing"


def test_what_is_owed_is_done_once_readers_are_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, tellers = grown(tmp_path, 2)
    monkeypatch.setattr(erasure, "TRIES", 1)
    with closing(sqlite3.connect(tmp_path / FILE)) as reader:
        reader.execute("begin")
        reader.execute("select count(*) from turns").fetchone()
        log.forget(tellers[0].conversation.id)
        assert not erasure.settle(log.connection())
        tellers[1].say("others go on meanwhile")
    assert erasure.settle(log.connection())
    assert left_of(tmp_path, tellers, range(1)) == []


def test_a_log_of_before_gets_what_it_lacks(tmp_path: Path) -> None:
    log, tellers = grown(tmp_path, 1)
    with sqlite3.connect(tmp_path / FILE) as db:
        db.execute("alter table conversations drop column temporary")
        for table in ("samples_files", "leaving"):
            db.execute(f"drop table {table}")
        prepare(db)
    again = ConversationLog(tmp_path)
    id = tellers[0].conversation.id
    assert again.load(id) == log.load(id)
    again.forget(id)
    assert erasure.leaving(again.connection())
