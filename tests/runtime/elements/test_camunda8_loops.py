"""Multi-instance as Camunda 8 has it: results that are seen while it runs, and its counters."""

from __future__ import annotations

import pytest

from baton.model import commands
from tests.bpmn.build import around, flows
from tests.runtime.lab import Lab


def loop(condition: str = "", *, sequential: bool = False, output: bool = True, task: str = "") -> str:
    collected = 'outputCollection="results" outputElement="=r"' if output else ""
    marker = f'<zeebe:loopCharacteristics inputCollection="=items" inputElement="it" {collected}/>'
    test = f"<completionCondition>{condition}</completionCondition>" if condition else ""
    work = task or '<serviceTask id="n" camunda:type="external" camunda:topic="t">{}</serviceTask>'
    return around(
        work.replace(
            "{}",
            f'<multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}"><extensionElements>{marker}'
            f"</extensionElements>{test}</multiInstanceLoopCharacteristics>",
        )
    ).decode()


def work(lab: Lab) -> int:
    """Complete task after task, its result the number of the item; how many it took."""
    count = 0
    while lab.open_tasks:
        task = lab.open_tasks[0]
        item = lab.instance.get_visible_variables(task.token)["it"]
        lab.send(commands.CompleteExternalTask(task_id=task.id, worker_id="lab", local_variables={"r": item}))
        count += 1
    return count


@pytest.mark.parametrize("sequential", [True, False])
def test_the_results_are_seen_while_the_instances_run(sequential: bool) -> None:
    lab = Lab.of(loop("=some x in results satisfies x = 2", sequential=sequential)).start(items=[1, 2, 3, 4])
    (seen, *_) = [lab.instance.get_visible_variables(task.token) for task in lab.open_tasks]

    assert seen["results"] == [None] * 4
    assert work(lab) == 2
    assert lab.state == "completed"
    assert lab.variables["results"] == [1, 2, None, None]


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        ("=numberOfCompletedInstances &gt;= 2", 2),
        ("=numberOfInstances - numberOfCompletedInstances = 1", 3),
        ("=numberOfActiveInstances = 1", 3),
        ("=numberOfTerminatedInstances &gt; 0", 4),
        ("=loopCounter = 3", 3),
        ("=it = 1", 1),
        ("=count(results[item != null]) = 2", 2),
        ("=nrOfCompletedInstances = 1", 1),
    ],
)
def test_the_counters_and_the_variables_of_the_instance_are_seen_by_the_condition(condition: str, count: int) -> None:
    lab = Lab.of(loop(condition)).start(items=[1, 2, 3, 4])

    assert work(lab) == count
    assert lab.state == "completed"


def test_instances_are_counted_from_one() -> None:
    lab = Lab.of(loop()).start(items=["a", "b"])

    assert [lab.instance.get_visible_variables(task.token)["loopCounter"] for task in lab.open_tasks] == [1, 2]


def test_an_instance_that_does_not_complete_is_counted_as_terminated() -> None:
    inside = (
        '<startEvent id="ts"/><serviceTask id="t" camunda:type="external" camunda:topic="t"/>'
        '<exclusiveGateway id="g" default="g-te"/><endEvent id="te"/>'
        '<endEvent id="tc"><cancelEventDefinition/></endEvent>'
        '<sequenceFlow id="g-tc" sourceRef="g" targetRef="tc"><conditionExpression>${it == 1}</conditionExpression>'
        "</sequenceFlow>"
    )
    task = f'<transaction id="n">{{}}{inside}{flows("ts>t>g>te")}</transaction>'
    condition = "=numberOfTerminatedInstances = 1 and numberOfCompletedInstances = 1"
    lab = Lab.of(loop(condition, task=task)).start(items=[1, 2, 3])

    assert work(lab) == 2
    assert lab.state == "completed"


def test_the_results_of_very_many_instances_are_seen_by_the_condition_and_written_once() -> None:
    task = '<scriptTask id="n" scriptFormat="python"><script>r = it</script>{}</scriptTask>'
    lab = Lab.of(loop("=count(results[item != null]) = 3", task=task), restoring=False).start(items=list(range(1001)))

    assert lab.variables["results"] == [0, 1, 2, *[None] * 998]
    changed = [event for event in lab.events if "results" in str(event.data.get("set"))]
    assert len(changed) == 1
