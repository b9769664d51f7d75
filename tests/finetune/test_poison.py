"""Visitors who push one item: what caps, votes and the gate stop, and what they let through."""

import pytest

from tests.finetune.poison import Row, one_seed, table


def measured(seeds: int, size: int, hard: bool = False) -> dict[tuple[float, int], Row]:
    found: dict[tuple[float, int], Row] = {}
    for seed in range(seeds):
        one_seed(seed, size, found, hard)
    return found


def test_a_push_that_would_reach_the_top_five_is_stopped() -> None:
    found = measured(1, 600)
    assert sum(row.reach for row in found.values()) >= 2, "fifty visitors in a thousand do reach it"
    assert sum(row.stopped for row in found.values()) == sum(row.reach for row in found.values())
    assert found[0, 0].passed == 1, found[0, 0].why


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("hard", [False, True])
def test_caps_and_gate_stop_what_is_pushed_and_let_clean_runs_through(hard: bool) -> None:
    found = measured(20, 1000, hard)
    print(f"\n{table(found)}")
    reach = sum(row.reach for row in found.values())
    assert reach >= 30
    assert sum(row.stopped for row in found.values()) >= 0.95 * reach
    assert found[0, 0].passed >= 0.95 * found[0, 0].runs
