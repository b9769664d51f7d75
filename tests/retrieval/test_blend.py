"""The learned blend: what it reads, that it puts in order, and that limits hold under it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval.arm_blend import FILE, ArmBlend, load_arm_blend
from retrieval.asked_before import remember
from retrieval.constraints import Constraint, permitted
from retrieval.errors import ModelUnavailable
from retrieval.features import FEATURES, features, features_by_name
from retrieval.find import Retriever
from retrieval.learned import Learned
from retrieval.moments import Moments, MomentsFile
from retrieval.query import Query, Wish
from retrieval.talked import Conversations, count
from tests.conftest import make_retriever

ROWS: list[dict[str, Any]] = [
    {
        "id": f"i{n}",
        "title": f"Film {n}",
        "genres": ["drama" if n % 3 else "comedy"],
        "directors": [f"Director {n % 4}"],
        "year": 1980 + n,
        "popularity": 40 - n,
    }
    for n in range(30)
]
EVERY = ArmBlend(weights=dict.fromkeys(FEATURES, 1.0), encoder="hashing-512")


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    made = make_retriever(tmp_path_factory.mktemp("blend"), ROWS)
    counted = count(made.columns.ids, Conversations((("i0", "i9"), ("i0", "i9")), (("i9",),)))
    said = made.encoder.encode(["a spy in the snow", "two people in love"])
    asked = remember(made.columns.ids, said, [["i9"], ["i3"]], made.encoder.name)
    made.learned = Learned(counted, asked, EVERY)
    return made


def column(table: Any, name: str) -> Any:
    return table[:, list(FEATURES).index(name)]


def test_each_feature_is_what_it_says(retriever: Retriever) -> None:
    table = features(Query(text="film 7", wishes=(Wish("genres", "comedy"),)), retriever)
    assert table.shape == (30, len(FEATURES))
    assert np.isfinite(table).all()
    assert np.allclose(column(table, "popular"), np.log1p([40 - n for n in range(30)]))
    assert (column(table, "popular, nothing named") == column(table, "popular")).all()
    assert (column(table, "wished") > 0).tolist() == [n % 3 == 0 for n in range(30)]
    assert column(table, "worded").argmax() == 7
    seeded = features(Query(seeds={"i0": 1.0}), retriever)
    assert (column(seeded, "popular, nothing named") == 0).all()
    assert column(seeded, "talked").argmax() == 9
    assert column(seeded, "suggested")[9] == pytest.approx(np.log(2))
    assert column(seeded, "people").nonzero()[0].tolist() == [0, 4, 8, 12, 16, 20, 24, 28]
    left_out = features(Query(seeds={"i0": 1.0}), retriever, Learned())
    assert not column(left_out, "talked").any()
    talk = features(Query(text="x", talk="something with a spy"), retriever)
    assert column(talk, "asked alike").argmax() == 9
    assert column(talk, "asked, typical").argmax() == 9


def test_the_best_by_the_weights_comes_first_and_seeds_are_left_out(retriever: Retriever) -> None:
    query = Query(text="drama", seeds={"i4": 1.0})
    found = [c.item.id for c in retriever.find(query)]
    logits = EVERY.logits(features(query, retriever))
    order = [retriever.columns.ids[n] for n in np.argsort(-logits, kind="stable")]
    assert found == [id for id in order if id != "i4"]
    some = np.array([3, 17, 9])
    by_name = EVERY.logits_of(features_by_name(query, retriever), some)
    assert by_name == pytest.approx(logits[some], abs=1e-9)
    assert all(0 <= c.fused <= 1 and c.blended for c in retriever.find(query))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.one_of(
            st.builds(
                Constraint,
                st.just("year"),
                st.sampled_from(["<", ">=", "!="]),
                st.integers(1980, 2010),
            ),
            st.builds(
                Constraint,
                st.just("genres"),
                st.sampled_from(["=", "!="]),
                st.sampled_from(["drama", "comedy"]),
            ),
        ),
        max_size=3,
    ),
    st.sets(st.sampled_from([f"i{n}" for n in range(30)]), max_size=4),
    st.sets(st.sampled_from([f"i{n}" for n in range(30)]), max_size=4),
)
def test_nothing_that_a_limit_forbids_is_brought(
    retriever: Retriever, limits: list[Constraint], hidden: set[str], seeds: set[str]
) -> None:
    query = Query(
        text="a film", seeds=dict.fromkeys(sorted(seeds), 1.0), constraints=tuple(limits),
        hidden=frozenset(hidden),
    )  # fmt: skip
    for candidate in retriever.find(query):
        assert permitted(candidate.item, query.constraints)
        assert candidate.item.id not in hidden | seeds


def test_weights_of_another_encoder_are_not_used_those_of_another_precision_are(
    tmp_path: Path,
) -> None:
    path = tmp_path / FILE
    assert load_arm_blend(path, "m/float32") is None
    path.write_text(ArmBlend(weights={"popular": 1.0}, encoder="m/bfloat16").model_dump_json())
    assert load_arm_blend(path, "m/float32") is not None
    assert load_arm_blend(path, "n/float32") is None


@pytest.mark.parametrize(
    "text", ["", "{}", '{"weights": {"unheard of": 1}, "encoder": "m"}', '{"weights": {"near": NaN}, "encoder": "m"}']
)  # fmt: skip
def test_a_file_that_holds_no_weights_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(ModelUnavailable, match="finetune arms"):
        load_arm_blend(tmp_path / FILE, "m")


def test_where_nothing_is_asked_for_all_that_is_allowed_is_brought_counted_or_not(
    tmp_path: Path,
) -> None:
    uncounted = [{k: v for k, v in row.items() if k != "popularity"} for row in ROWS]
    counted = [row if n < 5 else row | {"popularity": 0} for n, row in enumerate(ROWS)]
    for name, rows in (("without", uncounted), ("few", counted)):
        made = make_retriever(tmp_path / name, rows)
        query = Query(constraints=(Constraint("genres", "=", "drama"),))
        found = [c.item.id for c in made.find(query)]
        assert set(found) == {f"i{n}" for n in range(30) if n % 3}
    assert found[:3] == ["i1", "i2", "i4"]


def test_what_is_taken_when_moves_the_order_and_no_limit(retriever: Retriever) -> None:
    nats = {"time=morning": {"year is high": 3.0}, "time=night": {"year is low": 3.0}}
    file = MomentsFile(weight=2.0, cuts={"year": (1990.0, 2000.0)}, nats=nats)
    before = retriever.learned
    retriever.learned = replace(before, moments=Moments(file))
    limits = (Constraint("year", "<", 2004),)
    found = {
        time: [
            c.item.number("year") or 0
            for c in retriever.find(
                Query(text="film", moment={"time": time} if time else {}, constraints=limits)
            )
        ]
        for time in ("", "morning", "night")
    }
    retriever.learned = before
    assert max(found["morning"]) == 2003
    assert min(found["morning"][:3]) > 2000
    assert max(found["night"][:3]) <= 1990
    plain = retriever.find(Query(text="film", constraints=limits))
    assert found[""] == [c.item.number("year") for c in plain]
