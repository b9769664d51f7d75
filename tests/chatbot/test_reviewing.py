"""The second reader's policy: what it may change in the rules' reading, and what never."""

import hashlib
import random
import re
from dataclasses import replace

import pytest

from chatbot.conversation import Conversation, Turn
from chatbot.parts import Parts
from chatbot.polarity import HEDGED, WANTED
from chatbot.profile import CONTEXT, SIMILAR, Preference
from chatbot.respond import respond
from chatbot.second_reader import (
    ACT_NAMES,
    ITEM_KINDS,
    SORTS,
    WORD_KINDS,
    Cuts,
    Heard,
    Likely,
    ScriptedSecondReader,
    SecondReader,
    WordKind,
)
from chatbot.understand import Understanding, understand
from finetune.labelled import before, read_labelled
from retrieval.constraints import TEXT
from retrieval.text import clean
from tests.chatbot.talking import kept
from tests.chatbot.test_guarantee import talk
from tests.chatbot.worlds import SERIES, opened
from tests.conftest import ROOT, last


class Mischief:
    """Is certain of something random for every act, name and word; the same for the same utterance."""

    name = "mischief"
    cuts = Cuts(dict.fromkeys(SORTS, 0.5), dict.fromkeys(SORTS, 0.5))

    def read(self, heard: Heard) -> Likely:
        """Nonsense."""
        seed = hashlib.sha256(repr(heard).encode()).digest()
        dice = random.Random(seed)
        words = []
        for _ in heard.words:
            kind = dice.choice(WORD_KINDS)
            words.append({k: float(k == kind) for k in WORD_KINDS})
        return Likely(
            {act: float(dice.random() < 0.2) for act in ACT_NAMES},
            tuple({k: float(dice.random() < 0.4) for k in ITEM_KINDS} for _ in heard.named),
            tuple(words),
            tuple(float(dice.random() < 0.4) for _ in heard.maybe),
        )


def read(
    parts: Parts, said: str, second: SecondReader | None, conversation: Conversation | None = None
) -> Understanding:
    return understand(said, conversation or Conversation("t", "films"), parts.lexicon, second)


def titles(parts: Parts, ids: tuple[str, ...]) -> list[str]:
    return [parts.lexicon.items[id].title for id in ids]


def test_a_reader_that_is_undecided_changes_nothing(parts: Parts) -> None:
    for row in read_labelled(ROOT / "tests" / "utterances" / "understanding.jsonl")[::3]:
        if row.catalogue == "films":
            said, conversation = clean(row.say, 2000), before(row, parts.lexicon)
            alone = understand(said, conversation, parts.lexicon)
            assert understand(said, conversation, parts.lexicon, ScriptedSecondReader()) == alone


def test_an_opinion_is_added_and_taken_away(parts: Parts) -> None:
    said = "honestly, Zodiac went right over our heads"
    assert not read(parts, said, None).change.disliked
    found = read(parts, said, ScriptedSecondReader({"dislike": 0.95}, {"disliked": 0.95}))
    assert titles(parts, found.change.disliked) == ["Zodiac"]
    assert found.did("dislike")
    said = "something like Alien"
    assert any(w.facet == SIMILAR for w in read(parts, said, None).change.wants)
    found = read(parts, said, ScriptedSecondReader(named={"similar": 0.01, "liked": 0.99}))
    assert not any(w.facet == SIMILAR for w in found.change.wants)
    assert titles(parts, found.change.liked) == ["Alien"]


def test_liked_and_disliked_at_once_is_what_the_rules_read_or_the_likelier(parts: Parts) -> None:
    second = ScriptedSecondReader(named={"liked": 0.95, "disliked": 0.99})
    found = read(parts, "I loved Alien", second)
    assert titles(parts, found.change.liked) == ["Alien"]
    assert not found.change.disliked
    found = read(parts, "honestly, Zodiac went right over our heads", second)
    assert titles(parts, found.change.disliked) == ["Zodiac"]
    assert not found.change.liked


