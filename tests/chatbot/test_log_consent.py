"""What the log keeps for learning: consent, propensity, the logs of before."""

import sqlite3
from pathlib import Path

import pytest

from chatbot.consent import visitor_of
from chatbot.conversation import Conversation, Turn
from chatbot.events import Finished, Understood
from chatbot.log import FILE, ConversationLog
from chatbot.logged import LoggedConversation, read_log
from chatbot.parts import Parts
from chatbot.propensity import EXAMINATION, propensity
from chatbot.respond import respond
from chatbot.together import begin
from retrieval.errors import TastemakerError, UnknownConversation


def say(log: ConversationLog, conversation: Conversation, text: str, parts: Parts) -> Conversation:
    understood: Understood | None = None
    for event in respond(conversation, text, parts):
        understood = event if isinstance(event, Understood) else understood
        if isinstance(event, Finished):
            assert understood is not None
            log.turn(understood, event)
            conversation = event.conversation
    return conversation


def kept(home: Path) -> list[LoggedConversation]:
    return list(read_log(home))


def test_nobody_has_agreed_before_they_are_asked(parts: Parts, tmp_path: Path) -> None:
    log = ConversationLog(tmp_path)
    conversation = Conversation("v", "films")
    log.save(conversation)
    conversation = say(log, conversation, "a heist film", parts)
    assert log.agreed("v") == ""
    log.agree("v", True, "visitor")
    conversation = say(log, conversation, "no gore", parts)
    log.reaction(conversation, conversation.shown[0], "click")
    (found,) = kept(tmp_path)
    assert [turn.consent for turn in found.turns] == ["", "visitor"]
    assert [reaction.consent for reaction in found.reactions] == ["visitor"]


def test_consent_taken_back_is_taken_back_for_all_that_was_said(
    parts: Parts, tmp_path: Path
) -> None:
    log = ConversationLog(tmp_path, assumed=True)
    conversation = Conversation("v", "films")
    log.save(conversation)
    conversation = say(log, conversation, "a heist film", parts)
    log.reaction(conversation, conversation.shown[0], "click")
    assert kept(tmp_path)[0].turns[0].consent == "setting"
    log.agree("v", False, "visitor")
    conversation = say(log, conversation, "no gore", parts)
    log.agree("v", True, "visitor")
    say(log, conversation, "more", parts)
    (found,) = kept(tmp_path)
    assert [turn.consent for turn in found.turns] == ["", "", "visitor"]
    assert [reaction.consent for reaction in found.reactions] == [""]


def test_what_is_assumed_is_so_for_conversations_that_begin_then(tmp_path: Path) -> None:
    ConversationLog(tmp_path).save(Conversation("old", "films"))
    log = ConversationLog(tmp_path, assumed=True)
    for id in ("old", "new"):
        log.save(Conversation(id, "films"))
    assert (log.agreed("old"), log.agreed("new")) == ("", "setting")


def test_consent_holds_for_every_scene_and_their_visitor_is_one(tmp_path: Path) -> None:
    log = ConversationLog(tmp_path)
    log.save_together(begin("v", ("films", "books")))
    log.agree("v", True, "visitor")
    films, books = kept(tmp_path)
    assert log.agreed("v") == log.agreed("v/films") == "visitor"
    assert films.visitor == books.visitor
    assert {films.name, books.name} == {f"{films.visitor}/films", f"{films.visitor}/books"}
    assert (visitor_of("v/films"), visitor_of("redial/1", "redial")) == ("v", "redial/1")
    assert [row["given"] for row in log.export("v")["consents"]] == [1]


def test_a_place_is_logged_with_how_likely_it_is_looked_at(parts: Parts, tmp_path: Path) -> None:
    log = ConversationLog(tmp_path)
    log.save(Conversation("v", "films"))
    say(log, Conversation("v", "films"), "a heist film", parts)
    (turn,) = kept(tmp_path)[0].turns
    assert [i.position for i in turn.shown] == [1, 2, 3, 4, 5]
    assert [i.propensity for i in turn.shown] == [propensity(n) for n in range(1, 6)]
    assert turn.versions["propensity"] == EXAMINATION


