"""What gateways ask: whether a token elsewhere can still come over a flow."""

from __future__ import annotations

import itertools
import tracemalloc

from baton.bpmn import read
from baton.runtime.core import reachability
from baton.runtime.core.reachability import Reachability
from tests.bpmn.build import process


def make(nodes: str, flow: str) -> Reachability:
    return Reachability(read(process(nodes, flow)).processes[0])


def test_a_token_can_come_over_every_flow_ahead_of_it_but_not_through_the_node_that_asks() -> None:
    nodes = "".join(f'<task id="{name}"/>' for name in "abcd")
    reach = make(nodes, "a>b>c>d")
    assert [reach.leads("a", flow, past="c") for flow in ("a-b", "b-c", "c-d")] == [True, True, False]
    assert reach.leads("c", "c-d", past="c"), "its own flows are ahead of it"
    assert not reach.leads("c", "a-b", past="d")


def test_a_token_on_a_loop_can_come_to_its_own_node_again() -> None:
    nodes = "".join(f'<task id="{name}"/>' for name in "abc")
    reach = make(nodes, "a>b>c>a")
    assert reach.leads("b", "a-b", past="c") is False
    assert reach.leads("a", "c-a", past="x")


def test_a_boundary_event_counts_only_where_it_is_asked_for() -> None:
    nodes = '<task id="a"/><task id="b"/><boundaryEvent id="t" attachedToRef="a"><timerEventDefinition>'
    reach = make(f"{nodes}<timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>", "t>b")
    assert reach.leads("a", "t-b", past="x")
    assert not reach.leads_by_flows("a", "t-b", past="x")


def test_what_is_kept_of_a_dense_model_stays_small() -> None:
    names = [f"g{number}" for number in range(40)]
    nodes = "".join(f'<inclusiveGateway id="{name}"/>' for name in names)
    reach = make(nodes, " ".join(f"{one}>{other}" for one, other in itertools.permutations(names, 2)))
    tracemalloc.start(10)
    try:
        for one, other in itertools.permutations(names, 2):
            assert reach.leads(one, f"{one}-{other}", past=other)
            assert reach.leads(one, f"{other}-{one}", past="none")
        # Only what is allocated there: what other tests left running allocates too.
        there = tracemalloc.Filter(inclusive=True, filename_pattern=reachability.__file__, all_frames=True)
        kept = sum(trace.size for trace in tracemalloc.take_snapshot().filter_traces([there]).traces)
    finally:
        tracemalloc.stop()
    assert 0 < kept < 2_000_000, f"{kept} bytes"
