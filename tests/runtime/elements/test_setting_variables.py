"""``execution.setVariable`` in expressions, as in Camunda 7."""

from __future__ import annotations

import pytest

from baton.model import commands
from tests.bpmn.build import around, process
from tests.runtime.lab import Lab


def test_the_expression_of_a_service_task_sets_and_removes_variables() -> None:
    text = "${execution.setVariable('total', n * 2)}${execution.removeVariable('n')}"
    lab = Lab.of(around(f'<serviceTask id="n" camunda:expression="{text}"/>').decode()).start(n=4)

    assert (lab.state, lab.variables) == ("completed", {"total": 8})


def test_an_expression_that_fails_has_set_nothing_and_sets_it_when_it_is_repeated() -> None:
    text = "${execution.setVariable('first', 1)}${missing}"
    lab = Lab.of(around(f'<serviceTask id="n" camunda:expression="{text}"/>').decode()).start()
    assert lab.variables == {}

    lab.set(missing=1)
    lab.send(commands.ResolveIncident(incident_id=lab.incidents[0].id))

    assert (lab.state, lab.variables) == ("completed", {"missing": 1, "first": 1})


def test_a_condition_of_a_flow_may_set_a_variable() -> None:
    flow = (
        '<sequenceFlow id="f" sourceRef="g" targetRef="a"><conditionExpression>'
        "${empty execution.setVariable('asked', true)}</conditionExpression></sequenceFlow>"
    )
    nodes = f'<startEvent id="s"/><exclusiveGateway id="g" default="g-b"/><endEvent id="a"/><endEvent id="b"/>{flow}'
    lab = Lab.of(process(nodes, "s>g>b").decode()).start()

    assert (lab.path()[-1], lab.variables) == ("a", {"asked": True})


@pytest.mark.parametrize(
    "value",
    [
        "${execution.setVariable('seen', 1)}",
        "<camunda:script scriptFormat=\"juel\">${execution.setVariable('seen', 1)}</camunda:script>",
    ],
)
def test_a_mapping_may_set_a_variable_where_it_is_found(value: str) -> None:
    parameter = f'<camunda:inputParameter name="local">{value}</camunda:inputParameter>'
    mapping = f"<extensionElements><camunda:inputOutput>{parameter}</camunda:inputOutput></extensionElements>"
    lab = Lab.of(around(f'<task id="n">{mapping}</task>').decode()).start()

    assert (lab.state, lab.variables) == ("completed", {"seen": 1})


def test_a_script_task_in_juel_sets_variables() -> None:
    script = "<script>${execution.setVariable('seen', 1)}</script>"
    lab = Lab.of(around(f'<scriptTask id="n" scriptFormat="juel">{script}</scriptTask>').decode()).start()

    assert (lab.state, lab.variables) == ("completed", {"seen": 1})
