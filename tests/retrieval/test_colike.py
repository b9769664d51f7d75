"""What is liked together: neighbours known by construction, and what is stored of them."""

import random
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finetune.colikes import compare, keep
from retrieval.colike import AGAINST, FILE, NEIGHBOURS, PAIR, Colikes, fit, load, save
from retrieval.errors import InteractionsError
from retrieval.interactions import Interaction, InteractionFile, Reading
from retrieval.likes import likes_of
from retrieval.signals import EVENTS
from tests.conftest import SHARED, make_retriever
from tests.retrieval.killing import kill_9

IDS = [f"{kind}{n}" for n in range(4) for kind in "xy"]


def liking(pairs: list[tuple[str, str]], ids: list[str] = IDS) -> Colikes:
    """What is liked together where each user likes what stands beside them."""
    rows = [Interaction(user, item, "like", 1.0, n) for n, (user, item) in enumerate(pairs, 1)]
    return fit(ids, likes_of(keep(rows), {id: n for n, id in enumerate(ids)}))


def checkerboard(people: int = 12) -> list[tuple[str, str]]:
    """Half of the people like the x, half the y, each all of one kind but one."""
    return [
        (f"{kind}{n}", f"{kind}{k}")
        for kind in "xy"
        for n in range(people)
        for k in range(4)
        if k != n % 4
    ]


def near(made: Colikes, id: str) -> dict[str, int]:
    row = made.row[id]
    found = zip(made.neighbours[row].tolist(), made.both[row].tolist(), strict=True)
    return {made.ids[n]: both for n, both in found if n >= 0}


def test_neighbours_are_of_the_same_taste_with_how_many_like_both() -> None:
    made = liking(checkerboard())
    assert near(made, "x0") == {"x1": 6, "x2": 6, "x3": 6}
    assert made.people.tolist() == [9] * 8
    assert made.users == 24
    assert made.together("x0", "x3") == made.together("x3", "x0") == 6
    assert made.together("x0", "y0") == made.together("x0", "nothing") == 0
    scores = dict(zip(made.ids, made.scores({"x0": 1.0, "nothing": 1.0}), strict=True))
    assert scores["x1"] > 0 == scores["x0"] == scores["y0"]
    less = made.scores({"x0": 1.0, "y0": 1.0}, against=["y1"])
    assert less[made.row["y2"]] == pytest.approx((1 - AGAINST) * less[made.row["x2"]])


def test_more_people_are_nearer_and_one_alone_is_no_evidence() -> None:
    pairs = [(f"u{n}", id) for n in range(40) for id in ("x0", "x1")]
    pairs += [(f"v{n}", id) for n in range(3) for id in ("y0", "y1")]
    made = liking([*pairs, ("w", "x3"), ("w", "y3")])
    assert made.strengths[made.row["x0"], 0] > 3 * made.strengths[made.row["y0"], 0] > 0
    assert PAIR == 2
    assert near(made, "x3") == {}


def test_who_likes_everything_says_less() -> None:
    pairs = [(f"u{n}", id) for n in range(9) for id in ("x0", "x1")]
    pairs += [(f"all{n}", id) for n in range(9) for id in IDS if id != "x1"]
    made = liking(pairs)
    assert near(made, "x0") == dict.fromkeys(IDS[1:], 9)
    assert made.ids[made.neighbours[made.row["x0"], 0]] == "x1"


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from(IDS)), max_size=60))
def test_counts_are_those_of_brute_force(pairs: list[tuple[str, str]]) -> None:
    made = liking(pairs)
    by_user: dict[str, set[str]] = {}
    for user, item in pairs:
        by_user.setdefault(user, set()).add(item)
    for one, other in combinations(IDS, 2):
        count = sum({one, other} <= items for items in by_user.values())
        assert made.together(one, other) == (count if count >= PAIR else 0)
    assert made.people.tolist() == [sum(id in items for items in by_user.values()) for id in IDS]


def test_what_is_saved_comes_back(tmp_path: Path) -> None:
    made = liking(checkerboard())
    assert load(tmp_path, IDS) is None
    save(tmp_path, made)
    back = load(tmp_path, IDS)
    assert back is not None
    for name in ("neighbours", "strengths", "both", "people"):
        assert np.array_equal(getattr(back, name), getattr(made, name))
    assert (back.ids, back.users, back.meant, back.made_for) == (
        made.ids, made.users, made.meant, made.made_for,
    )  # fmt: skip
    assert [p.name for p in tmp_path.iterdir()] == [FILE]


def test_items_that_vanish_are_dropped_and_others_may_come_and_move(tmp_path: Path) -> None:
    save(tmp_path, liking(checkerboard()))
    now = ["new", "y1", "x3", "x0", "y0"]
    back = load(tmp_path, now)
    assert back is not None
    assert near(back, "x0") == {"x3": 6}
    assert near(back, "y1") == {"y0": 6}
    assert near(back, "new") == {}
    assert back.people.tolist() == [0, 9, 9, 9, 9]
    assert set(near(back, "x3")) == {now[i] for i in np.flatnonzero(back.scores({"x3": 1.0}))}
    assert load(tmp_path, []) is not None


