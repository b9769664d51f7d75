"""The log -> samples: who likes what, what was passed over, and nothing that nobody agreed to."""

import json
import os
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from chatbot.conversation import REACTIONS, Conversation
from chatbot.events import Finished, Understood
from chatbot.log import ConversationLog
from chatbot.logged import read_log
from chatbot.parts import Parts
from chatbot.profile import Edit, ProfileChange, Removal
from chatbot.respond import respond
from finetune.caps import Capped, bound, cap
from finetune.evaluate import Ours, evaluate
from finetune.from_log import Gathered, gather
from finetune.manifest import Settings, describe, file_of, manifest_of, read_manifest, write
from finetune.samples import Sample, SamplesError, read_samples
from retrieval.errors import TastemakerError
from retrieval.settings import RankSettings
from tests.conftest import make_retriever
from tests.finetune.logs import Teller

FIVE = ("a", "b", "c", "d", "e")


def teller(home: Path, id: str = "v") -> Teller:
    told = Teller.begin(ConversationLog(home), id)
    told.consent(True)
    return told


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


# What has to hold of every log.

IDS = st.sampled_from("abcde")
ACTS = st.lists(st.sampled_from(["inform", "request-more", "request-alternative", "accept", "restart"]), max_size=2)  # fmt: skip
STEP = st.one_of(
    st.tuples(st.just("say"), st.lists(IDS, min_size=1, max_size=5, unique=True), ACTS, st.lists(IDS, max_size=1),
              st.lists(IDS, max_size=1)),
    st.tuples(st.just("react"), IDS, st.sampled_from(REACTIONS)),
    st.tuples(st.just("agree"), st.sampled_from([True, True, True, False])),
)  # fmt: skip
met: Counter[str] = Counter()
TALKS = st.lists(st.lists(STEP, min_size=5, max_size=12), min_size=2, max_size=5)


def tell(home: Path, talks: list[list[Any]]) -> set[str]:
    """Write a log, and give the words that may be learned from. Every reply quotes all before it."""
    log = ConversationLog(home)
    may: set[str] = set()
    for n, steps in enumerate(talks):
        told = Teller.begin(log, f"v{n}")
        said: list[str] = []
        for step in [("agree", True), *steps] if n % 3 else steps:
            match step:
                case ("say", shown, acts, liked, disliked):
                    said.append(f"w{n}x{len(said)}y")
                    change = ProfileChange(
                        liked=tuple(liked), disliked=tuple(disliked), restart="restart" in acts
                    )
                    told.say(said[-1], shown, acts, change, about=[*liked, *disliked], reply=f"You said {' '.join(said)}")  # fmt: skip
                case ("react", id, reaction) if told.conversation.turns:
                    told.react(id, reaction)
                case ("agree", training):
                    told.consent(training)
        may |= {word for word, agreed in zip(said, told.agreed, strict=True) if agreed}
    return may


def made(home: Path, visitor: float = 0.3, item: float = 0.4) -> tuple[Gathered, Capped, bytes]:
    gathered = gather(read_log(home))
    capped = cap(gathered.samples, visitor, item, 7)
    return gathered, capped, file_of(capped.samples, True)


