"""Dialogues of others, read as ours: what seekers said they liked, disliked and had seen."""

import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from chatbot.lexicon import Lexicon
from finetune.dialogues import Dialogue, heard, read_dialogues, titles_in
from retrieval.catalogue import Catalogue, read_rows, write_catalogue
from retrieval.errors import TastemakerError
from tests.conftest import ROOT, SHARED

SAID = ROOT / "tests" / "dialogues"
OPINIONS = (("liked", "liked", 1), ("disliked", "liked", 0), ("seen", "seen", 1))


@pytest.fixture(scope="module")
def lexicon(tmp_path_factory: pytest.TempPathFactory) -> Lexicon:
    """The films of ReDial."""
    if not SHARED.is_dir():
        pytest.skip(f"the dialogues are not at {SHARED}")
    folder = tmp_path_factory.mktemp("redial")
    write_catalogue(folder, read_rows(SHARED / "catalogues" / "redial.jsonl.gz"))
    return Lexicon(Catalogue(folder))


@pytest.fixture(scope="module")
def dialogues(lexicon: Lexicon) -> list[Dialogue]:
    return list(read_dialogues(SHARED / "dialogues" / "redial-dev.jsonl.gz"))


def twins(lexicon: Lexicon) -> dict[str, str]:
    """Each id by the first of its title and year: ReDial lists some films twice."""
    first: dict[tuple[str, float | None], str] = {}
    return {
        id: first.setdefault((item.title.casefold(), item.number("year")), id)
        for id, item in lexicon.items.items()
    }


def test_titles_are_linked_in_raw_text(lexicon: Lexicon, dialogues: list[Dialogue]) -> None:
    one, counts = twins(lexicon), Counter[str]()
    for turn in (t for d in dialogues for t in d.turns):
        gold = {one.get(i, i) for i in turn.items}
        found = {one[i] for i in titles_in(turn.text, lexicon)}
        counts += Counter(
            right=len(gold & found), false=len(found - gold), missed=len(gold - found)
        )
    f1 = 2 * counts["right"] / (2 * counts["right"] + counts["false"] + counts["missed"])
    print(f"\nlinker on redial-dev: {dict(counts)}, F1 {f1:.3f}")
    assert f1 >= 0.90


@pytest.mark.parametrize("part", ["looked_at", "kept_apart"])
def test_what_seekers_said_of_items_ends_in_the_profile(
    lexicon: Lexicon, dialogues: list[Dialogue], part: str
) -> None:
    """Precision against the seekers' own answers, where they gave one; recall of those answers that
    were also said in words, as labelled by a reader (tests/dialogues)."""
    lines = (SAID / f"redial_dev_{part}.jsonl").read_text(encoding="utf-8").splitlines()
    labels = {row["id"]: row for row in map(json.loads, lines)}
    one, counts = twins(lexicon), defaultdict[str, Counter[str]](Counter)
    for dialogue in dialogues:
        if dialogue.id not in labels:
            continue
        profile = heard(dialogue, lexicon).profile
        for section, key, yes in OPINIONS:
            answers = {one.get(i, i): getattr(a, key) for i, a in dialogue.feedback.items()}
            found = {one[i] for i in getattr(profile, section)}
            said = {one.get(i, i) for i in labels[dialogue.id][section]}
            true = {i for i, a in answers.items() if a == yes}
            counts[section] += Counter(
                right=len(found & true),
                wrong=sum(answers.get(i) == 1 - yes for i in found),
                said=len(said & true),
                kept=len(said & true & found),
            )
    for section, c in counts.items():
        precision, recall = (
            c["right"] / max(c["right"] + c["wrong"], 1),
            c["kept"] / max(c["said"], 1),
        )
        print(f"\n{part} {section}: precision {precision:.3f} ({c['right']}+{c['wrong']}), "
              f"recall {recall:.3f} ({c['kept']} of {c['said']})", end="")  # fmt: skip
        if (
            section != "disliked"
        ):  # said 14 times in a hundred dialogues: too few to hold to a figure
            assert precision >= 0.90
            assert recall >= 0.60


def test_that_one_is_what_the_recommender_named(tmp_path: Path) -> None:
    write_catalogue(tmp_path, [
        {"id": "a", "title": "Alien", "year": 1979}, {"id": "b", "title": "Paddington", "year": 2014},
    ])  # fmt: skip
    said = [("assistant", "Have you seen Alien (1979)?"), ("user", "Yes, I loved that one!"),
            ("assistant", "And Paddington (2014)?"), ("user", "no, not for me")]  # fmt: skip
    dialogue = Dialogue(id="x", turns=[{"role": r, "text": t} for r, t in said])
    profile = heard(dialogue, Lexicon(Catalogue(tmp_path))).profile
    assert profile.liked == ("a",)
    assert "a" in profile.seen
    assert profile.disliked == ("b",)
    assert "b" not in profile.seen


def test_a_line_that_is_no_dialogue_is_named(tmp_path: Path) -> None:
    file = tmp_path / "d.jsonl"
    file.write_text('{"id": "1", "turns": []}\n{"id": 2}\n', encoding="utf-8")
    with pytest.raises(TastemakerError, match="line 2 is no dialogue"):
        list(read_dialogues(file))
