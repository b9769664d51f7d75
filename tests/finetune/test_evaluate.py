"""The protocol: floors, differences, links, stages, the files that are written, and refusals."""

import csv
import gzip
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chatbot.lexicon import Lexicon
from finetune import picture
from finetune.evaluate import Ours, evaluate, measure
from finetune.linking import own_links
from finetune.ranks_file import write_ranks
from finetune.samples import Message, Sample, SamplesError
from retrieval.colike import fit
from retrieval.errors import TastemakerError
from retrieval.likes import Likes
from retrieval.prompt import ScorerPrompt
from retrieval.rules_in_force import InForce
from retrieval.settings import RankSettings
from retrieval.whole_file import check_place, write_whole
from tests.conftest import make_retriever
from ui.figures import table

ROWS = [
    {
        "id": f"i{n}",
        "title": f"Zanzibar {chr(65 + n)}quil",
        "genres": ["drama" if n % 2 else "comedy"],
        "description": f"word{n} " * 9,
        "popularity": 30 - n,
    }
    for n in range(26)
]


def talk(n: int, label: str, named: Sequence[str] = (), text: str = "") -> Sample:
    said = (Message(role="user", text=text or f"something about word{n}"),)
    return Sample(
        id=f"s{n}",
        dialogue=f"d{n}",
        context=said,
        mentioned=tuple(named),
        labels=(label,),
    )


SAMPLES = [talk(n, f"i{n}", ["i0"]) for n in range(1, 20)]


def ours(folder: Path, likes: bool = False) -> Ours:
    retriever = make_retriever(folder, ROWS)
    if likes:  # whoever likes one of 0..12 likes the item 13 further on
        user = np.repeat(np.arange(39), 2)
        row = np.array([[n % 13, n % 13 + 13] for n in range(39)]).ravel()
        made = Likes(user, row, np.ones(78), np.zeros(78, dtype=np.int64), 39, "colike")
        retriever.colikes = fit(retriever.columns.ids, made)
    return Ours(retriever, RankSettings())


def test_the_cooccurrence_floor_finds_what_goes_together(tmp_path: Path) -> None:
    pairs = [talk(n, f"i{n + 13}", [f"i{n}"], "anything") for n in range(13)]
    found = evaluate(pairs, ours(tmp_path, likes=True))
    assert found["rows"]["cooccurrence"]["new"]["recall@1"]["value"] == 1
    assert "cooccurrence" not in found["absent"]
    behind = found["differences"]["cooccurrence"]["new"]["recall@1"]
    assert behind["value"] == pytest.approx(
        found["rows"]["ours"]["new"]["recall@1"]["value"] - 1, abs=1e-4
    )


def test_without_likes_the_floor_is_absent_and_it_is_said_why(tmp_path: Path) -> None:
    found = evaluate(SAMPLES, ours(tmp_path))
    assert set(found["rows"]) == {"ours", "popularity", "repeat", "bm25", "fusion"}
    assert set(found["differences"]) == set(found["rows"]) - {"ours"}
    assert "tastemaker interactions" in found["absent"]["cooccurrence"]
    assert "Left out, cooccurrence" in table(found)


def test_an_echo_scores_on_all_and_never_on_new(tmp_path: Path) -> None:
    again = [talk(n, f"i{n}", ["i25", f"i{n}"]) for n in range(20)]
    found = evaluate([*again, talk(20, "i24", ["i0"])], ours(tmp_path))
    assert found["labels"] == {"all": 21, "new": 1}
    assert found["rows"]["repeat"]["all"]["recall@1"]["value"] == pytest.approx(20 / 21, abs=1e-4)
    assert found["rows"]["repeat"]["new"] == found["rows"]["popularity"]["new"]


def test_labels_that_the_catalogue_does_not_have_are_misses_and_counted(tmp_path: Path) -> None:
    some = [*SAMPLES, talk(30, "gone", ["gone"]), talk(31, "gone too")]
    found = evaluate(some, ours(tmp_path))
    assert found["unknown_labels"] == 2
    assert found["rows"]["repeat"]["all"]["recall@50"]["value"] == pytest.approx(19 / 21, abs=1e-4)
    assert "2 labels are not in the catalogue" in table(found)
    assert "not in the catalogue" not in table(evaluate(SAMPLES, ours(tmp_path / "b")))


