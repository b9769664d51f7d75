"""Reading files of interactions: every form gives the same, and what is wrong is said with its line."""

import gzip
import json
from pathlib import Path

import pytest

from retrieval.errors import InteractionsError
from retrieval.interactions import Fault, Interaction, InteractionFile, Reading
from retrieval.signals import EVENTS, worths
from tests.conftest import SHARED

PLAIN = Reading({}, None, EVENTS)
TWO = [
    Interaction("7", "heat", "rating", 4.5, 1_000_000_000_000),
    Interaction("Ana, B.", "电影", "rating", 2.0, 1_600_000_000_000),
]
CSV = 'userId,movieId,rating,timestamp\n7,heat,4.5,1000000000\n"Ana, B.",电影,2,1600000000\n'


def read(
    path: Path, text: str | bytes, reading: Reading = PLAIN
) -> tuple[InteractionFile, list[Interaction | Fault]]:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    opened = InteractionFile(path, reading)
    return opened, list(opened)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", CSV),
        ("a.csv", CSV.replace("\n", "\r\n")),
        ("a.csv", "\ufeff" + CSV),
        ("a.csv", "visitor;sku;stars;date\n7;heat;4.5;2001-09-09T01:46:40Z\nAna, B.;电影;2;2020-09-13 12:26:40\n"),
        ("a.tsv", "uid\titem id\tScore\tts\n7\theat\t4.5\t1000000000000\nAna, B.\t电影\t2\t1600000000000000\n"),
        ("a.csv.gz", gzip.compress(CSV.encode())),
        ("named-otherwise.csv", gzip.compress(CSV.encode())),
        ("a.jsonl", '{"user": 7, "product_id": "heat", "rating": 4.5, "time": 1e9}\n\n'
                    '{"user": "Ana, B.", "product_id": "电影", "rating": "2", "time": 1600000000}\n'),
    ],
)  # fmt: skip
def test_every_form_gives_the_same_interactions(tmp_path: Path, name: str, text: str) -> None:
    assert read(tmp_path / name, text)[1] == TWO


def test_columns_can_be_overruled_and_what_was_taken_is_told(tmp_path: Path) -> None:
    text = "user,account,item,rating\n1,me,a,5\n"
    opened, _ = read(tmp_path / "a.csv", text)
    assert opened.columns.told() == "user = user, item = item, value = rating, time = (none)"
    reading = Reading({"user": "account", "value": "rating"}, "counts", EVENTS)
    _, rows = read(tmp_path / "a.csv", text, reading)
    assert rows == [Interaction("me", "a", "count", 5.0, 0)]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"user": "nobody"}, "has no column 'nobody', only 'who', 'item', 'n'"),
        ({"users": "who"}, "A column is user, item, value, time, not 'users'"),
        ({}, "Say which: `--column user=NAME`"),
        ({"user": "item", "item": "item"}, "'item' cannot be two things"),
    ],
)
def test_columns_that_cannot_be_told_are_asked_for(
    tmp_path: Path, given: dict[str, str], said: str
) -> None:
    with pytest.raises(InteractionsError, match=said):
        read(tmp_path / "a.csv", "who,item,n\n1,a,2\n", Reading(given, None, EVENTS))


def test_events_in_words_have_their_worth_and_a_site_can_add_its_own(tmp_path: Path) -> None:
    text = "visitorid,itemid,event\n1,a,Add-to-cart\n1,b,purchase\n1,c,dislike\n1,d,zoom\n"
    _, rows = read(tmp_path / "a.csv", text, Reading({}, None, worths({"Zoom": "0.4"})))
    assert [(r.what, r.value) for r in rows if isinstance(r, Interaction)] == [
        ("addtocart", 0.7), ("purchase", 1.0), ("dislike", -1.0), ("zoom", 0.4),
    ]  # fmt: skip
    _, rows = read(tmp_path / "a.csv", text)
    assert rows[3] == Fault(
        5, "no event is named 'zoom'; `--event zoom=WORTH` says what it is worth"
    )
    with pytest.raises(InteractionsError, match="worth -1 to 1, not 'lots'"):
        worths({"zoom": "lots"})


