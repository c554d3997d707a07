"""Acceptance: everything is killed or frozen amid running orders; every order ends right, each charge counts once."""

from __future__ import annotations

import pytest

from tests.crash.chaos import run
from tests.soak import SEEDS


@pytest.mark.e2e
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_orders_end_right_whatever_is_killed_or_frozen() -> None:
    report = run(orders=60, seed=7, every=1.0)
    assert report.wrong == [], str(report)
    assert report.struck["kill everything"] >= 1
    assert sum(report.struck.values()) >= 3, str(report)


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", SEEDS)
def test_thousands_of_orders_end_right_whatever_is_killed_or_frozen(seed: int) -> None:
    report = run(orders=2_000, seed=seed)
    print(report)
    assert report.wrong == [], str(report)
