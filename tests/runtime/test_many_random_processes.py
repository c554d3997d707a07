"""The random processes of `make test`, ten times as many, with other seeds."""

from __future__ import annotations

import pytest

from tests.runtime.test_random_processes import run
from tests.soak import SEEDS

COUNT = 10_000


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", SEEDS)
def test_ten_thousand_processes_restored_after_every_turn_go_the_same_way(seed: int) -> None:
    for number in range(seed * 1_000_000, seed * 1_000_000 + COUNT):
        try:
            run(number)
        except BaseException as error:
            error.add_note(f"BATON_RANDOM_SEED={number} BATON_RANDOM_PROCESSES=1")
            raise
