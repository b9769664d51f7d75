"""Commands of the terminal chat: the same edits as in the page."""

from collections.abc import Callable
from pathlib import Path

import pytest

from chatbot.conversation import Conversation
from chatbot.edits import ByHand
from chatbot.events import Finished
from chatbot.parts import Parts
from chatbot.respond import respond
from tests.conftest import last
from tests.ui.test_command_line import LIGHT, tastemaker
from ui.commands import Command, read_command

Say = Callable[..., list[Finished]]


def read(line: str, finished: Finished, parts: Parts) -> Command | None:
    return read_command(line, finished.conversation, finished.guesses, parts.lexicon)


def run(line: str, finished: Finished, parts: Parts) -> Finished:
    """The turn that a command makes."""
    command = read(line, finished, parts)
    assert command is not None
    change = command.change
    if isinstance(change, ByHand):
        change = change.on(finished.conversation, parts.retriever, 2)
    assert change is not None
    return last(respond(finished.conversation, command.said, parts, change))


def test_every_line_of_the_profile_says_what_can_be_done_to_it(say: Say, parts: Parts) -> None:
    finished = say("a comedy, no horror, under two hours, I loved Heat and The Godfather")[-1]
    command = read("/profile", finished, parts)
    assert command is not None
    assert command.lines[:5] == (
        "1. ♥ comedy  [/remove, /weaken, /strengthen, /flip]",
        "2. ⊘ no horror · none of these  [/remove, /weaken, /flip]",
        "3. ≷ under two hours  [/remove]",
        "4. ♥ liked Heat  [/remove, /flip]",
        "5. ♥ liked The Godfather  [/remove, /flip]",
    )
    assert command.lines[5].endswith(
        "a guess from your liking Heat and The Godfather  [/confirm, /dismiss]"
    )


def test_commands_edit_and_undo(say: Say, parts: Parts) -> None:
    first = say("a comedy, no horror")[-1]
    soft = run("/weaken 2", first, parts)
    assert soft.conversation.profile.constraints == ()
    assert "fewer of these from now on, no longer none" in soft.reply
    flipped = run("/flip 1", soft, parts)
    assert "comedy" in {a.value for a in flipped.conversation.profile.avoids}
    back = run("/undo", run("/undo", flipped, parts), parts)
    assert back.conversation.profile == first.conversation.profile
    assert "comedy" not in {
        w.value for w in run("/remove 1", first, parts).conversation.profile.wants
    }


def test_a_guess_is_settled_by_its_number(say: Say, parts: Parts) -> None:
    first = say("I loved Heat and The Godfather")[-1]
    confirmed = run("/confirm 3", first, parts)
    assert [w.value for w in confirmed.conversation.profile.wants] == [first.guesses[0].value]
    dismissed = run("/dismiss 3", first, parts)
    assert first.guesses[0].key not in {g.key for g in dismissed.guesses}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/flip", "1 to 1, not ''"),
        ("/flip 9", "1 to 1, not '9'"),
        ("/flip -1", "not '-1'"),
        ("/flip " + "9" * 5000, "1 to 1"),
        ("/flip ٣", "1 to 1"),
        ("/strengthen 1", "cannot be done"),
        ("/dance", "/profile lists"),
        ("/help", "/profile lists"),
        ("/", "/profile lists"),
    ],
)
def test_a_mistake_is_explained_and_changes_nothing(
    say: Say, parts: Parts, line: str, said: str
) -> None:
    command = read(line, say("no horror")[-1], parts)
    assert command is not None
    assert command.change is None
    assert said in command.lines[0]


def test_talk_is_not_taken_for_a_command(parts: Parts) -> None:
    assert read_command("flip it / no horror", Conversation("c", "f"), (), parts.lexicon) is None


def test_the_terminal_takes_commands_between_utterances(tmp_path: Path) -> None:
    given = "a comedy, no horror\n/profile\n/weaken 2\n/undo\n/flip 7\n"
    done = tastemaker("chat", *LIGHT, home=tmp_path, given=given)
    assert done.returncode == 0, done.stderr
    for said in ("2. ⊘ no horror · none of these", "fewer of these from now on", "back where we were", "1 to 2, not '7'"):  # fmt: skip
        assert said in done.stdout


def test_undo_with_nothing_to_undo_says_so(parts: Parts) -> None:
    command = read_command("/undo", Conversation("c", "f"), (), parts.lexicon)
    assert command == Command(("There is nothing to take back yet.",))
