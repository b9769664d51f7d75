"""Comparing the ways: what is taken out to be found, and figures known by construction."""

import pytest

from finetune.colikes import common, compare, keep, nearest, split
from retrieval.errors import InteractionsError
from retrieval.interactions import Fault, Interaction

TASTES = [
    Interaction(f"{kind}{n}", f"{kind}{(n + k) % 8}", "like", 1.0, 1000 + k)
    for kind in "xy"
    for n in range(24)
    for k in range(5)
]


def test_the_last_like_and_all_after_it_is_taken_out() -> None:
    rows: list[Interaction | Fault] = [
        Interaction("u", "b", "like", 1.0, 20),
        Interaction("u", "a", "like", 1.0, 10),
        Interaction("u", "seen", "dislike", -1.0, 15),
        Interaction("u", "after", "dislike", -1.0, 40),
        Interaction("u", "c", "like", 1.0, 30),
        Interaction("lone", "a", "like", 1.0, 10),
        Fault(9, "it is odd"),
    ]
    kept = keep(rows)
    found = split(kept)
    names = dict(enumerate(kept.items.values()))
    assert [names[w] for w in found.wanted] == ["c"]
    assert [[names[s] for s in seeds] for seeds in found.seeds] == [["a", "b"]]
    assert {names[k] for k in found.known[0]} == {"a", "b", "seen"}
    assert sorted(names[r] for r in found.likes.row) == ["a", "b"]


def test_without_times_or_likes_there_is_nothing_to_find() -> None:
    for rows in ([], [Interaction("u", i, "like", 1.0) for i in "ab"]):
        with pytest.raises(InteractionsError, match="Nobody in this file likes two things"):
            split(keep(rows))


def test_every_way_finds_the_taste_where_popularity_cannot() -> None:
    found = compare(TASTES)
    assert found["users"] == 48
    rows = {name: row["three"]["recall@5"]["value"] for name, row in found["rows"].items()}
    assert rows.pop("popularity") < 0.8
    for name in ("BPR", "ALS"):  # too little for 64 numbers an item
        assert rows.pop(f"{name}, 64, cosine (implicit)") > 0
    assert min(rows.values()) > 0.9, rows
    assert all(row["one"]["behind_ours"]["low"] <= 1 for row in found["rows"].values())


def test_a_table_is_cut_to_the_nearest() -> None:
    import numpy as np  # noqa: PLC0415

    table = nearest(np.arange(200 * 200, dtype=np.float32).reshape(200, 200))
    assert ((table > 0).sum(axis=1) <= 100).all()
    assert table[3, 199] == 3 * 200 + 199
    assert table[7, 7] == 0
    assert common(split(keep(TASTES))).items == 16
