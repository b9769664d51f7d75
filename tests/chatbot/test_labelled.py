"""Understanding against hand-made labels: acts and slots, in four domains and two languages.

`-s` prints the tables of tests/README.md. Floors are what was measured, less a little; the sets that are
called kept apart were counted and not read.
"""

import json
import time
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from chatbot.lexicon import Lexicon
from chatbot.scene_words import folded, scene_words
from chatbot.second_reader import SecondReader
from chatbot.understand import understand
from retrieval.catalogue import Catalogue, read_rows, write_catalogue
from retrieval.text import clean
from tests.chatbot.slots import Score, compare, conversation_of, slots_of
from tests.conftest import ROOT, SHARED

UTTERANCES = ROOT / "tests" / "utterances"


def rows_of(file: str) -> list[dict[str, Any]]:
    text = (UTTERANCES / f"{file}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="session")
def lexicons(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Lexicon]:
    """The films of data/, and three small catalogues of other things."""
    home, found = tmp_path_factory.mktemp("catalogues"), {}
    for name in ("films", "books", "shop", "recipes", "books_zh"):
        folder = ROOT / "data" if name in ("films", "books") else ROOT / "tests" / "catalogues"
        write_catalogue(home / name, read_rows(folder / f"{name}.jsonl"))
        found[name] = Lexicon(Catalogue(home / name), folded(scene_words(name)))
    return found


def measured(
    rows: list[dict[str, Any]], lexicons: dict[str, Lexicon], second: SecondReader | None = None
) -> dict[str, dict[str, Score]]:
    """Scores by what is counted ("slots", "polarity", "acts") and by language and domain."""
    table: dict[str, dict[str, Score]] = defaultdict(lambda: defaultdict(Score))
    for row in rows:
        lexicon = lexicons[row["catalogue"]]
        said = understand(clean(row["say"], 2000), conversation_of(row, lexicon), lexicon, second)
        found, where = slots_of(said, lexicon), f"{row['language']} {row['catalogue']}"
        for name, strict in (("slots", True), ("polarity", False)):
            right, false, missed = compare(row["slots"], row.get("slots_ok", []), found, strict)
            for key in (where, "all"):
                table[name][key].add(right, len(false), len(missed))
        acts, gold = {a.act for a in said.acts}, set(row["acts"])
        false_acts = acts - gold - set(row.get("acts_ok", []))
        for key in (where, "all"):
            table["acts"][key].add(len(acts & gold), len(false_acts), len(gold - acts))
    return table


@pytest.mark.parametrize(
    ("file", "slots", "acts"),
    [
        ("understanding", 0.88, 0.94),
        ("understanding_more", 0.80, 0.85),
        ("understanding_visitors", 0.82, 0.86),
        ("understanding_kept_apart", 0.76, 0.82),
        ("understanding_kept_apart_2", 0.80, 0.81),
        ("understanding_kept_apart_3", 0.72, 0.78),
    ],
)
def test_acts_and_slots_are_read_at_the_measured_rate(
    lexicons: dict[str, Lexicon], file: str, slots: float, acts: float
) -> None:
    table = measured(rows_of(file), lexicons)
    print(f"\n{file}: {len(rows_of(file))} utterances")
    for name, scores in table.items():
        print(f"  {name:9}", *(f"{k} {s.f1:.3f}" for k, s in sorted(scores.items())), sep="  ")
    assert table["slots"]["all"].f1 >= slots
    assert table["acts"]["all"].f1 >= acts


def test_every_label_names_what_its_catalogue_has(lexicons: dict[str, Lexicon]) -> None:
    counted: tuple[str, ...] = (
        "understanding",
        "understanding_more",
        "understanding_kept_apart",
        "understanding_kept_apart_3",
    )
    counted += ("understanding_counted", *(f"understanding_trained_on_{n}" for n in range(5, 11)))
    for file in counted:
        for row in rows_of(file):
            titles = {item.title for item in lexicons[row["catalogue"]].items.values()}
            named = {s[1] for s in row["slots"] if s[0] in ("liked", "disliked", "seen", "similar")}
            assert named | set(row.get("shown") or []) <= titles, row["say"]


def test_the_same_is_read_twice(lexicons: dict[str, Lexicon]) -> None:
    for row in rows_of("understanding")[::10]:
        lexicon = lexicons[row["catalogue"]]
        first, second = (
            understand(row["say"], conversation_of(row, lexicon), lexicon) for _ in range(2)
        )
        assert first == second


@cache
def large(folder: Path) -> Lexicon:
    source = SHARED / "catalogues" / "films-wikipedia.jsonl.gz"
    write_catalogue(folder, read_rows(source))
    return Lexicon(Catalogue(folder))


def test_an_utterance_is_understood_within_30_ms_at_36000_items(tmp_path: Path) -> None:
    if not SHARED.is_dir():
        pytest.skip(f"the large catalogue is not at {SHARED}")
    lexicon = large(tmp_path / "large")
    said = [row["say"] for f in ("understanding", "understanding_more") for row in rows_of(f)]
    conversation = conversation_of({"catalogue": "large"}, lexicon)
    for text in said[:20]:
        understand(text, conversation, lexicon)
    times = []  # the processor's: a machine that others use proves nothing by the clock
    for text in said:
        start = time.process_time()
        understand(clean(text, 2000), conversation, lexicon)
        times.append(1000 * (time.process_time() - start))
    times.sort()
    p95 = times[int(0.95 * len(times))]
    print(f"\nunderstanding, {len(lexicon.items):,} items: p50 {times[len(times) // 2]:.1f}, "
          f"p95 {p95:.1f}, most {times[-1]:.1f} ms")  # fmt: skip
    assert p95 < 30