def test_a_pseudonym_is_not_the_id_and_differs_from_log_to_log(tmp_path: Path) -> None:
    names = set()
    for home in (tmp_path / "a", tmp_path / "b"):
        ConversationLog(home).save(Conversation("v", "films"))
        (name,) = {c.visitor for c in [*kept(home), *kept(home)]}
        names.add(name)
    assert len(names) == 2
    assert all(len(name) == 32 for name in names)


def test_an_erased_visitor_is_known_by_pseudonym_only_if_they_had_agreed(tmp_path: Path) -> None:
    log = ConversationLog(tmp_path)
    for id in ("yes", "no", "not-any-more"):
        log.save(Conversation(id, "films"))
    log.agree("yes", True, "visitor")
    log.agree("not-any-more", True, "visitor")
    log.agree("not-any-more", False, "visitor")
    called = {c.visitor for c in kept(tmp_path)}
    gone = [log.forget(id) for id in ("yes", "no", "not-any-more")]
    assert gone[1] == ""
    assert {gone[0], gone[2]} < called
    with sqlite3.connect(tmp_path / FILE) as db:
        marked = db.execute("select visitor, why from gone order by why, visitor").fetchall()
        assert not db.execute("select * from consents").fetchall()
    assert set(marked) == {(gone[0], "forgotten"), (gone[2], "forgotten"), (gone[2], "withdrawn")}


def test_who_is_unknown_cannot_agree(tmp_path: Path) -> None:
    log = ConversationLog(tmp_path)
    for ask in (lambda: log.agree("nobody", True, "owner"), lambda: log.agreed("nobody")):
        with pytest.raises(UnknownConversation, match="'nobody'"):
            ask()


def test_a_log_of_before_is_read_on_and_nothing_in_it_was_agreed_to(
    parts: Parts, tmp_path: Path
) -> None:
    log = ConversationLog(tmp_path)
    log.save(Conversation("v", "films"))
    conversation = say(log, Conversation("v", "films"), "a heist film", parts)
    log.reaction(conversation, conversation.shown[0], "click")
    with sqlite3.connect(tmp_path / FILE) as db:  # as it was before there was consent
        for table, columns in {
            "conversations": ("source", "consent"), "turns": ("consent",),
            "impressions": ("propensity",), "reactions": ("consent",),
        }.items():  # fmt: skip
            for column in columns:
                db.execute(f"alter table {table} drop column {column}")
        for table in ("consents", "gone", "meta"):
            db.execute(f"drop table {table}")
    again = ConversationLog(tmp_path)
    assert again.load("v") == conversation
    again.agree("v", True, "visitor")
    say(again, conversation, "more", parts)
    (found,) = kept(tmp_path)
    assert [turn.consent for turn in found.turns] == ["", "visitor"]
    assert [turn.shown[0].propensity for turn in found.turns] == [None, 1.0]


def test_a_conversation_of_others_is_taken_in_once_and_never_again_when_erased(
    tmp_path: Path,
) -> None:
    log = ConversationLog(tmp_path)
    turns = (Turn("hello", "Heat?", "recommend", shown=("heat",)),)
    conversation = Conversation("redial/1", "films", turns)
    assert log.take_in(conversation, "redial", [("heat", "like")])
    assert not log.take_in(conversation, "redial")
    assert log.load("redial/1") == conversation
    (found,) = kept(tmp_path)
    assert (found.name, found.source, found.turns[0].consent) == ("redial/1", "redial", "import")
    assert found.turns[0].shown[0].propensity is None
    log.forget("redial/1")
    assert not log.take_in(conversation, "redial")
    assert kept(tmp_path) == []


def test_a_file_that_is_no_log_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"nonsense " * 1000)
    with pytest.raises(TastemakerError, match=r"log\.db' cannot be read"):
        kept(tmp_path)
