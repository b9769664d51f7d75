"""MiniLM's layers packed for reading: the same numbers but for rounding, and what can not be packed."""

from typing import Any

import pytest
import torch

from retrieval.minilm import HEADS, network_in, through
from retrieval.packed import MOST, PackedLayers, can_pack
from retrieval.sentence_encoder import packaged_minilm

pytestmark = pytest.mark.models
has_packing = pytest.mark.skipif(
    torch.backends.quantized.engine not in ("x86", "fbgemm"), reason="this torch has no FBGEMM"
)


@pytest.fixture(scope="module")
def layers() -> Any:
    return network_in(packaged_minilm())["encoder"]["layer"]


@has_packing
@pytest.mark.parametrize(("texts", "pieces"), [(1, 1), (1, 13), (3, 13), (2, 200)])
def test_states_are_those_of_the_layers_but_for_the_rounding_of_weights(
    layers: Any, texts: int, pieces: int
) -> None:
    torch.manual_seed(5)
    hidden, real = torch.randn(texts, pieces, 384), torch.ones(texts, pieces)
    if texts > 1:
        real[0, pieces // 2 :] = 0
    packed = PackedLayers(layers, HEADS)
    with torch.inference_mode():
        exact, found = through(layers, hidden, real), through(packed, hidden, real)
        short = through([layer.bfloat16() for layer in copied(layers)], hidden.bfloat16(), real)
    assert found.dtype == torch.float32
    assert found.shape == exact.shape
    off, worse = ((x - exact).abs()[real == 1] for x in (found, short.float()))
    assert not torch.equal(found, exact)
    assert 4 * off.max() < worse.max()
    assert 8 * off.mean() < worse.mean()


def copied(layers: Any) -> list[Any]:
    fresh = network_in(packaged_minilm())["encoder"]["layer"]
    fresh.load_state_dict(layers.state_dict())
    return list(fresh)


@has_packing
def test_what_is_given_stays_as_it_was(layers: Any) -> None:
    hidden, real = torch.randn(1, 9, 384), torch.ones(1, 9)
    before = hidden.clone()
    with torch.inference_mode():
        first = through(PackedLayers(layers, HEADS), hidden, real)
        again = through(PackedLayers(layers, HEADS), hidden, real)
    assert torch.equal(hidden, before)
    assert torch.equal(first, again)


def test_numbers_too_large_for_sixteen_bits_are_not_packed() -> None:
    large = torch.nn.Linear(64, 64)
    with torch.no_grad():
        large.weight[3, 4] = 2 * MOST
    assert not can_pack(torch.nn.Sequential(torch.nn.Linear(64, 64), large))


def test_where_torch_cannot_pack_nothing_is(layers: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.quantized, "engine", "qnnpack")
    assert not can_pack(layers)
