"""Acceptance: primaries of a Cluster are killed and frozen amid the samples; every instance ends right."""

from __future__ import annotations

import pytest

from tests.crash.cluster_storm import run
from tests.soak import SEEDS


@pytest.mark.e2e
@pytest.mark.slow
@pytest.mark.timeout(240)
def test_instances_end_right_whichever_primary_of_a_cluster_is_killed_or_frozen() -> None:
    report = run(orders=120, seed=3)
    assert report.wrong == [], str(report)
    assert report.struck == {"kill primary": 1, "freeze primary": 2}


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_thousand_instances_end_right_whichever_primary_is_killed_or_frozen(seed: int) -> None:
    report = run(orders=1_000, seed=seed)
    print(report)
    assert report.wrong == [], str(report)
