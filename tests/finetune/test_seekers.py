"""Seekers: what they say is true of what they seek and never names it, and they come back as they were."""

import random
from pathlib import Path

import pytest
from click.testing import CliRunner

from chatbot.ask import limits_of
from chatbot.conversation import Option, Question
from chatbot.parts import Parts
from finetune.comparing import remarks
from finetune.personas import PERSONAS, VAGUE
from finetune.secret import Secret, folded_words, main_words
from finetune.seekers import Seeker, is_true
from finetune.seeking import POLICIES, Seeking, gain, seek, simulate, summary
from finetune.sought import draw, is_thought_of, persona_of
from retrieval.item import Item
from retrieval.text import fold
from tests.conftest import item
from ui.main import main

DRAWN = 200


def seeker_of(parts: Parts, n: int) -> Seeker:
    lexicon, columns, persona = parts.lexicon, parts.retriever.columns, persona_of(n)
    sought = draw(lexicon.items, lexicon.schema, columns, persona, random.Random(f"test/{n}"))
    secret = Secret(sought.target, [i.title for i in lexicon.items.values()])
    return Seeker(sought, secret, lexicon.schema, columns, random.Random(n))


def questions_of(items: list[Item], dice: random.Random) -> list[Question]:
    """Questions such as the dialogue asks, over values of some items, and over years."""
    found = []
    for facet in ("genres", "tags", "countries"):
        values = sorted({v for i in items for v in i.values(facet)})
        offered = dice.sample(values, min(4, len(values)))
        found.append(Question(facet, "?", tuple(Option(v, 1) for v in offered), 1.0))
    years = ("before 1970", "1970 to 1999", "2000 or later")
    return [*found, Question("year", "?", tuple(Option(y, 1) for y in years), 1.0)]


def talked(parts: Parts, n: int) -> tuple[Seeker, list[str]]:
    """A seeker that saw eight lists and was asked as often, and all that it said."""
    seeker, dice = seeker_of(parts, n), random.Random(f"lists/{n}")
    everything = list(parts.lexicon.items.values())
    said = [seeker.open()]
    for _ in range(8):
        shown = dice.sample(everything, 5)
        asked = dice.choice([None, *questions_of(shown, dice)])
        said.append(seeker.react(shown, asked))
    return seeker, [*said, seeker.more()]


def test_the_title_of_the_target_never_enters_the_text(parts: Parts) -> None:
    """Neither as it is written, nor word by word, nor all words of it that name the target alone."""
    titles = [i.title for i in parts.lexicon.items.values()]
    for n in range(DRAWN):
        seeker, said = talked(parts, n)
        title = seeker.sought.target.title
        sequence = folded_words(title)
        for text in said:
            words = folded_words(text)
            runs = (words[i : i + len(sequence)] for i in range(len(words)))
            assert sequence not in runs, (title, text)
            if len(sequence) > 1:
                assert fold(title) not in fold(text), (title, text)
        own = main_words(title)
        unique = sum(own <= main_words(t) for t in titles) == 1
        everything = main_words(" ".join(said)) | set(folded_words(" ".join(said)))
        assert not (unique and own <= everything), (title, said)


def test_a_secret_knows_its_ways_out() -> None:
    secret = Secret(item(title="The Social Network"), ["The Social Network", "Network", "Up"])
    assert secret.is_told_by("something like the social network, please")
    assert secret.is_told_by("a network", before={"social"})
    assert not secret.is_told_by("a network of friends")
    ordinary = Secret(item(title="Up"), ["Up", "The Social Network"])
    assert ordinary.is_told_by("lighten up")
    assert not ordinary.is_told_by("a superb upbeat film")
    shared = Secret(item(title="Little Women"), ["Little Women", "Little Women (again)"])
    assert not shared.is_told_by("women who are little")


def test_every_answer_and_every_promise_holds_for_the_record(parts: Parts) -> None:
    answers = refusals = promises = 0
    for n in range(DRAWN):
        seeker, _ = talked(parts, n)
        target = seeker.sought.target
        for facet, answer, offered in seeker.answered:
            if answer:
                answers += 1
                assert is_true(answer, facet, target, seeker.schema), (target.title, answer)
            else:
                refusals += 1
                assert not any(is_true(o, facet, target, seeker.schema) for o in offered)
        promises += len(seeker.voiced)
        assert all(fact.holds(target.fields) for fact in seeker.voiced), seeker.voiced
        assert seeker.sought.is_met_by(target)
    assert min(answers, refusals, promises) > DRAWN / 2


def test_an_offered_range_is_true_only_of_a_number_inside_it(parts: Parts) -> None:
    schema, film = parts.lexicon.schema, item(year=1985, genres=["drama"])
    assert limits_of("1980 to 1999")
    assert is_true("1980 to 1999", "year", film, schema)
    assert not is_true("before 1980", "year", film, schema)
    assert not is_true("1980 to 1999", "year", item(), schema), "an unknown year is in no range"
    assert is_true("Drama", "genres", film, schema)
    assert not is_true("comedy", "genres", film, schema)


