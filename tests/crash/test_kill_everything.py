"""Acceptance: kill -9 of engine, web and Valkey amid running orders; every order ends right, each charge once."""

from __future__ import annotations

import pytest

from tests.crash.chaos import run


@pytest.mark.e2e
@pytest.mark.slow
@pytest.mark.timeout(240)
def test_orders_end_right_although_everything_is_killed_twice() -> None:
    report = run(orders=40, kills=2, seed=7)
    assert report.wrong == [], str(report)
    assert report.kills == 2
    assert all(report.running), "each kill must hit running orders"
