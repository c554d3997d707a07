"""Acceptance: kill -9 of the whole process tree amid running orders; every order ends right, each charge once.

``tests/crash/test_kill_everything.py`` is its small form.
"""

from __future__ import annotations

import pytest

from tests.e2e.kill_all import run
from tests.soak import SEEDS


@pytest.mark.soak
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("seed", SEEDS)
def test_hundreds_of_orders_end_right_although_the_whole_tree_is_killed_again_and_again(seed: int) -> None:
    report = run(orders=400, kills=10, seed=seed)
    print(report)
    assert report.wrong == [], str(report)
