"""What an operator does about failures, and how long the engine waits by itself."""

from __future__ import annotations

import pytest

from baton.model import commands
from baton.model.errors import Conflict
from baton.runtime import Instance, Ports
from baton.runtime.handlers import backoff
from tests.runtime.lab import WORKER, Lab
from tests.service.processes import bpmn, external, line

SCRIPT = '<scriptTask id="t" scriptFormat="python" camunda:resultVariable="n"><script>1 / zero</script></scriptTask>'
CHOICE = (
    '<startEvent id="s"/><exclusiveGateway id="g"/><endEvent id="e"/><endEvent id="e2"/>'
    '<sequenceFlow id="f0" sourceRef="s" targetRef="g"/>'
    '<sequenceFlow id="f1" sourceRef="g" targetRef="e"><conditionExpression xsi:type="tFormalExpression">'
    "${missing &gt; 1}</conditionExpression></sequenceFlow>"
    '<sequenceFlow id="f2" sourceRef="g" targetRef="e2"><conditionExpression xsi:type="tFormalExpression">'
    "${true}</conditionExpression></sequenceFlow>"
)


def lab(*nodes: str) -> Lab:
    return Lab.of(bpmn(line(*nodes)).decode()).start()


def fail(bench: Lab, **more: object) -> int:
    """The pause that a failure leads to."""
    task = bench.task("t")
    bench.send(commands.FailExternalTask(task_id=task.id, worker_id=WORKER, error_message="no", **more))  # type: ignore[arg-type]
    return bench.external_task("t").not_before - bench.now


def test_pauses_grow_up_to_a_cap_and_never_in_step() -> None:
    pauses = [backoff.compute_delay("a", failures) for failures in range(1, 40)]
    assert 500 <= pauses[0] <= 1_000 < pauses[2] <= 4_000
    assert all(150_000 <= pause <= 300_000 for pause in pauses[9:])
    assert len({backoff.compute_delay(f"task-{n}", 5) for n in range(50)}) > 40


def test_a_failure_of_which_nobody_says_more_backs_off_for_longer_each_time() -> None:
    bench = lab(external("t"))
    first, second = fail(bench), fail(bench)
    assert 500 <= first <= 1_000 <= second <= 2_000
    assert bench.external_task("t").retries == 1


def test_what_the_worker_says_of_retries_is_taken_as_it_is() -> None:
    bench = lab(external("t"))
    assert fail(bench, retries=5) == 0
    assert fail(bench, retries=4, retry_timeout=70) == 70


def test_a_failed_external_task_is_skipped_with_the_operators_variables() -> None:
    bench = lab(external("t")).fail("t")
    (incident,) = bench.incidents
    bench.send(commands.SkipIncident(incident_id=incident.id, variables={"receipt": "by hand"}, by="ada"))
    assert (bench.state, bench.variables, bench.incidents) == ("completed", {"receipt": "by hand"}, [])


def test_a_script_that_fails_is_skipped_with_what_it_should_have_given() -> None:
    bench = lab(SCRIPT)
    (incident,) = bench.incidents
    bench.send(commands.SkipIncident(incident_id=incident.id, variables={"n": 7}))
    assert (bench.state, bench.variables, bench.jobs) == ("completed", {"n": 7}, [])


def test_an_output_mapping_that_fails_is_skipped() -> None:
    mapped = external("t").replace(
        "/>",
        '><extensionElements><camunda:inputOutput><camunda:outputParameter name="x">${gone.away}'
        "</camunda:outputParameter></camunda:inputOutput></extensionElements></serviceTask>",
    )
    bench = lab(mapped).complete("t")
    (incident,) = bench.incidents
    bench.send(commands.SkipIncident(incident_id=incident.id, variables={"x": 1}))
    assert (bench.state, bench.variables) == ("completed", {"x": 1})


def test_a_gateway_that_cannot_decide_is_not_skipped() -> None:
    bench = Lab.of(bpmn(CHOICE).decode()).start()
    (incident,) = bench.incidents
    answer = bench.offer(commands.SkipIncident(incident_id=incident.id))
    assert answer.error == Conflict.__name__
    assert "resolve it" in answer.message
    assert bench.incidents == [incident]


@pytest.mark.parametrize("again", [1, 2])
def test_a_skip_of_what_is_gone_is_refused(again: int) -> None:
    bench = lab(external("t")).fail("t")
    (incident,) = bench.incidents
    bench.send(commands.SkipIncident(incident_id=incident.id))
    for _ in range(again):
        assert bench.offer(commands.SkipIncident(incident_id=incident.id)).error == "NotFound"


def test_a_turn_whose_time_is_up_goes_on_in_the_next() -> None:
    bench = Lab.of(bpmn(line(*(f'<manualTask id="m{n}"/>' for n in range(5)))).decode())
    bench.ports = Ports(bench.library, bench.ports.scripts, stopwatch=lambda: lambda: True)
    bench.instance = Instance(bench.instance.id, bench.ports)
    bench.start()
    turns = 1
    while bench.state == "active":
        assert bench.decision.next_due == bench.now
        bench.offer()
        turns += 1
    assert bench.path() == ["s", "m0", "m1", "m2", "m3", "m4", "e"]
    assert turns > 5