def test_without_a_value_every_row_is_given_and_plays_are_counted(tmp_path: Path) -> None:
    assert read(tmp_path / "a.csv", "user,item\n1,a\n")[1] == [Interaction("1", "a", "given", 1.0)]
    _, rows = read(tmp_path / "a.csv", "user,track,plays\n1,a,3\n1,b,-1\n")
    assert rows == [Interaction("1", "a", "count", 3.0), Fault(3, "'-1' is no count")]


def test_a_bad_row_is_told_with_its_line_and_the_reason(tmp_path: Path) -> None:
    text = (
        "user,item,rating,time\n,a,3,1\n1,a\n1,a,nan,1\n1,a,many,1\n1,a,3,next week\n"
        f"1,{'x' * 201},3,1\n1,\x00,3,1\n1,a,,1\n1,a,4,99999999999999999999\n1,a,5,\n"
    )
    opened, rows = read(tmp_path / "a.csv", text)
    assert [r for r in rows if isinstance(r, Fault)] == [
        Fault(2, "there is no user"),
        Fault(3, "it has 2 cells where 4 columns are named"),
        Fault(4, "no event is named 'nan'; `--event nan=WORTH` says what it is worth"),
        Fault(5, "no event is named 'many'; `--event many=WORTH` says what it is worth"),
        Fault(6, "'next week' is no time"),
        Fault(7, "the item is longer than 200 characters"),
        Fault(8, "the item '\\x00' is not text in UTF-8"),
        Fault(9, "the rating is empty"),
        Fault(10, "'99999999999999999999' is no time"),
    ]
    assert rows[-1] == Interaction("1", "a", "rating", 5.0, 0)
    assert opened.values == "ratings"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "it is not JSON"),
        ("[1]", "it is not a JSON object"),
        ('{"item": "a"}', "there is no user"),
        ('{"user": {}, "item": "a"}', "{} is no user"),
        ('{"user": true, "item": "a"}', "True is no user"),
        ('{"user": 1.5, "item": "a"}', "1.5 is no user"),
        ('{"user": "\\ud800", "item": "a"}', "is not text in UTF-8"),
        ("[" * 100_000, "it is not JSON"),
    ],
)
def test_a_bad_line_of_json_is_a_fault(tmp_path: Path, line: str, why: str) -> None:
    _, rows = read(tmp_path / "a.jsonl", json.dumps({"user": 3.0, "item": 9}) + "\n" + line + "\n")
    assert rows[0] == Interaction("3", "9", "given", 1.0)
    assert isinstance(rows[1], Fault)
    assert rows[1].line == 2
    assert why in rows[1].why


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "holds no interaction"),
        (b"user,item\n", "holds no interaction"),
        (b"user,item\n" + b"x" * 1_000_001, "line 2 is longer than 1,000,000"),
        (gzip.compress(CSV.encode() * 900)[:-40], "cannot be read"),
        (b"\x1f\x8b\x08" + b"garbage" * 9, "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_to_its_end_is_an_error(
    tmp_path: Path, data: bytes, said: str
) -> None:
    with pytest.raises(InteractionsError, match=said):
        read(tmp_path / "a.csv", data)
    with pytest.raises(InteractionsError, match="There is no file"):
        InteractionFile(tmp_path / "b.csv", PLAIN)


def test_movielens_is_read_with_the_one_line_of_it_that_is_broken() -> None:
    path = SHARED / "raw" / "movielens-small" / "ratings.csv.gz"
    if not path.is_file():
        pytest.skip(f"no MovieLens here: {path}")
    reports: list[tuple[str, int, int]] = []
    rows = list(InteractionFile(path, PLAIN, lambda *report: reports.append(report)))
    assert len(rows) == 100_836
    assert [r.line for r in rows if isinstance(r, Fault)] == [522]
    done = [report[1] for report in reports]
    assert len(done) == 20
    assert done == sorted(done)
    assert done[-1] <= path.stat().st_size
