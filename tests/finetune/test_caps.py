"""Bounds on a set of samples, on sets whose answer is known."""

from finetune.caps import cap
from finetune.samples import Judged, Sample


def sample(visitor: str, n: int, *labels: str) -> Sample:
    judged = tuple(Judged(id=label, position=1, why="like") for label in labels)
    return Sample(id=f"{visitor}/{n}", context=(), mentioned=(), labels=labels, positives=judged, visitor=visitor, catalogue="films")  # fmt: skip


def test_what_one_bound_drops_counts_for_the_other() -> None:
    """Nearly all like x; with six of those emptied, the visitor who had three of ten has three of four."""
    samples = [sample("v", n, f"own{n}") for n in range(3)]
    samples += [sample(f"other{n}", 1, "x") for n in range(7)]
    found = cap(samples, 0.3, 0.2, 0)
    assert (found.most_of_visitor, found.most_of_item, found.emptied) == (1, 1, 6)
    assert sorted(s.visitor[:1] for s in found.samples) == ["o", "v"]
    assert +found.visitors == {"v": 2}
    assert +found.items == {("films", "x"): 6}


def test_a_label_that_is_dropped_leaves_the_others_of_its_sample() -> None:
    samples = [sample(f"v{n}", 1, "x", f"own{n}") for n in range(10)]
    found = cap(samples, 1, 0.1, 0)
    assert len(found.samples) == 10
    assert sum("x" in s.labels for s in found.samples) == found.most_of_item == 1
    assert all(s.labels == tuple(p.id for p in s.positives) for s in found.samples)


def test_another_seed_drops_others_and_the_same_seed_the_same() -> None:
    samples = [sample("v", n, f"own{n}") for n in range(40)]
    kept = [[s.id for s in cap(samples, 0.1, 1, seed).samples] for seed in (0, 0, 1)]
    assert kept[0] == kept[1] != kept[2]


def test_the_same_id_in_two_catalogues_is_two_items() -> None:
    film = sample("v", 1, "x")
    book = sample("w", 1, "x").model_copy(update={"catalogue": "books"})
    assert cap([film, book], 1, 0.5, 0).items.total() == 0
    assert not cap([], 0.005, 0.05, 0).samples
