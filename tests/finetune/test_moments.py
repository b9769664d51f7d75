"""What is taken when: learned where it is so, left out where it is chance, and it changes the order."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from finetune.moments import Met, fitted_moments
from finetune.samples import Message, Sample
from retrieval.catalogue import Catalogue, write_catalogue
from retrieval.errors import ModelUnavailable
from retrieval.moments import FILE, Moments, load_moments, save_moments

ITEMS = 60


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    folder = tmp_path_factory.mktemp("films")
    rows = [
        {"id": f"f{n}", "title": f"Film {n}", "runtime": 60 + 2 * n, "genres": [["a", "b"][n % 2]]}
        for n in range(ITEMS)
    ]
    write_catalogue(folder, rows)
    return Catalogue(folder)


def lists(true: float, many: int = 400) -> list[Met]:
    """Lists of ten films at odds that know nothing. On a phone a short one is taken, as often as `true`
    says; else any."""
    rng = np.random.default_rng(3)
    found = []
    for n in range(many):
        rows = rng.permutation(ITEMS)[:10].astype(np.int64)
        phone = bool(rng.random() < 0.5)
        place = int(rows.argmin()) if phone and rng.random() < true else int(rng.integers(10))
        sample = Sample(
            id=str(n),
            dialogue=f"d{n}",
            context=(Message(role="user", text="a film"),),
            mentioned=(),
            labels=(f"f{rows[place]}",),
            moment={"device": "phone" if phone else "Desk top"},
        )
        found.append(Met(sample, rows, np.zeros(10), np.arange(10) == place))
    return found


def test_what_is_taken_on_a_phone_is_learned(films: Catalogue) -> None:
    moments = fitted_moments(lists(0.7), films)
    assert moments is not None
    nats = moments.file.nats["device=phone"]
    assert nats["runtime is low"] > 0.3 > 0 > nats["runtime is high"]
    assert moments.file.nats["device=desk top"].get("runtime is low", 0.0) < 0
    rows = np.array([0, ITEMS - 1])
    short, long = moments.nats({"Device": " Phone"}, films, rows)
    assert short > 0 > long
    assert not moments.nats({"device": "television"}, films, rows).any()
    assert not moments.nats({}, films, rows).any()


def test_chance_is_not_learned(films: Catalogue) -> None:
    assert fitted_moments(lists(0.0), films) is None


def test_few_lists_and_silent_sites_are_not_learned_from(films: Catalogue) -> None:
    assert fitted_moments(lists(0.9, 12), films) is None
    silent = [replace(m, sample=m.sample.model_copy(update={"moment": {}})) for m in lists(0.9)]
    assert fitted_moments(silent, films) is None


def test_it_comes_back_from_disk_and_a_damaged_file_is_refused(
    films: Catalogue, tmp_path: Path
) -> None:
    moments = fitted_moments(lists(0.7), films)
    assert moments is not None
    save_moments(tmp_path / FILE, moments)
    assert load_moments(tmp_path / FILE) == moments == Moments(moments.file)
    assert load_moments(tmp_path / "none.json") is None
    text = (tmp_path / FILE).read_text()
    for wrong in (text[:-9], text.replace('"weight": ', '"weight": -'), "{}"):
        (tmp_path / FILE).write_text(wrong)
        with pytest.raises(ModelUnavailable, match="finetune arms"):
            load_moments(tmp_path / FILE)
