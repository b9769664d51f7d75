"""Linear layers packed for reading: the same numbers but for rounding, and what stays as it was."""

import pytest
import torch

from retrieval.packed import MOST, pack

has_packing = pytest.mark.skipif(
    torch.backends.quantized.engine not in ("x86", "fbgemm"),
    reason="this torch has no FBGEMM",
)


def network() -> torch.nn.Sequential:
    torch.manual_seed(3)
    last = torch.nn.Linear(384, 1536, bias=False)
    return torch.nn.Sequential(torch.nn.Linear(384, 384), torch.nn.LayerNorm(384), last)


@has_packing
@pytest.mark.parametrize("rows", [1, 5, 12, 200])
def test_a_product_is_off_by_the_rounding_of_its_weights_at_most(rows: int) -> None:
    linear = torch.nn.Linear(384, 1536)
    layer = torch.nn.Sequential(linear)
    given = torch.randn(2, rows, 384)
    with torch.inference_mode():
        exact = layer(given)
        off = given.abs() @ linear.weight.abs().T * 2.0**-11 + 1e-5
        assert pack(layer)
        found = layer(given)
    assert found.dtype == torch.float32
    assert found.shape == exact.shape
    assert ((found - exact).abs() <= off).all()
    assert not torch.equal(found, exact)


@has_packing
def test_only_linear_layers_are_packed_with_and_without_a_bias() -> None:
    plain, packed = network(), network()
    assert pack(packed)
    assert [type(m).__name__ for m in packed] == ["PackedLinear", "LayerNorm", "PackedLinear"]
    given = torch.randn(7, 384)
    with torch.inference_mode():
        assert torch.allclose(packed(given), plain(given), atol=2e-3)


def test_numbers_too_large_for_sixteen_bits_leave_everything_as_it_is() -> None:
    large = torch.nn.Linear(64, 64)
    layer = torch.nn.Sequential(torch.nn.Linear(64, 64), large)
    with torch.no_grad():
        large.weight[3, 4] = 2 * MOST
    assert not pack(layer)
    assert all(isinstance(part, torch.nn.Linear) for part in layer)


def test_where_torch_cannot_pack_everything_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.quantized, "engine", "qnnpack")
    layer = torch.nn.Sequential(torch.nn.Linear(64, 64))
    assert not pack(layer)
    assert isinstance(layer[0], torch.nn.Linear)
