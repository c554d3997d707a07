"""What is too large, too long or too much: refused clearly, or an incident, and never in the way of others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from baton.model.commands import CancelInstance, CompleteExternalTask, ResolveIncident, SetVariables
from baton.model.errors import BadRequest, CannotComplete, Conflict, Overloaded
from baton.model.records import InstanceState
from baton.runtime import Instance
from baton.service import Engine, IncidentQuery, InstanceQuery, Resource, SimulationRequest
from baton.service.simulation.simulator import TO_REST
from tests.service.conftest import Clock
from tests.service.processes import bpmn, deploy, external, fetch, line, timer

CYCLE = bpmn(
    '<startEvent id="s"/><exclusiveGateway id="g"/><sequenceFlow id="f0" sourceRef="s" targetRef="g"/>'
    + timer("w", "PT1M")
    + '<sequenceFlow id="f1" sourceRef="g" targetRef="w"/><sequenceFlow id="f2" sourceRef="w" targetRef="g"/>'
)
MANY_STEPS = bpmn(line(*(f'<manualTask id="m{n}"/>' for n in range(30)), external("t")))


def multi(more: str, inside: str = "") -> bytes:
    return bpmn(
        line(
            '<serviceTask id="m" camunda:type="external" camunda:topic="work">'
            f"<multiInstanceLoopCharacteristics {more}>{inside}</multiInstanceLoopCharacteristics></serviceTask>"
        )
    )


COUNT = "<loopCardinality>${n}</loopCardinality>"
MULTI = {
    "parallel": multi("", COUNT),
    "sequential": multi('isSequential="true"', COUNT),
    "collection": multi('camunda:collection="list" camunda:elementVariable="x"'),
}


# -- sizes


def test_a_variable_that_is_too_large_is_refused_wherever_it_comes_in(engines: Callable[..., Engine]) -> None:
    engine = engines(max_variable_bytes=1_000)
    definition = deploy(engine)
    big = {"blob": "x" * 1_001}
    with pytest.raises(BadRequest, match="'blob' has 1001"):
        engine.starts.start(definition.id, variables=big)
    header = engine.starts.start(definition.id)
    (one,) = fetch(engine)
    for command in (
        SetVariables(set=big),
        CompleteExternalTask(task_id=one.task.id, worker_id="w", variables=big),
        CompleteExternalTask(task_id=one.task.id, worker_id="w", local_variables=big),
    ):
        with pytest.raises(BadRequest, match="'blob' has 1001"):
            engine.mailbox.submit(header.id, command)
    assert engine.instance_reader.get_variables(header.id) == {}


def test_all_variables_of_an_instance_have_a_bound_together(engines: Callable[..., Engine]) -> None:
    engine = engines(max_instance_bytes=2_000)
    definition = deploy(engine)
    with pytest.raises(BadRequest, match="together"):
        engine.starts.start(definition.id, variables={"a": "x" * 1_500, "b": "x" * 1_500})
    header = engine.starts.start(definition.id, variables={"a": "x" * 1_500})
    with pytest.raises(BadRequest, match="would have 3000"):
        engine.mailbox.submit(header.id, SetVariables(set={"b": "x" * 1_500}))
    engine.mailbox.submit(header.id, SetVariables(set={"c": 1}))
    engine.mailbox.submit(header.id, SetVariables(set={"b": "x" * 1_500}, removed=("a",)))

    assert sorted(engine.instance_reader.get_variables(header.id)) == ["b", "c"]
    assert engine.incidents.find(IncidentQuery()) == []


@pytest.mark.parametrize("way", ["parallel", "sequential", "collection"])
def test_a_multi_instance_begins_at_most_so_many_instances(engines: Callable[..., Engine], way: str) -> None:
    engine = engines(max_loop_instances=3)
    definition = deploy(engine, MULTI[way])
    variables: dict[str, Any] = {"n": 30_000_000, "list": [1, 2, 3, 4]}
    header = engine.starts.start(definition.id, variables=variables)
    (incident,) = engine.incidents.find(IncidentQuery())

    assert incident.kind == "limitExceeded"
    assert "Expected at most 3 instances of 'm', but found" in incident.message
    assert "BATON_MAX_LOOP_INSTANCES" in incident.message
    engine.mailbox.submit(header.id, SetVariables(set={"n": 3, "list": [1, 2, 3]}))
    engine.mailbox.submit(header.id, ResolveIncident(incident_id=incident.id))
    assert engine.incidents.find(IncidentQuery()) == []
    assert len(fetch(engine)) == (1 if way == "sequential" else 3)


def make_nested() -> bytes:
    """A task, and behind it n times n tokens at tasks."""
    marker = f"<multiInstanceLoopCharacteristics>{COUNT}</multiInstanceLoopCharacteristics>"
    task = f'<serviceTask id="m" camunda:type="external" camunda:topic="inner">{marker}</serviceTask>'
    return bpmn(line(external("t"), f'<subProcess id="sub">{marker}{task}</subProcess>'))


def test_an_instance_has_at_most_so_many_tokens(engines: Callable[..., Engine]) -> None:
    engine = engines(max_tokens=20)
    header = engine.starts.start(deploy(engine, make_nested()).id, variables={"n": 5})
    (locked,) = fetch(engine)

    with pytest.raises(BadRequest, match=r"at most 20 tokens in an instance, but .* would have 25.*BATON_MAX_TOKENS"):
        engine.mailbox.submit(header.id, CompleteExternalTask(task_id=locked.task.id, worker_id="w"))

    assert engine.instances.get(header.id).tokens == (("t", 1),)
    assert engine.incidents.find(IncidentQuery()) == []
    engine.mailbox.submit(header.id, SetVariables(set={"n": 4}))
    engine.mailbox.submit(header.id, CompleteExternalTask(task_id=locked.task.id, worker_id="w"))
    assert len(fetch(engine, "inner", n=100)) == 16


def test_a_simulation_has_the_same_bounds(engines: Callable[..., Engine]) -> None:
    engine = engines(max_loop_instances=3)
    draft = engine.drafts.read_files([Resource("d.bpmn", MULTI["parallel"])], None)
    ask = SimulationRequest(kind="start", variables={"n": 30_000_000})

    done = engine.simulator.run(draft, None, ask, None, TO_REST)

    assert [incident.kind for incident in done.incidents] == ["limitExceeded"]
    assert "BATON_MAX_LOOP_INSTANCES" in done.incidents[0].message


def test_what_a_script_makes_is_bounded_like_what_comes_from_outside(engines: Callable[..., Engine]) -> None:
    engine = engines(max_variable_bytes=1_000)
    script = '<scriptTask id="m" scriptFormat="python"><script>blob = "x" * size</script></scriptTask>'
    definition = deploy(engine, bpmn(line(script, external("t"))))
    with pytest.raises(BadRequest, match="at most 1000 bytes, but 'blob' would have 1001"):
        engine.starts.start(definition.id, variables={"size": 1_001})
    header = engine.starts.start(definition.id, variables={"size": 1_000})

    assert engine.instances.get(header.id).tokens == (("t", 1),)


def test_a_history_that_is_full_takes_no_more_but_the_end(engines: Callable[..., Engine]) -> None:
    engine = engines(max_history_events=12)
    header = engine.starts.start(deploy(engine).id)
    for n in range(12 - engine.instances.get(header.id).position):
        engine.mailbox.submit(header.id, SetVariables(set={"a": n}))
    with pytest.raises(Conflict, match="at most 12 events"):
        engine.mailbox.submit(header.id, SetVariables(set={"a": -1}))
    assert engine.instances.get(header.id).position == 12
    engine.mailbox.submit(header.id, CancelInstance())
    assert engine.instances.get(header.id).state is InstanceState.CANCELLED


def test_a_loop_of_timers_that_fills_its_history_becomes_an_incident(
    engines: Callable[..., Engine], clock: Clock
) -> None:
    engine = engines(max_history_events=60)
    header = engine.starts.start(deploy(engine, CYCLE).id)
    for _ in range(30):
        clock.forward(60_000)
        engine.run_due()
    (incident,) = engine.incidents.find(IncidentQuery())
    assert (incident.instance_id, incident.kind) == (header.id, "limitExceeded")
    assert engine.instances.get(header.id).position <= 61
    assert engine.mailbox.list_due(clock.now + 3_600_000, 10)[0] == []


# -- time


def test_a_turn_that_takes_long_goes_on_in_the_next_and_blocks_nobody(engines: Callable[..., Engine]) -> None:
    engine = engines(max_turn_ms=0)
    definition = deploy(engine, MANY_STEPS)
    slow = engine.starts.start(definition.id)
    assert fetch(engine) == []
    other = engine.starts.start(definition.id)
    turns = 0
    while engine.run_due():
        turns += 1
    assert turns > 10
    assert {item.task.instance_id for item in fetch(engine)} == {slow.id, other.id}


def test_a_turn_that_outlives_its_lease_becomes_an_incident(
    engines: Callable[..., Engine], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, other = engines(), engines()
    definition = deploy(engine)
    header, well = engine.starts.start(definition.id), engine.starts.start(definition.id)
    decide = Instance.decide

    def slow(self: Instance, envelopes: Any, now: int, locks: Any) -> Any:
        found = decide(self, envelopes, now, locks)
        if self.id == header.id:
            clock.forward(engine.settings.lease_ms + 1)
            if not stolen:
                stolen.append(True)
                other.store.turns.take(header.id, now=clock.now, owner="thief", lease_ms=0)
        return found

    stolen: list[bool] = []
    monkeypatch.setattr(Instance, "decide", slow)
    with pytest.raises(CannotComplete, match="took longer"):
        engine.mailbox.submit(header.id, SetVariables(set={"n": 1}))

    (incident,) = engine.incidents.find(IncidentQuery())
    assert (incident.instance_id, incident.kind) == (header.id, "turnTooLong")
    engine.mailbox.submit(well.id, SetVariables(set={"n": 1}))


# -- room


def full(engine: Engine, monkeypatch: pytest.MonkeyPatch, used: int) -> None:
    monkeypatch.setattr(engine.store.backend, "measure_memory", lambda: (used, 100))


def test_nothing_new_starts_when_memory_is_short_and_what_runs_goes_on(
    engine: Engine, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    definition = deploy(engine)
    header = engine.starts.start(definition.id)
    clock.forward(1_001)
    full(engine, monkeypatch, 81)
    with pytest.raises(Overloaded, match="81 of 100") as refused:
        engine.starts.start(definition.id)
    assert refused.value.retry_after > 0
    (one,) = fetch(engine)
    engine.external_tasks.complete(one.task.id, "w")
    assert engine.instances.get(header.id).state is InstanceState.COMPLETED
    clock.forward(1_001)
    full(engine, monkeypatch, 79)
    engine.starts.start(definition.id)


def test_a_timer_start_waits_for_room_and_holds_nobody_up(
    engine: Engine, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = (
        '<startEvent id="s"><timerEventDefinition><timeCycle xsi:type="tFormalExpression">R2/PT1M</timeCycle>'
        '</timerEventDefinition></startEvent><userTask id="t"/><sequenceFlow id="f" sourceRef="s" targetRef="t"/>'
    )
    deploy(engine, bpmn(body, key="q"), "q")
    waiting = engine.starts.start(deploy(engine, bpmn(line(timer("w", "PT1M")))).id)
    full(engine, monkeypatch, 99)
    clock.forward(61_000)
    engine.run_due()
    assert engine.instances.get(waiting.id).state is InstanceState.COMPLETED
    assert engine.instances.count(InstanceQuery()) == 0
    full(engine, monkeypatch, 1)
    clock.forward(61_000)
    engine.run_due()
    assert engine.instances.count(InstanceQuery()) == 1


def test_nothing_new_starts_when_the_disk_is_short(
    engines: Callable[..., Engine], clock: Clock, tmp_path: Path
) -> None:
    engine = engines(data=str(tmp_path), min_disk_bytes=2**60)
    with pytest.raises(Overloaded, match="disk"):
        engine.starts.start(deploy(engine).id)
