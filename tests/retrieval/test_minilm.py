"""The packaged MiniLM read by torch alone: the same bits as sentence-transformers gives."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from retrieval.encoder import unit
from retrieval.minilm import MiniLm
from retrieval.sentence_encoder import SentenceEncoder, packaged_minilm

FILMS = Path(__file__).parents[2] / "data" / "films.jsonl"
ODD = ["", " ", "一部关于火星的电影", "naïve café 🙂", "x" * 3000, "word " * 700, "a\tb\n\nc"]


@pytest.fixture(scope="module")
def texts() -> list[str]:
    lines = FILMS.read_text(encoding="utf-8").splitlines()[:60]
    rows = [json.loads(line) for line in lines]
    titles = [row["title"] for row in rows[:9]]
    return [*ODD, *titles, *(row["description"] for row in rows)]


@pytest.mark.models
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_vectors_are_those_of_sentence_transformers_bit_by_bit(
    texts: list[str], precision: str
) -> None:
    import torch  # noqa: PLC0415
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415

    theirs: Any = SentenceTransformer(str(packaged_minilm()), device="cpu")
    ours = MiniLm(packaged_minilm())
    theirs.to(getattr(torch, precision))
    ours.network.to("cpu", getattr(torch, precision))
    ours.device = "cpu"
    for some in (texts, texts[9:10], texts[16:18]):
        expected = theirs.encode(some, batch_size=32, convert_to_tensor=True)
        assert torch.equal(ours.encode(some), expected)


@pytest.mark.models
def test_the_default_encoder_gives_unit_vectors_and_needs_no_sentence_transformers() -> None:
    code = (
        "import sys; from retrieval.sentence_encoder import SentenceEncoder as S;"
        "v = S().encode(['a', 'a heist']); print(v.shape, abs((v * v).sum(1) - 1).max() < 1e-5);"
        "print([m for m in ('transformers', 'sentence_transformers') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["(2, 384) True", "[]"]


@pytest.mark.models
def test_no_text_gives_no_vector_and_one_text_the_same_as_among_others() -> None:
    encoder = SentenceEncoder()
    assert encoder.encode([]).shape[0] == 0
    one = encoder.encode(["a bank heist"])
    several = encoder.encode(["a bank heist", "thieves rob a vault and flee over the border"])
    assert np.allclose(unit(one), several[:1], atol=0.02)
