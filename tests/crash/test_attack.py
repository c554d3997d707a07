"""Acceptance: a server that is attacked refuses what is too much, dies of nothing, and keeps nobody else waiting."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.attack import MOST_SECONDS, run
from tests.crash.attacks import SMALL


@pytest.mark.e2e
@pytest.mark.slow
@pytest.mark.longest
@pytest.mark.timeout(400)
@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="needs /proc, which Linux has")
def test_others_are_served_while_the_server_is_attacked() -> None:
    outcomes = {outcome.name: outcome for outcome in run(SMALL)}
    assert [text for outcome in outcomes.values() for text in outcome.judge(10 * MOST_SECONDS)] == []
    assert dict(outcomes["poison steps"].answers) == {200: 7}
    assert dict(outcomes["dense files"].answers) == {200: SMALL.checks + 3 + 2 * SMALL.long_models, 422: 2}
    assert dict(outcomes["wide decisions"].answers) == {200: 16, 400: 1}
    assert dict(outcomes["slow bodies"].answers) == {408: SMALL.slow}
    assert set(outcomes["frozen store"].answers) == {200, 503}
