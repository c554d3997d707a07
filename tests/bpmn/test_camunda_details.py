"""What Camunda 7 models say in places that are easily forgotten."""

from __future__ import annotations

import pytest

from baton.bpmn import read
from baton.model.attributes import Expression, FormField
from baton.model.definition import ProcessModel
from tests.bpmn.build import around, process, rules_of


def model(data: bytes) -> ProcessModel:
    """The only process of the file, which must have no problem of extensions."""
    reading = read(data)
    assert [rule for rule in rules_of(reading) if rule in ("unknown-extension", "internal")] == []
    return reading.processes[0]


def test_asynchronous_flags_of_a_marker_are_those_of_its_instances() -> None:
    marker = '<multiInstanceLoopCharacteristics camunda:asyncBefore="true" camunda:asyncAfter="true">'
    cardinality = "<loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
    found = model(around(f'<userTask id="n" camunda:asyncBefore="true">{marker}{cardinality}</userTask>')).nodes["n"]

    assert (found.async_before, found.async_after) == (True, False)
    assert (found.inner_async_before, found.inner_async_after) == (True, True)


def test_form_properties_are_form_fields() -> None:
    properties = (
        '<extensionElements><camunda:formProperty id="room" name="Room" type="enum" required="true">'
        '<camunda:value id="1" name="One"/></camunda:formProperty>'
        '<camunda:formProperty id="who" variable="guest" expression="${name}" writable="false"/>'
        '<camunda:formProperty id="when" type="date" datePattern="dd-MM-yyyy" default="01-01-2027"/>'
        "</extensionElements>"
    )
    form = model(around(f'<userTask id="n">{properties}</userTask>')).nodes["n"].form

    assert form is not None
    assert form.fields == (
        FormField(id="room", label="Room", type="enum", choices=(("1", "One"),), constraints=(("required", ""),)),
        FormField(id="guest", default=Expression("${name}", "juel", 1), constraints=(("readonly", ""),)),
        FormField(
            id="when",
            type="date",
            default=Expression("01-01-2027", "literal", 1),
            properties=(("datePattern", "dd-MM-yyyy"),),
        ),
    )


def test_candidate_starters_are_read() -> None:
    starters = 'camunda:candidateStarterUsers="ann, bob" camunda:candidateStarterGroups="sales"'
    found = model(process('<startEvent id="s"/><endEvent id="e"/>', "s>e", attributes=starters))

    assert (found.candidate_users, found.candidate_groups) == (("ann", "bob"), ("sales",))


def test_the_message_of_an_error_is_read_where_it_is_thrown_and_mapped() -> None:
    error = '<error id="x" errorCode="c" camunda:errorMessage="${why}"/>'
    task = (
        '<serviceTask id="n" camunda:type="external" camunda:topic="t"><extensionElements>'
        '<camunda:errorEventDefinition errorRef="x" expression="${failed}"/></extensionElements></serviceTask>'
    )
    mapped = model(around(task, error)).nodes["n"].external
    end = '<startEvent id="s"/><endEvent id="n"><errorEventDefinition errorRef="x"/></endEvent>'
    thrown = model(process(end, "s>n", error)).nodes["n"].events[0]

    assert mapped is not None
    assert mapped.errors[0].message == Expression("${why}", "juel", 1)
    assert thrown.error_message == Expression("${why}", "juel", 1)


@pytest.mark.parametrize("expression", ["", ' expression=""'])
def test_an_error_of_a_worker_without_an_expression_is_never_thrown(expression: str) -> None:
    error = '<error id="x" errorCode="c"/>'
    task = (
        '<serviceTask id="n" camunda:type="external" camunda:topic="t"><extensionElements>'
        f'<camunda:errorEventDefinition errorRef="x"{expression}/></extensionElements></serviceTask>'
    )
    mapped = model(around(task, error)).nodes["n"].external

    assert mapped is not None
    assert mapped.errors == ()


def test_java_listeners_of_processes_and_flows_are_refused() -> None:
    listener = '<camunda:executionListener event="start" class="org.x.Y"/>'
    held = f"<extensionElements>{listener}</extensionElements>"
    on_process = process(f'{held}<startEvent id="s"/><endEvent id="e"/>', "s>e")
    flow = f'<sequenceFlow id="f" sourceRef="s" targetRef="e">{held}</sequenceFlow>'
    on_flow = process(f'<startEvent id="s"/><endEvent id="e"/>{flow}')

    assert "java-code" in rules_of(read(on_process))
    assert "java-code" in rules_of(read(on_flow))