def test_samples_without_a_label_or_about_another_catalogue_are_refused(tmp_path: Path) -> None:
    measured = ours(tmp_path)
    with pytest.raises(SamplesError, match="None of the 1 samples has a label"):
        evaluate([SAMPLES[0].model_copy(update={"labels": ()})], measured)
    with pytest.raises(SamplesError, match=r"'strange'.*about another catalogue"):
        evaluate([talk(1, "strange")], measured)


def test_our_own_linker_reads_the_talk_and_leaves_the_labels(tmp_path: Path) -> None:
    measured = ours(tmp_path)
    linker = own_links(Lexicon(measured.retriever.catalogue))
    named = talk(1, "i2", ["i5"], "I loved Zanzibar Aquil and &quot;Zanzibar Cquil&quot;")
    assert linker(named) == ("i0", "i2")
    found = measure([named, talk(3, "i3")], measured, linker=linker)
    assert found.figures["linker"] == {
        "by": "own", "gold": 1, "own": 2, "both": 0, "labels_removed": 1,
    }  # fmt: skip
    assert found.figures["labels"] == {"all": 2, "new": 2}
    assert found.ledger.ranks["repeat"]["all"][0] == 1, "the echo is of what we heard, latest first"
    assert found.ledger.ranks["popularity"]["new"] == [float("inf"), 4]
    assert "1 labels that are new count as missed" in table(found.figures)
    assert measure([named], measured).figures["linker"] == {"by": "gold"}


class Oracle:
    """Knows the label."""

    name = "oracle/float32"
    in_nats = False

    def score(self, prompt: ScorerPrompt, cards: Sequence[str]) -> list[float]:
        wanted = chr(65 + int(prompt.prefix.split("word")[1].split()[0]))
        return [float(f"Zanzibar {wanted}quil" in card) for card in cards]


def test_stages_say_what_each_arm_finds_and_each_stage_adds(tmp_path: Path) -> None:
    rows = [{**row, "description": "the same for all"} for row in ROWS]
    plain = Ours(make_retriever(tmp_path, rows), RankSettings())
    rules = InForce(hidden=frozenset(f"i{n}" for n in range(1, 20)), version="x")
    whole = replace(plain, scorer=Oracle(), weight=9.0, rules=rules)
    found = measure(SAMPLES, whole, stages=True).figures
    rows_of: dict[str, Any] = {row["stage"]: row for row in found["stages"]}
    assert [*rows_of][-4:] == ["fusion", "+ blend", "+ scorer", "+ rules"]
    assert rows_of["+ scorer"]["new"]["recall@1"]["value"] == 1
    assert rows_of["+ scorer"]["over"] == "+ blend"
    assert rows_of["+ scorer"]["difference"]["recall@1"]["low"] > 0.5
    assert rows_of["+ rules"]["new"]["recall@50"]["value"] == 0, "the owner hides every label"
    assert rows_of["fusion"]["new"] == {
        m: found["rows"]["fusion"]["new"][m] for m in rows_of["fusion"]["new"]
    }
    assert rows_of["seeds alone"]["over"] == "popularity alone"
    assert "difference" not in rows_of["popularity alone"]
    assert {"colike alone", "wishes alone"} <= set(found["absent"])
    said = table(found)
    assert "+ rules" in said
    assert "The owner's rules change recall@10 (new) by -" in said
    bare = measure(SAMPLES, plain, stages=True).figures
    assert bare["absent"]["+ scorer"] == "there is no language model"
    idle = measure(SAMPLES, replace(plain, scorer=Oracle()), stages=True).figures
    assert "weight is 0" in idle["absent"]["+ scorer"]


def test_an_arm_alone_is_the_retriever_with_nothing_else(tmp_path: Path) -> None:
    measured = ours(tmp_path, likes=True)
    pairs = [talk(n, f"i{n + 13}", [f"i{n}"], f"word{n}") for n in range(13)]
    stages = measure(pairs, measured, stages=True).figures["stages"]
    found = {row["stage"]: row["new"]["recall@1"]["value"] for row in stages}
    assert found["colike alone"] == 1
    assert found["lexical alone"] == found["popularity alone"], "the words name what was named"


def test_lists_are_those_that_would_be_shown(tmp_path: Path) -> None:
    measured = ours(tmp_path)
    found = evaluate(SAMPLES, measured)["lists"]
    assert (found["lists"], found["shown"]) == (19, 95)
    assert 0 < found["coverage"] <= 25 / 26, "the one that was named is in no list"
    answer = measured.answer(SAMPLES[0])
    assert "i0" not in measured.shown(SAMPLES[0], answer)
    short = evaluate(SAMPLES, replace(measured, list_length=1))["lists"]
    assert short["intra_list_distance"] is None
    assert short["shown"] == 19
    varied, alike = (
        evaluate(SAMPLES, replace(measured, rank=RankSettings(diversity=d)))["lists"]
        for d in (1.0, 0.0)
    )
    assert varied["intra_list_distance"] > alike["intra_list_distance"], "variety is measured"


