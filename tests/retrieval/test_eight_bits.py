"""Weights in a byte each: how far off they are, and what is refused."""

import pytest
import torch

from retrieval.eight_bits import LEAST_ROWS, STEPS, in_eight_bits, in_full


def test_a_number_is_off_by_half_a_step_of_its_row_at_most() -> None:
    rows = torch.logspace(-6, 3, LEAST_ROWS)[:, None]
    matrix = rows * torch.randn(LEAST_ROWS, 100, generator=torch.Generator().manual_seed(1))
    stored = in_eight_bits({"m": matrix})
    assert stored["m"].dtype == torch.int8
    again = in_full(stored)
    assert set(again) == {"m"}
    steps = matrix.abs().amax(1, keepdim=True) / 127
    assert ((again["m"] - matrix).abs() <= 0.5001 * steps).all()
    assert not torch.equal(again["m"], matrix)


def test_a_row_of_zeros_stays_zeros() -> None:
    matrix = torch.zeros(LEAST_ROWS, 4)
    matrix[1, 2] = -3.0
    assert torch.equal(in_full(in_eight_bits({"m": matrix}))["m"], matrix)


def test_what_is_no_large_matrix_stays_in_sixteen_bits() -> None:
    state = {"bias": torch.rand(500), "head": torch.rand(LEAST_ROWS - 1, 9)}
    stored = in_eight_bits(state)
    assert {name: value.dtype for name, value in stored.items()} == {
        "bias": torch.bfloat16,
        "head": torch.bfloat16,
    }
    assert torch.equal(in_full(stored)["bias"], state["bias"].to(torch.bfloat16))


def test_bytes_without_steps_and_steps_without_bytes_are_refused() -> None:
    stored = in_eight_bits({"m": torch.rand(LEAST_ROWS, 4)})
    with pytest.raises(ValueError, match="its steps are missing"):
        in_full({"m": stored["m"]})
    with pytest.raises(ValueError, match="steps of no weights"):
        in_full({"m" + STEPS: stored["m" + STEPS]})