def test_a_comparison_is_read_off_both_records(parts: Parts) -> None:
    schema, columns = parts.lexicon.schema, parts.retriever.columns
    target = item("t", "T", year=1990, runtime=100, genres=["drama"], content_notes=[])
    shown = [
        item(
            "a", "A", year=1970, runtime=90, genres=["horror", "drama"], content_notes=["violence"]
        ),
        item("b", "B", year=1980, runtime=120, genres=["horror"], content_notes=["violence"]),
    ]
    found = remarks(shown, target, schema, columns, is_thought_of)
    assert all(fact.holds(target.fields) for remark in found for fact in remark.facts)
    words = {r.words.get("word") for r in found} - {None}
    assert "newer" in words
    assert not words & {"older"}, "both are older than what is sought"
    assert {r.words["v"] for r in found if "v" in r.words} == {"horror", "violence"}
    silent = item("s", "S")
    assert not [r for r in remarks(shown, silent, schema, columns, is_thought_of) if r.facts]


def test_personas_differ_in_how_much_they_say(parts: Parts) -> None:
    length = {p.name: 0 for p in PERSONAS}
    rules = dict(length)
    for n in range(DRAWN):
        seeker = seeker_of(parts, n)
        length[seeker.sought.persona.name] += len(seeker.open().split())
        rules[seeker.sought.persona.name] += len(seeker.sought.rules)
    assert length["talkative"] > 1.5 * length["terse"]
    assert rules["picky"] > 2 * max(rules[name] for name in ("talkative", "terse", "vague"))


def test_a_vague_seeker_says_a_decade_and_means_it(parts: Parts) -> None:
    found = set()
    for n in range(300):
        lexicon, columns = parts.lexicon, parts.retriever.columns
        sought = draw(lexicon.items, lexicon.schema, columns, VAGUE, random.Random(n))
        for rule in sought.rules:
            if rule.about[0].facet == "year":
                found.add(len(rule.about))
                assert all(f.holds(sought.target.fields) for f in rule.about)
    assert 2 in found, "a decade is two bounds"


def test_the_same_seed_gives_the_same_conversations(parts: Parts) -> None:
    assert simulate(parts, 4, 3) == simulate(parts, 4, 3)
    assert seek(parts, "full", 1, 3).said != seek(parts, "full", 1, 4).said


def test_a_few_seekers_under_four_policies(parts: Parts) -> None:
    told: list[tuple[str, int, int]] = []
    talks = simulate(parts, 12, 0, POLICIES, lambda *report: told.append(report))
    assert told[-1] == ("seeking, one list", 12, 12)
    found = {policy: summary(part) for policy, part in talks.items()}
    for policy, row in found.items():
        assert row["kept_as_read"] == 1.0, policy
        assert row["repeat_rate"] == 0.0, policy
        shares = [row["success"][turn]["value"] for turn in range(1, 9)]
        assert shares == sorted(shares)
        assert all(row["all_met"][t]["value"] >= row["success"][t]["value"] for t in range(1, 9))
    same = [[t.found == 1 for t in talks[p]] for p in ("more of the same", "one list")]
    assert same[0] == same[1], "the first list of both is the same"
    assert all(t.turns == 1 for t in talks["one list"])
    assert found["full"]["questions"]["value"] > 0
    assert found["no questions"]["questions"]["value"] == 0
    assert found["full"]["success"][8]["value"] > found["one list"]["success"][8]["value"]


def test_success_is_compared_seeker_by_seeker() -> None:
    ours = [Seeking(n, "terse", "x", found=f) for n, f in enumerate((2, 5, 6, 0))]
    theirs = [Seeking(n, "terse", "x", found=f) for n, f in enumerate((1, 0, 0, 0))]
    assert (gain(ours, theirs, 5) or {})["value"] == pytest.approx(2.0)
    assert gain(ours, [Seeking(0, "terse", "x")] * 4, 5) is None
    assert summary(ours)["turns_needed"] == pytest.approx(13 / 3)


def test_the_command_prints_a_table_twice_alike(tmp_path: Path) -> None:
    args = ["simulate", "--seekers", "2", "--policy", "full", "--policy", "one-list"]
    args += ["--home", str(tmp_path), "--set", "encoder.model=hashing"]
    first, second = (CliRunner().invoke(main, args) for _ in range(2))
    assert first.exit_code == 0, first.output
    assert first.stdout == second.stdout
    assert "times one-list by turn 5" in first.stdout
    talk = CliRunner().invoke(main, [*args, "--talk", "1"])
    assert "[full] seeker 1, terse, seeks" in talk.stdout