def test_a_wish_in_passing_falls_and_a_missed_one_is_added(parts: Parts) -> None:
    said = "a western for tonight"
    assert [w.value for w in read(parts, said, None).change.wants if w.facet == "genres"]
    found = read(parts, said, ScriptedSecondReader(words={"western": "nothing"}))
    assert not [w for w in found.change.wants if w.facet == "genres"]
    said = "we are at grandmas with the hamster, so gladiators"
    found = read(parts, said, ScriptedSecondReader(words={"hamster": "context", "so": "nothing"}))
    assert "hamster" in [w.quote for w in found.change.wants if w.facet == CONTEXT]


def test_a_wish_is_as_strong_as_it_is_almost_surely_meant(parts: Parts) -> None:
    def strengths(said: str, kind: WordKind) -> set[float]:
        second = ScriptedSecondReader(words={"western": kind})
        return {w.strength for w in read(parts, said, second).change.wants if w.facet == "genres"}

    assert strengths("a western for tonight", "prefer") == {HEDGED}
    assert strengths("maybe a western for tonight", "want") == {WANTED}
    found = read(parts, "a western for tonight", ScriptedSecondReader(words={"western": "must"}))
    assert ("genres", "=", "western") in {(x.facet, x.op, x.value) for x in found.change.limits}


def test_what_is_compared_without_a_name_is_the_list(parts: Parts) -> None:
    shown = tuple(list(parts.lexicon.items)[:3])
    start = Conversation("t", "films", (Turn("", "Here.", "recommend", (), shown),))
    said = "mildest for a granny?"
    assert not read(parts, said, None, start).about
    found = read(parts, said, ScriptedSecondReader({"compare": 0.95}), start)
    assert found.about == shown


def test_words_ruled_out_are_added_and_beat_the_wish_for_the_same(parts: Parts) -> None:
    said = "some comedy, gloom gives me hives"
    found = read(parts, said, ScriptedSecondReader(words={"gloom": "avoid"}))
    assert "gloom" in [a.phrase for a in found.change.avoids]
    assert {w.key for w in found.change.wants}.isdisjoint({a.key for a in found.change.avoids})


@pytest.mark.parametrize(
    "said",
    [
        "no horror, and under two hours",
        "nothing with clowns",
        "not Alien again, please",
        "anything but westerns",
        "only comedies, before 1990",
        "I have seen Alien, and I hated Heat",
    ],
)
def test_what_the_rules_ruled_out_stands_whatever_the_second_reader_says(
    parts: Parts, said: str
) -> None:
    start = Conversation("t", "films")
    alone = start.changed(read(parts, said, None).change)
    assert kept(start, alone, parts)
    for second in (
        Mischief(),
        ScriptedSecondReader(dict.fromkeys(ACT_NAMES, 0.0), dict.fromkeys(ITEM_KINDS, 0.0)),
        ScriptedSecondReader(words=dict.fromkeys(clean(said, 99).casefold().split(), "want")),
    ):
        assert kept(alone, start.changed(read(parts, said, second).change), parts), second.name


def test_a_wish_that_would_lift_an_earlier_exclusion_is_left_out(parts: Parts) -> None:
    first = read(parts, "no horror", None)
    start = Conversation("t", "films").changed(first.change)
    start = replace(start, turns=(Turn("no horror", "Fine.", "recommend", ("negate",)),))
    said = "my cousin has the horror shelf at home"
    alone = start.changed(read(parts, said, None, start).change)
    second = ScriptedSecondReader(words={"horror": "want"})
    assert kept(alone, start.changed(read(parts, said, second, start).change), parts)


def promises(read: Understanding) -> tuple[Preference, ...]:
    """What is ruled out for good: all but words in no facet, and of these what has a "no" before it."""
    said = " ".join(a.quote for a in read.acts)
    plainly = [
        a for a in read.change.avoids if re.search(rf"\b(?:no|without) {re.escape(a.quote)}", said)
    ]
    return tuple(a for a in read.change.avoids if a.facet != TEXT or a in plainly)


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("a thriller without a volleyball", "volleyball"),
        ("nothing with volleyballs", "volleyballs"),
        ("no volleyball", "volleyball"),
        ("a thriller w/o volleyballs", "volleyballs"),
        ("I'm scared of volleyballs", "volleyballs"),
        ("my son is allergic to volleyballs", "volleyballs"),
        ("I can't have volleyballs", "volleyballs"),
        ("no handball, no tennis and no volleyball", "volleyball"),
        ("no clowns, volleyballs or puppets", "volleyballs"),
        ("nothing with clowns or volleyballs", "volleyballs"),
    ],
)
def test_words_in_no_facet_that_are_ruled_out_in_so_many_words_stand(
    parts: Parts, said: str, word: str
) -> None:
    second = ScriptedSecondReader(words={word: "nothing"})
    assert word in [a.phrase for a in read(parts, said, second).change.avoids]


