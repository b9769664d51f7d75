"""Fitting the blend: known weights are found again, the same samples give the same bytes."""

from pathlib import Path

import numpy as np
import pytest

from chatbot.lexicon import Lexicon
from finetune.arms import Choices, choices, fit, remembered, taught
from finetune.asked import Listener
from finetune.folds import FOLDS, without_each_fold
from finetune.samples import Message, Sample
from retrieval.errors import TastemakerError
from retrieval.features import FEATURES
from retrieval.learned import UNTAUGHT, save_learned
from tests.conftest import make_retriever

ROWS = [
    {"id": f"i{n}", "title": f"Tale {n}", "genres": ["drama" if n % 2 else "comedy"], "popularity": 50 - n}
    for n in range(40)
]  # fmt: skip
TRUE = {"popular": 0.8, "near": -1.5, "wished": 2.0}


def sample(n: int, said: str, mentioned: tuple[str, ...], *labels: str) -> Sample:
    context = (Message(role="user", text=said),)
    return Sample(id=f"s{n}", dialogue=f"d{n}", context=context, mentioned=mentioned, labels=labels)


SAMPLES = [sample(n, "a comedy please", (f"i{n}",), f"i{(n + 2) % 40}") for n in range(0, 40, 2)]


def test_the_weights_that_made_the_choices_are_found_again() -> None:
    rng = np.random.default_rng(0)
    columns = [list(FEATURES).index(name) for name in TRUE]
    table = np.zeros((3000, 30, len(FEATURES)), dtype=np.float32)
    table[:, :, columns] = rng.normal(size=(3000, 30, len(TRUE)))
    utility = table[:, :, columns] @ np.array(list(TRUE.values())) + rng.gumbel(size=(3000, 30))
    chosen = utility.argmax(axis=1)
    for row, place in enumerate(chosen):
        table[row, [0, place]] = table[row, [place, 0]]
    found = fit(Choices(table, np.zeros(30)))
    assert found.keys() == TRUE.keys()  # what never differs gets no weight
    for name, weight in TRUE.items():
        assert found[name] == pytest.approx(weight, abs=0.12)


def test_choices_hold_each_label_first_and_nothing_that_was_named(tmp_path: Path) -> None:
    retriever = make_retriever(tmp_path, ROWS)
    known = without_each_fold(retriever.columns.ids, SAMPLES, remembered(SAMPLES, retriever))
    made = choices(SAMPLES, retriever, Listener(Lexicon(retriever.catalogue)), known)
    assert made.features.shape[0] == len(SAMPLES)
    popular = list(FEATURES).index("popular")
    assert made.features[0, 0, popular] == pytest.approx(np.log1p(48))
    assert not np.isclose(made.features[0, :, popular], np.log1p(50)).any()  # i0 was named
    suggested = list(FEATURES).index("suggested")
    assert made.features[0, 0, suggested] == 0  # its own conversation is left out


def test_the_same_samples_give_the_same_weights_and_wishes_count(tmp_path: Path) -> None:
    retriever = make_retriever(tmp_path, ROWS)
    lexicon = Lexicon(retriever.catalogue)
    one = taught(SAMPLES, retriever, Listener(lexicon), "test")
    two = taught(SAMPLES, retriever, Listener(lexicon), "test")
    save_learned(tmp_path / "one", one)
    save_learned(tmp_path / "two", two)
    stored = {p.name: p.read_bytes() for p in (tmp_path / "one").iterdir()}
    assert stored == {p.name: p.read_bytes() for p in (tmp_path / "two").iterdir()}
    assert one.blend is not None
    assert one.blend.weights["wished"] > 0
    assert one.blend.encoder == retriever.encoder.name


def test_samples_of_another_catalogue_are_refused(tmp_path: Path) -> None:
    retriever = make_retriever(tmp_path, ROWS)
    with pytest.raises(TastemakerError, match="None of the samples"):
        choices(
            [sample(0, "hi", (), "elsewhere")],
            retriever,
            Listener(Lexicon(retriever.catalogue)),
            [UNTAUGHT] * FOLDS,
        )


def test_what_was_heard_is_not_liked_when_it_was_disliked(tmp_path: Path) -> None:
    retriever = make_retriever(tmp_path, ROWS)
    listener = Listener(Lexicon(retriever.catalogue))
    query = listener.query(sample(0, "I hated Tale 3, but I want a drama", ("i3", "i5"), "i7"))
    assert set(query.seeds) == {"i5"}
    assert query.against == {"i3"}
    assert [(w.facet, w.value) for w in query.wishes] == [("genres", "drama")]
