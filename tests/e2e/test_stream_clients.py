"""What ``python -m bench streams`` measures with 200 clients, with a few: each gets every event once, in order."""

from __future__ import annotations

import pytest

from bench.streams import watch
from tests.running import running

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def test_plain_clients_get_every_event_once_while_instances_run() -> None:
    with running("--no-samples") as baton:
        seen = watch(baton.port, clients=20, rate=10, seconds=3)

    assert seen.instances == 30
    assert (seen.missed, seen.repeated, seen.out_of_order) == (0, 0, 0)
    assert seen.events == 20 * seen.expected