@pytest.mark.parametrize("spoil", ["cut", "empty", "other", "rows", "version", "object"])
def test_a_file_that_is_spoilt_is_a_clear_error(tmp_path: Path, spoil: str) -> None:
    made = liking(checkerboard())
    save(tmp_path, made)
    path = tmp_path / FILE
    if spoil == "rows":
        save(tmp_path, replace(made, neighbours=made.neighbours + 100))
    elif spoil == "version":
        with np.load(path) as file:
            parts = dict(file) | {"head": np.frombuffer(b'{"version": 0}', dtype=np.uint8)}
        np.savez(path, **parts)
    elif spoil == "object":
        np.savez(path, head=np.array([{}], dtype=object), allow_pickle=True)
    else:
        data = path.read_bytes()
        path.write_bytes({"cut": data[: len(data) // 2], "empty": b"", "other": b"{}"}[spoil])
    with pytest.raises(InteractionsError, match="Make it anew: `tastemaker interactions"):
        load(tmp_path, IDS)


@settings(max_examples=60, deadline=None)
@given(at=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_flipped_bit_is_an_error_or_harmless(
    tmp_path_factory: pytest.TempPathFactory, at: float, bit: int
) -> None:
    folder = tmp_path_factory.mktemp("bits")
    save(folder, liking(checkerboard()))
    data = bytearray((folder / FILE).read_bytes())
    data[int(at * len(data))] ^= 1 << bit
    (folder / FILE).write_bytes(data)
    try:
        made = load(folder, IDS)
    except InteractionsError:
        return
    assert made is not None
    assert made.scores({"x0": 1.0}).shape == (len(IDS),)


WRITER = """
import sys, pathlib
import numpy as np
from retrieval.colike import Colikes, ids_hash, save
n = 3000
ids = tuple(map(str, range(n)))
for k in range(1, 1_000_000):
    full = np.full((n, 100), k, dtype=np.int32)
    save(pathlib.Path(sys.argv[1]), Colikes(ids, full % n, full.astype(np.float32), full, full[:, 0], k, "colike", ids_hash(ids)))
    if k == 1:
        print("going", flush=True)
"""


def test_kill_9_while_writing_leaves_a_whole_model(tmp_path: Path) -> None:
    chance = random.Random(7)
    for _ in range(6):
        kill_9(WRITER, tmp_path, chance.uniform(0, 0.1))
        made = load(tmp_path, [str(n) for n in range(3000)])
        assert made is not None
        assert (made.both == made.users).all()
        assert (made.people == made.users).all()


def test_the_arm_finds_what_is_liked_together_and_keeps_to_the_limits(tmp_path: Path) -> None:
    from retrieval.find import Query  # noqa: PLC0415

    rows = [{"id": id, "title": f"Thing {id}", "kind": [f"k{id[1]}"]} for id in IDS]
    retriever = make_retriever(tmp_path, rows)
    query = Query(seeds={"x0": 1.0}, hidden=frozenset({"x0", "x2"}))
    without = [c.item.id for c in retriever.find(query)]
    retriever.colikes = liking(checkerboard())
    found = retriever.find(query)
    allowed = retriever.columns.allowed((), query.hidden)
    brought = retriever.rankings(query, allowed, retriever.met(()))["colike"]
    assert {*brought} == {"x1", "x3"}
    assert {c.item.id for c in found} >= set(without)
    assert "x2" not in {c.item.id for c in found}
    assert found[0].item.id in brought


def test_counts_of_people_are_the_popularity_that_a_catalogue_lacks(tmp_path: Path) -> None:
    rows = [{"id": id, "title": id, "kind": ["k"]} for id in IDS]
    retriever = make_retriever(tmp_path, rows)
    retriever.colikes = liking([("u", "y3"), ("v", "y3"), ("v", "x2")])
    assert dict(zip(retriever.columns.ids, retriever.popularity, strict=True)) == (
        dict.fromkeys(IDS, 0.0) | {"y3": 2.0, "x2": 1.0}
    )
    own = make_retriever(tmp_path / "own", [row | {"popularity": 3} for row in rows])
    own.colikes = retriever.colikes
    assert set(own.popularity) == {3.0}


@pytest.mark.slow
def test_on_movielens_it_is_well_ahead_of_popularity() -> None:
    path = SHARED / "raw" / "movielens-small" / "ratings.csv.gz"
    if not path.is_file():
        pytest.skip(f"no MovieLens here: {path}")
    found = compare(InteractionFile(path, Reading({}, None, EVENTS)))
    ours = next(name for name in found["rows"] if name.startswith("ours"))
    row = found["rows"][ours]["three"]["recall@50"]
    assert row["low"] > found["rows"]["popularity"]["three"]["recall@50"]["high"]


def test_movielens_neighbours_are_what_anyone_would_say() -> None:
    path = SHARED / "raw" / "movielens-small" / "ratings.csv.gz"
    if not path.is_file():
        pytest.skip(f"no MovieLens here: {path}")
    kept = keep(InteractionFile(path, Reading({}, None, EVENTS)))
    ids = sorted(kept.items.values(), key=int)
    made = fit(ids, likes_of(kept, {id: n for n, id in enumerate(ids)}))
    assert made.users == 610
    assert made.neighbours.shape == (9_724, NEIGHBOURS)
    assert {"1196", "1210"} <= set(list(near(made, "260"))[:3])  # Star Wars: Episodes V and VI
    assert "5952" in list(near(made, "4993"))[:2]  # The Lord of the Rings
    assert made.together("260", "1196") > 100