def test_words_in_no_facet_that_nobody_meant_to_rule_out_are_dropped(parts: Parts) -> None:
    said = "no westerns, I will not be moved"
    assert {a.phrase for a in read(parts, said, None).change.avoids} == {"westerns", "moved"}
    sure = ScriptedSecondReader(words={"moved": "nothing", "westerns": "nothing"})
    assert {a.phrase for a in read(parts, said, sure).change.avoids} == {"westerns"}


def test_words_that_mostly_say_nothing_count_where_they_are_surely_meant(parts: Parts) -> None:
    said = "my first date, and a bit of hope"
    second = ScriptedSecondReader(words={"first": "context", "date": "context", "hope": "want"})
    wants = read(parts, said, second).change.wants
    assert {(w.facet, w.phrase) for w in wants} >= {(CONTEXT, "first date"), (TEXT, "hope")}


def test_no_promise_is_lost_to_nonsense_over_all_utterances(parts: Parts) -> None:
    changed = 0
    for name in ("understanding", "understanding_more"):
        for row in read_labelled(ROOT / "tests" / "utterances" / f"{name}.jsonl"):
            if row.catalogue != "films" or row.language != "en":
                continue
            said, start = clean(row.say, 2000), before(row, parts.lexicon)
            rules = understand(said, start, parts.lexicon)
            found = understand(said, start, parts.lexicon, Mischief())
            promised = replace(rules.change, avoids=promises(rules))
            alone, both = start.changed(promised), start.changed(found.change)
            assert kept(alone, both, parts), row.say
            assert found.acts, row.say
            changed += found.change != rules.change
    assert changed > 100


def test_the_guarantee_holds_with_nonsense_beside_the_rules() -> None:
    dice = random.Random(3)
    rows = [
        {"id": f"i{n}", "title": f"{dice.choice(SERIES)} {n}", "category": dice.choice(("lamp", "horror", "wool")),
         "tags": dice.sample(["wool", "red", "sad", "clowns"], 2), "price": n}
        for n in range(60)
    ]  # fmt: skip
    world = opened(rows)
    world = replace(world, parts=replace(world.parts, second=Mischief()))
    assert sum(talk(world, seed) for seed in range(60)) > 300


def test_chinese_is_left_to_the_rules(parts: Parts) -> None:
    said = "不要恐怖片，来点喜剧"
    assert read(parts, said, Mischief()) == read(parts, said, None)


def test_a_turn_says_which_second_reader_read_it(parts: Parts) -> None:
    for second, name in ((None, "none"), (Mischief(), "mischief")):
        turn = respond(Conversation("t", "films"), "a comedy", replace(parts, second=second))
        assert last(turn).versions["second_reader"] == name


def test_a_limit_is_read_again_where_the_second_reader_holds_a_question_for_none(
    parts: Parts,
) -> None:
    """ "No longer than" was taken for a comparison, and the limits of the sentence were dropped."""
    said = "Could you recommend a romantic film, no longer than 100 minutes, made since 2010?"
    second = ScriptedSecondReader({"compare": 0.01, "inform": 0.99})
    found = read(parts, said, second)
    assert not found.did("compare")
    assert {(x.facet, x.value) for x in found.change.limits} == {("runtime", 100), ("year", 2010)}


def test_asked_about_items_stay_what_it_means_next(parts: Parts) -> None:
    found = read(parts, "I loved Alien", ScriptedSecondReader(named={"about": 0.0}))
    assert titles(parts, found.about) == ["Alien"]


def test_beside_a_taking_back_nothing_is_ruled_out(parts: Parts) -> None:
    second = ScriptedSecondReader({"negate": 0.99}, words={"horror": "avoid"})
    start = Conversation("t", "films").changed(read(parts, "some horror", None).change)
    found = read(parts, "forget the horror", second, start)
    assert found.did("revoke")
    assert not found.change.avoids