@settings(max_examples=120, deadline=None, derandomize=True)
@given(TALKS)
def many(talks: list[list[Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        may = tell(home, talks)
        gathered, capped, data = made(home)
        met.update(samples=len(gathered.samples), dropped=capped.visitors.total())
        met.update(
            positives_dropped=capped.items.total(), withheld=gathered.lists["without consent"]
        )
        for sample in gathered.samples:
            words = {w for m in sample.context for w in m.text.split() if w.startswith("w")}
            assert words <= may
            assert sample.context[-1].text.endswith(f"x{int(sample.id.split('/')[-1]) - 1}y")
            judged = [j.id for j in (*sample.positives, *sample.negatives)]
            assert len(judged) == len(set(judged))
            assert sample.labels == tuple(p.id for p in sample.positives)
        assert len({s.id for s in gathered.samples}) == len(gathered.samples)
        assert made(home)[2] == data
        of_visitor = Counter(s.visitor for s in capped.samples)
        of_item = Counter(label for s in capped.samples for label in s.labels)
        for counts, share, most in (
            (of_visitor, 0.3, capped.most_of_visitor), (of_item, 0.4, capped.most_of_item),
        ):  # fmt: skip
            assert max(counts.values(), default=0) <= most or not counts
            assert all(n == 1 or n <= share * counts.total() + 1e-9 for n in counts.values())
        lost = len(gathered.samples) - len(capped.samples)
        assert lost == capped.visitors.total() + capped.emptied


def test_no_word_is_learned_from_that_nobody_agreed_to_and_bounds_hold() -> None:
    met.clear()
    many()
    assert met["samples"] > 100, met
    assert min(met["dropped"], met["positives_dropped"], met["withheld"]) >= 3, met


@settings(max_examples=300, deadline=None)
@given(st.lists(st.integers(1, 60), min_size=1, max_size=60), st.sampled_from([0.005, 0.05, 0.2, 1.0]))  # fmt: skip
def test_a_bound_is_the_largest_that_holds_of_what_is_left(counts: list[int], share: float) -> None:
    most = bound(counts, share)

    def holds(k: int) -> bool:
        return k <= max(1, share * sum(min(n, k) for n in counts) + 1e-9)

    assert most == max(k for k in range(1, max(counts) + 1) if holds(k) or k == 1)


# The file and its manifest.


def whole(home: Path, out: Path, **asked: Any) -> None:
    settings = Settings(**asked)
    gathered = gather(read_log(home), settings.catalogue, settings.since)
    capped = cap(gathered.samples, settings.visitor_share, settings.item_share, settings.seed)
    data = file_of(capped.samples, out.suffix == ".gz")
    write(out, data, describe(gathered, capped, data, {"films": "h"}, settings))


def test_the_manifest_says_what_went_in_and_what_did_not(tmp_path: Path) -> None:
    log = ConversationLog(tmp_path)
    for n in range(4):
        told = Teller.begin(log, f"v{n}")
        told.say("before", FIVE)
        told.react("a", "like")
        if n == 3:
            continue
        told.consent(True)
        told.say("a heist film", FIVE)
        told.react("a", "like")
        told.say("a western", ("x", "y"))
        told.react("x", "like")
    out = tmp_path / "s.jsonl.gz"
    whole(tmp_path, out, visitor_share=0.3)
    manifest = read_manifest(out)
    assert manifest.samples == len(read_samples(out)) == 3
    assert set(manifest.visitors.values()) == {1}
    assert manifest.conversations == {"in the log": 4, "in the samples": 3, "without consent": 1}
    assert manifest.turns == {"in the log": 10, "may be learned from": 6}
    assert manifest.lists == {"in the log": 9, "without consent": 3}
    assert sum(manifest.visitor_cap["dropped_samples"].values()) == 3
    dropped = sum(d["dropped"] for d in manifest.item_cap["dropped_positives"])
    assert manifest.item_cap["most"] == 1
    assert sum(manifest.positives.values()) + dropped == 3
    assert manifest.made_by[0]["encoder"] == "none"
    assert manifest.log["first"] <= manifest.log["last"]
    assert "v0" not in out.with_name("s.manifest.json").read_text()


def test_a_manifest_of_other_samples_is_refused(tmp_path: Path) -> None:
    told = teller(tmp_path)
    told.say("a heist film", FIVE)
    told.react("a", "like")
    out = tmp_path / "s.jsonl"
    whole(tmp_path, out)
    assert read_manifest(out).samples == 1
    out.write_bytes(out.read_bytes() + b"\n")
    with pytest.raises(SamplesError, match="manifest of other samples"):
        read_manifest(out)


def test_samples_are_written_whole_or_not_at_all(tmp_path: Path) -> None:
    told = teller(tmp_path)
    told.say("a heist film", FIVE)
    told.react("a", "like")
    out = tmp_path / "s.jsonl"
    whole(tmp_path, out)
    before = out.read_bytes(), manifest_of(out).read_bytes()
    told.react("b", "like")
    blocked = tmp_path / f".{manifest_of(out).name}.{os.getpid()}.part"
    blocked.mkdir()
    with pytest.raises((SamplesError, OSError)):
        whole(tmp_path, out)
    assert (out.read_bytes(), manifest_of(out).read_bytes()) == before


def test_a_home_without_a_log_is_said_to_be_one(tmp_path: Path) -> None:
    with pytest.raises(TastemakerError, match="no log"):
        gather(read_log(tmp_path))


def test_an_erased_visitor_is_in_no_sample_and_still_to_be_found_in_old_ones(
    tmp_path: Path,
) -> None:
    for id in ("v", "w"):
        told = teller(tmp_path, id)
        told.say(f"a heist film {id}", FIVE)
        told.react("a", "like")
    out = tmp_path / "s.jsonl"
    whole(tmp_path, out, item_share=1)
    gone = told.log.forget("w")
    assert gone in read_manifest(out).visitors
    (left,) = gather(read_log(tmp_path)).samples
    assert left.visitor != gone
    assert json.loads(left.model_dump_json())["context"][0]["text"] == "a heist film v"
