"""The log -> samples: who likes what, what was passed over, and nothing that nobody agreed to."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from chatbot.conversation import Conversation
from chatbot.events import Finished, Understood
from chatbot.log import ConversationLog
from chatbot.logged import read_log
from chatbot.parts import Parts
from chatbot.profile import Edit, ProfileChange, Removal
from chatbot.respond import respond
from finetune.evaluate import Ours, evaluate
from finetune.from_log import gather
from finetune.manifest import file_of
from finetune.samples import Sample, SamplesError, read_samples
from retrieval.settings import RankSettings
from tests.conftest import make_retriever
from tests.finetune.logs import FIVE, teller


def only(home: Path) -> Sample:
    (sample,) = gather(read_log(home)).samples
    return sample


def logged_turn(
    log: ConversationLog,
    conversation: Conversation,
    text: str,
    parts: Parts,
    by_hand: ProfileChange | None = None,
) -> Conversation:
    understood: Understood | None = None
    for event in respond(conversation, text, parts, by_hand):
        understood = event if isinstance(event, Understood) else understood
        if isinstance(event, Finished):
            assert understood is not None
            log.turn(understood, event)
            conversation = event.conversation
    return conversation


def whys(sample: Sample) -> dict[str, str]:
    return {judged.id: judged.why for judged in (*sample.positives, *sample.negatives)}


@pytest.mark.parametrize(
    ("reaction", "weight"), [("like", 1.0), ("convert", 1.0), ("save", 0.8), ("click", 0.3)]
)
def test_what_was_liked_clicked_saved_or_bought_is_a_label(
    tmp_path: Path, reaction: Any, weight: float
) -> None:
    told = teller(tmp_path)
    told.say("a heist film", FIVE)
    told.react("c", reaction)
    sample = only(tmp_path)
    assert sample.labels == ("c",)
    assert sample.weights == {"c": weight}
    (positive,) = sample.positives
    assert (positive.position, positive.propensity, positive.why) == (3, 0.5, reaction)
    assert [m.text for m in sample.context] == ["a heist film"]
    assert (sample.catalogue, sample.source, sample.scene) == ("films", "talk", "")


def test_negatives_are_what_was_probably_looked_at_and_not_taken(tmp_path: Path) -> None:
    told = teller(tmp_path)
    told.say("a heist film", FIVE)
    told.react("b", "click")
    told.react("e", "hide")
    assert whys(only(tmp_path)) == {
        "a": "skipped_above", "b": "click", "c": "skipped_beside", "e": "hide",
    }  # fmt: skip


def test_a_list_passed_over_for_others_is_negative_but_for_what_was_spoken_of(
    tmp_path: Path,
) -> None:
    told = teller(tmp_path)
    told.say("a heist film", FIVE)
    told.say("who directed the second?", acts=["inquire-item"], about=["b"])
    told.react("d", "seen")
    told.say("something else", ("f", "g"), acts=["request-alternative"])
    sample = only(tmp_path)
    assert sample.labels == ()
    assert whys(sample) == {"a": "passed_over", "c": "passed_over", "e": "passed_over"}


def test_the_next_list_alone_passes_nothing_over(tmp_path: Path) -> None:
    told = teller(tmp_path)
    told.say("a heist film", FIVE)
    told.say("no gore", ("f", "g"), acts=["negate"])
    found = gather(read_log(tmp_path))
    assert not found.samples
    assert found.lists == {"in the log": 2, "without a reaction": 2}


@pytest.mark.parametrize(
    ("done", "why"),
    [
        (("like", "dislike"), "dislike"), (("dislike", "like"), "like"), (("hide", "convert"), "convert"),
        (("convert", "click"), "convert"), (("dislike", "click"), "click"), (("like", "seen"), "like"),
        (("save", "like", "hide"), "hide"),
    ],
)  # fmt: skip
def test_of_reactions_that_contradict_each_other_the_later_counts(
    tmp_path: Path, done: Sequence[Any], why: str
) -> None:
    told = teller(tmp_path)
    told.say("a heist film", ("a",))
    for reaction in done:
        told.react("a", reaction)
    assert whys(only(tmp_path)) == {"a": why}


def test_opinions_in_words_belong_to_the_list_that_showed_the_item(tmp_path: Path) -> None:
    told = teller(tmp_path)
    told.say("a heist film", FIVE)
    told.say("something else", ("f", "g", "h"), acts=["request-alternative"])
    told.say("I hated the first of the others, loved the second", acts=["like", "dislike"],
             change=ProfileChange(liked=("g",), disliked=("b",)), about=["g", "b"])  # fmt: skip
    told.say("I'll take the third", acts=["accept"], about=["h"])
    first, second = gather(read_log(tmp_path)).samples
    assert whys(first) == dict.fromkeys("acde", "passed_over") | {"b": "dislike"}
    assert whys(second) == {"f": "skipped_above", "g": "like", "h": "accept"}


@pytest.mark.parametrize(
    ("said", "taken"),
    [("I'll take the second", True), ("I'll watch the second one, thanks", True),
     ("not the second, I'll take the third", False), ("sounds good, who directed the second?", False),
     ("perfect, something like the second but funnier", False)],
)  # fmt: skip
def test_only_what_is_plainly_taken_in_words_is_taken(
    parts: Parts, tmp_path: Path, said: str, taken: bool
) -> None:
    log = ConversationLog(tmp_path, assumed=True)
    conversation = Conversation("c", "films")
    log.save(conversation)
    for text in ("a heist film", said):
        conversation = logged_turn(log, conversation, text, parts)
    found = gather(read_log(tmp_path), assumed=True).samples
    assert [s.labels for s in found if s.labels] == ([(conversation.shown[1],)] if taken else [])


def test_a_like_that_was_taken_back_by_hand_is_none(tmp_path: Path) -> None:
    told = teller(tmp_path)
    told.say("a heist film", ("a", "b"))
    told.react("a", "like")
    told.react("b", "like")
    back = ProfileChange(
        removals=(Removal("liked", "", "a"),), edits=(Edit("liked", "", "b", "flip"),)
    )
    told.log.save(told.conversation.changed(back))
    assert whys(only(tmp_path)) == {"b": "dislike"}


def test_a_restart_ends_the_context_and_takes_no_like_back(tmp_path: Path) -> None:
    told = teller(tmp_path)
    told.say("a heist film", ("a", "b"))
    told.react("a", "like")
    told.say("start over", acts=["restart"], change=ProfileChange(restart=True))
    told.say("a western like c", ("d",), about=["c"])
    told.react("d", "save")
    first, second = gather(read_log(tmp_path)).samples
    assert first.labels == ("a",)
    assert [m.text for m in second.context] == ["start over", "Here.", "a western like c"]
    assert second.mentioned == ("c",)


def test_mentioned_is_what_was_named_or_reacted_to_before(tmp_path: Path) -> None:
    told = teller(tmp_path)
    told.say("like x", ("a", "b"), about=["x"])
    told.react("b", "click")
    told.say("more", ("c",), acts=["request-more"])
    told.react("c", "like")
    assert [s.mentioned for s in gather(read_log(tmp_path)).samples] == [("x",), ("x", "b")]


def test_a_list_from_a_turn_by_hand_has_the_words_before_it(parts: Parts, tmp_path: Path) -> None:
    told = teller(tmp_path)
    log, conversation = told.log, told.conversation
    removal = ProfileChange(removals=(Removal("wants", "tags", "heist"),))
    for text, by_hand in (("a heist film", None), ("(taken away: heist)", removal)):
        conversation = logged_turn(log, conversation, text, parts, by_hand)
    shown = conversation.turns[-1].shown[0]
    log.reaction(conversation.reacted(shown, "like"), shown, "like")
    sample = only(tmp_path)
    assert [m.role for m in sample.context] == ["user", "assistant"]
    assert sample.context[0].text == "a heist film"


def test_a_talk_with_reactions_becomes_the_samples_expected(parts: Parts, tmp_path: Path) -> None:
    log = ConversationLog(tmp_path)
    conversation = Conversation("c", "films")
    log.save(conversation)
    log.agree("c", True, "visitor")
    lists: list[tuple[str, ...]] = []
    for text in ("a heist film", "no gore", "something else", "I'll take the second", "I hated the first one"):  # fmt: skip
        conversation = logged_turn(log, conversation, text, parts)
        if conversation.turns[-1].shown:
            lists.append(conversation.turns[-1].shown)
        if text == "no gore":
            conversation = conversation.reacted(lists[1][2], "save")
            log.reaction(conversation, lists[1][2], "save")
    found = gather(read_log(tmp_path)).samples
    assert len(found) == 2
    saved, taken = found
    one, two, _, four, five = lists[1]
    assert saved.labels == (lists[1][2],)
    assert whys(saved) == {
        one: "skipped_above", two: "skipped_above", lists[1][2]: "save", four: "skipped_beside", five: "passed_over",
    }  # fmt: skip
    assert [m.text for m in saved.context if m.role == "user"] == ["a heist film", "no gore"]
    assert taken.labels == (lists[2][1],)
    assert whys(taken) == {
        lists[2][0]: "dislike", lists[2][1]: "accept", lists[2][2]: "skipped_beside",
    }  # fmt: skip
    assert taken.mentioned == (lists[1][2],)
    assert [n.propensity for n in taken.negatives] == [1.0, 0.5]


def test_samples_without_a_label_can_be_read_and_evaluating_says_there_is_none(
    tmp_path: Path,
) -> None:
    told = teller(tmp_path)
    told.say("a heist film", ("a", "b"))
    told.react("a", "dislike")
    file = tmp_path / "s.jsonl"
    file.write_bytes(file_of(gather(read_log(tmp_path)).samples, False))
    rows = [{"id": id, "title": f"Film {id}", "genres": ["drama"]} for id in "abc"]
    measured = Ours(make_retriever(tmp_path / "x", rows), RankSettings())
    samples = read_samples(file)
    assert [sample.labels for sample in samples] == [()]
    with pytest.raises(SamplesError, match="None of the 1 samples has a label"):
        evaluate(samples, measured)
