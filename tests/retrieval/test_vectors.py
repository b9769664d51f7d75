"""One contract over every vector index, exact and Chroma; and what makes an index stale."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from retrieval.catalogue import Catalogue, write_catalogue
from retrieval.chroma_index import ChromaIndex
from retrieval.encoder import HashingEncoder, Vectors, unit
from retrieval.errors import HomeInUse
from retrieval.vectors import ExactIndex, VectorIndex, fill, fill_with

Opener = Callable[[], VectorIndex]


@pytest.fixture(params=["exact", "chroma"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    made: VectorIndex = (
        ExactIndex() if request.param == "exact" else ChromaIndex(tmp_path / "v", "test")
    )
    yield made
    if isinstance(made, ChromaIndex):
        made.close()


def some(n: int, seed: int = 0) -> tuple[list[str], Vectors]:
    rng = np.random.default_rng(seed)
    return [f"i{k:03}" for k in range(n)], unit(rng.normal(size=(n, 16)).astype(np.float32))


def test_the_nearest_come_first_with_their_cosine(index: VectorIndex) -> None:
    ids, vectors = some(60)
    index.put(ids, vectors, ["h"] * 60)
    [found] = index.search(vectors[7:8], 5)
    expected = np.argsort(-(vectors @ vectors[7]))[:5]
    assert [id for id, _ in found] == [ids[i] for i in expected]
    assert [score for _, score in found] == pytest.approx(
        [float(vectors[i] @ vectors[7]) for i in expected], abs=1e-4
    )


def test_only_allowed_items_are_found(index: VectorIndex) -> None:
    ids, vectors = some(60)
    index.put(ids, vectors, ["h"] * 60)
    allowed = frozenset(ids[:3])
    [found] = index.search(vectors[50:51], 10, allowed)
    assert {id for id, _ in found} == allowed
    assert index.search(vectors[50:51], 10, frozenset()) == [[]]


def test_what_was_removed_is_not_found_and_what_was_replaced_moves(index: VectorIndex) -> None:
    ids, vectors = some(10)
    index.put(ids, vectors, ["h"] * 10)
    index.remove(ids[:5])
    index.put([ids[9]], vectors[:1], ["new"])
    [found] = index.search(vectors[:1], 1)
    assert found[0][0] == ids[9]
    assert set(index.stored()) == set(ids[5:])
    assert index.stored()[ids[9]] == "new"
    assert index.vectors([ids[9]]) == pytest.approx(vectors[:1], abs=1e-6)


def test_an_empty_index_finds_nothing(index: VectorIndex) -> None:
    assert index.search(np.ones((2, 16), dtype=np.float32), 3) == [[], []]


def test_chroma_keeps_its_vectors_and_drops_those_of_another_encoder(tmp_path: Path) -> None:
    ids, vectors = some(20)
    first = ChromaIndex(tmp_path, "one")
    first.put(ids, vectors, ["h"] * 20)
    first.close()
    again = ChromaIndex(tmp_path, "one")
    assert set(again.stored()) == set(ids)
    again.close()
    other = ChromaIndex(tmp_path, "two")
    assert other.stored() == {}
    other.close()


def test_an_index_says_what_made_it_and_is_brought_up_to_date_when_either_changed(
    tmp_path: Path,
) -> None:
    write_catalogue(tmp_path / "c", [{"id": "a", "title": "A"}])
    catalogue, encoder = Catalogue(tmp_path / "c"), HashingEncoder()
    first = ChromaIndex(tmp_path / "v", encoder.name)
    assert first.made_for == ""
    assert fill(first, catalogue, encoder) == 1
    first.close()
    again = ChromaIndex(tmp_path / "v", encoder.name)
    assert again.made_for == catalogue.hash
    assert fill(again, catalogue, encoder) == 0
    write_catalogue(tmp_path / "c", [{"id": "a", "title": "A"}, {"id": "b", "title": "B"}])
    assert fill(again, Catalogue(tmp_path / "c"), encoder) == 1
    again.close()
    other = ChromaIndex(tmp_path / "v", "another encoder")
    assert other.made_for == ""
    assert fill(other, Catalogue(tmp_path / "c"), encoder) == 2
    other.close()


def test_a_second_opener_is_refused_with_a_sentence(tmp_path: Path) -> None:
    first = ChromaIndex(tmp_path, "one")
    with pytest.raises(HomeInUse, match="--home"):
        ChromaIndex(tmp_path, "one")
    first.close()
    ChromaIndex(tmp_path, "one").close()


def test_vectors_that_are_not_finite_are_refused(tmp_path: Path) -> None:
    index = ChromaIndex(tmp_path, "one")
    with pytest.raises(ValueError, match="NaN"):
        index.put(["a"], np.full((1, 4), np.nan, dtype=np.float32), ["h"])
    index.close()


def test_only_changed_items_are_embedded_again(tmp_path: Path) -> None:
    rows = [{"id": f"i{n}", "title": f"Film {n}", "tags": ["x"], "price": n} for n in range(9)]
    write_catalogue(tmp_path, rows)
    index, encoder = ExactIndex(), HashingEncoder()
    assert fill(index, Catalogue(tmp_path), encoder) == 9
    assert fill(index, Catalogue(tmp_path), encoder) == 0
    rows[3] = {**rows[3], "tags": ["y"]}
    rows[4] = {**rows[4], "price": 99}  # a price is not in the text: nothing to embed
    written = write_catalogue(tmp_path, rows[:8])
    assert (written.added, written.removed) == (frozenset(), frozenset(["i8"]))
    assert written.changed == frozenset(["i3", "i4"])
    assert fill(index, Catalogue(tmp_path), encoder) == 1
    assert set(index.stored()) == {f"i{n}" for n in range(8)}


@pytest.mark.parametrize("followed", [True, False])
def test_an_update_need_look_at_nothing_but_what_was_written(
    tmp_path: Path, followed: bool
) -> None:
    rows = [{"id": f"i{n}", "title": f"Film {n}", "price": n} for n in range(9)]
    whole, part = ExactIndex(), ChromaIndex(tmp_path / "vectors", "one")
    write_catalogue(tmp_path, rows)
    fill(part, Catalogue(tmp_path), HashingEncoder())
    if not followed:  # it missed a version, so what was written last is not all that it lacks
        rows[0] = {**rows[0], "title": "Missed"}
        write_catalogue(tmp_path, rows)
    changed = [{**rows[1], "title": "Renamed"}, {**rows[2], "price": 99}, *rows[3:8], rows[0]]
    written = write_catalogue(tmp_path, [*changed, {"id": "new", "title": "New"}])
    catalogue = Catalogue(tmp_path)
    items, schema = catalogue.items.values(), catalogue.schema
    embedded = fill_with(part, catalogue.hash, items, schema, HashingEncoder(), None, written)
    assert embedded == 2 + (not followed)
    fill(whole, catalogue, HashingEncoder())
    assert part.stored() == whole.stored()
    assert part.stored(["new", "i8"]) == {"new": whole.stored()["new"]}
    assert np.array_equal(part.vectors(["i1"]), whole.vectors(["i1"]))
    part.close()


def test_embedding_goes_on_where_it_was_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retrieval.vectors.STEP", 4)
    write_catalogue(tmp_path, [{"id": f"i{n}", "title": f"Film {n}"} for n in range(10)])
    index = ExactIndex()

    def stop(what: str, done: int, whole: int) -> None:
        if done >= 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fill(index, Catalogue(tmp_path), HashingEncoder(), stop)
    assert len(index.stored()) == 4
    assert index.made_for == ""
    assert fill(index, Catalogue(tmp_path), HashingEncoder()) == 6
