"""What ``python -m bench streams`` measures with 200 clients, with a few, of both kinds of serving process."""

from __future__ import annotations

import pytest

from bench.streams import watch
from tests.e2e.test_streams_apart import PATIENCE, Viewer, find_pids, read_gauge
from tests.running import running, until

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def test_plain_clients_get_every_event_once_while_instances_run_and_a_stop_ends_their_streams() -> None:
    with running("--no-samples") as baton:
        assert find_pids(baton) == [], "it starts with the first stream for it"

        seen = watch(baton.port, clients=20, rate=10, seconds=3)

        assert seen.instances == 30
        assert (seen.missed, seen.repeated, seen.out_of_order) == (0, 0, 0)
        assert seen.events == 20 * seen.expected
        assert len(find_pids(baton)) == 1
        viewers = [Viewer(baton, "/stream", {}) for _ in range(12)]
        assert [next(viewer.messages).event for viewer in viewers] == ["snapshot"] * 12
        baton.stop()
        assert [list(viewer.messages) for viewer in viewers] == [[]] * 12
        assert all(viewer.response.isclosed() for viewer in viewers), "to the end of the last chunk"
        for viewer in viewers:
            viewer.close()


def test_streams_of_browsers_are_kept_until_others_are_served_apart_and_then_come_there() -> None:
    browser = {"Sec-Fetch-Mode": "cors"}
    with running("--no-samples") as baton:
        kept = [Viewer(baton, "/stream", browser) for _ in range(4)]
        assert [next(viewer.messages).event for viewer in kept] == ["snapshot"] * 4
        assert find_pids(baton) == [], "few browsers need no process of their own"

        program = Viewer(baton, "/stream", {})

        assert next(program.messages).event == "snapshot"
        assert [list(viewer.messages) for viewer in kept] == [[]] * 4
        again = [Viewer(baton, "/stream", {**browser, "Last-Event-ID": "0-1"}) for _ in kept]
        assert [next(viewer.messages).event for viewer in again] == ["resync"] * 4
        until(lambda: read_gauge(baton, "baton_live_streams_apart") == 5 or None, PATIENCE)
        assert read_gauge(baton, "baton_live_streams") == 0
        assert len(find_pids(baton)) == 1
        for viewer in (*kept, *again, program):
            viewer.close()