def test_novelty_needs_a_catalogue_that_counts(tmp_path: Path) -> None:
    rows = [{k: v for k, v in row.items() if k != "popularity"} for row in ROWS]
    found = evaluate(SAMPLES, Ours(make_retriever(tmp_path, rows), RankSettings()))
    assert found["lists"]["novelty"] is None
    assert "how often its items were chosen" in found["absent"]["novelty"]
    assert "bits of novelty" not in table(found)


def test_ranks_are_written_for_whoever_counts_again(tmp_path: Path) -> None:
    some = [*SAMPLES, talk(30, "gone", ["i0"]), talk(31, "i0", ["i0"])]
    found = measure(some, ours(tmp_path / "c"))
    write_ranks(tmp_path / "r.csv", found.ledger)
    write_ranks(tmp_path / "r.jsonl.gz", found.ledger)
    lines = list(csv.DictReader((tmp_path / "r.csv").open(newline="")))
    assert [(x["sample"], x["dialogue"], x["label"], x["new"]) for x in lines[-2:]] == [
        ("s30", "d30", "gone", "1"),
        ("s31", "d31", "i0", "0"),
    ]
    assert lines[-2]["ours all"] == lines[-2]["ours new"] == lines[-1]["ours new"] == ""
    assert lines[-1]["repeat all"] == "1"
    for part in ("all", "new"):
        mine = [x for x in lines if part == "all" or x["new"] == "1"]
        hits = [bool(x[f"bm25 {part}"]) and int(x[f"bm25 {part}"]) <= 5 for x in mine]
        assert found.figures["rows"]["bm25"][part]["recall@5"]["value"] == pytest.approx(
            sum(hits) / len(mine), abs=1e-4
        )
    with gzip.open(tmp_path / "r.jsonl.gz", "rt") as file:
        objects = [json.loads(line) for line in file]
    assert objects[-2]["ranks"]["ours"] == {"all": None, "new": None}
    assert objects[-1]["ranks"]["repeat"] == {"all": 1}
    for line, object in zip(lines, objects, strict=True):
        for name, parts in object["ranks"].items():
            for part, place in parts.items():
                assert line[f"{name} {part}"] == ("" if place is None else str(place))


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    with pytest.raises(TastemakerError, match=r"has to end in .csv, .jsonl, .csv.gz or .jsonl.gz"):
        check_place(tmp_path / "ranks.txt", (".csv", ".jsonl", ".csv.gz", ".jsonl.gz"))
    with pytest.raises(TastemakerError, match="its folder is not there"):
        check_place(tmp_path / "no" / "ranks.csv", (".csv", ".jsonl"))
    (tmp_path / "kept.csv").write_text("before")
    (tmp_path / ".kept.csv.part").mkdir()  # what is to be written first cannot be
    with pytest.raises(TastemakerError, match="cannot be written"):
        write_whole(tmp_path / "kept.csv", b"after")
    assert (tmp_path / "kept.csv").read_text() == "before"
    (tmp_path / ".kept.csv.part").rmdir()
    write_whole(tmp_path / "kept.csv", b"after")
    assert (tmp_path / "kept.csv").read_text() == "after"
    assert [path.name for path in tmp_path.iterdir()] == ["kept.csv"]


@pytest.mark.parametrize("ending", picture.ENDINGS)
def test_a_picture_of_the_same_figures_is_the_same(tmp_path: Path, ending: str) -> None:
    figures = evaluate(SAMPLES, ours(tmp_path / "c", likes=True))
    for name in ("one", "two"):
        picture.draw(tmp_path / f"{name}{ending}", figures, "made up")
    one = (tmp_path / f"one{ending}").read_bytes()
    assert one == (tmp_path / f"two{ending}").read_bytes()
    assert one.startswith(b"\x89PNG" if ending == ".png" else b"<?xml")
    figures["rows"]["ours"]["new"]["recall@50"] |= {"value": 0.5}
    picture.draw(tmp_path / f"two{ending}", figures, "made up")
    assert one != (tmp_path / f"two{ending}").read_bytes()
