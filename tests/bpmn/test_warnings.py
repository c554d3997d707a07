"""What a model says that will not do what its author expects: deployed, with a warning at the element."""

from __future__ import annotations

import pytest

from baton.bpmn import read
from tests.bpmn.build import around, flows, process


def warned(data: bytes, rule: str) -> list[str | None]:
    """The elements that a rule warns about; the model must have no errors."""
    reading = read(data)
    assert [str(problem) for problem in reading.errors] == []
    return [problem.element for problem in reading.problems if problem.rule == rule]


def expression(text: str, more: str = "") -> bytes:
    return around(f'<serviceTask id="n" camunda:expression="{text}">{more}</serviceTask>')


@pytest.mark.parametrize(
    "text",
    [
        "${bean.invoke()}",
        "${bean.invoke(execution)}",
        "${bean.inner.run(1)}",
        "${bean.getName(1)}",
        "${list[0].fly()}",
        "${execution.getVariable('x').fly(1)}",
        "a ${bean.say()} b",
        "${x ? bean.say() : 1}",
        "${task.complete()}",
        "${execution.getProcessEngineServices()}",
        "${execution.parentId}",
    ],
)
def test_a_method_that_no_value_has_is_warned_about(text: str) -> None:
    assert warned(expression(text), "bean-call") == ["n"]


@pytest.mark.parametrize(
    "text",
    [
        "${order.getAmount()}",
        "${order.isPaid()}",
        "${name.toUpperCase().trim()}",
        "${list.contains(1) and map.containsKey('a')}",
        "${dateTime().plusDays(1).toDate()}",
        "${execution.setVariable('a', 1)}",
        "${execution.id}",
        "${execution.getCurrentActivityName()}",
        "${execution.isCanceled()}",
        "${json.prop('a').stringValue()}",
        "${made.amount()}",
    ],
)
def test_methods_of_values_and_entries_of_objects_are_not(text: str) -> None:
    parameter = (
        '<camunda:inputOutput><camunda:inputParameter name="made">${x}</camunda:inputParameter></camunda:inputOutput>'
    )

    assert warned(expression(text, f"<extensionElements>{parameter}</extensionElements>"), "bean-call") == []


def test_the_task_of_a_task_listener_is_no_bean() -> None:
    listener = '<camunda:taskListener event="create" expression="${task.setAssignee(boss)}"/>'

    assert (
        warned(around(f'<userTask id="n"><extensionElements>{listener}</extensionElements></userTask>'), "bean-call")
        == []
    )


def test_beans_are_found_wherever_an_expression_stands() -> None:
    listener = '<camunda:executionListener event="start" expression="${bean.notify(execution)}"/>'
    held = f"<extensionElements>{listener}</extensionElements>"
    task = f'<userTask id="n" camunda:assignee="${{bean.lookUp()}}">{held}</userTask>'

    assert warned(around(task), "bean-call") == ["n", "n"]


@pytest.mark.parametrize(
    "node",
    [
        '<task id="n" camunda:asyncBefore="true" camunda:jobPriority="abc"/>',
        '<task id="n" camunda:asyncBefore="true" camunda:jobPriority="1.5"/>',
        '<serviceTask id="n" camunda:type="external" camunda:topic="t" camunda:taskPriority="high"/>',
        '<userTask id="n" camunda:priority="high"/>',
        '<userTask id="n" camunda:dueDate="tomorrow"/>',
        '<userTask id="n" camunda:followUpDate="2026-13-01"/>',
    ],
)
def test_a_number_or_date_that_cannot_be_read_is_warned_about(node: str) -> None:
    assert warned(around(node), "constant-syntax") == ["n"]


def test_a_priority_that_all_nodes_have_from_the_process_is_warned_about_once() -> None:
    nodes = '\n<startEvent id="s"/><task id="a"/><task id="b"/><endEvent id="e"/>'

    assert warned(process(nodes, "s>a>b>e", attributes='camunda:jobPriority="abc"'), "constant-syntax") == ["p"]


@pytest.mark.parametrize("value", ["10", "-3", "${p}", "1e2"])
def test_numbers_and_expressions_are_not(value: str) -> None:
    assert warned(around(f'<task id="n" camunda:jobPriority="{value}"/>'), "constant-syntax") == []


def test_the_code_of_a_caught_error_is_no_expression() -> None:
    caught = '<boundaryEvent id="b" attachedToRef="n"><errorEventDefinition errorRef="e"/></boundaryEvent>'
    nodes = f'<startEvent id="s"/><task id="n"/>{caught}<endEvent id="end"/>'

    assert warned(process(nodes, "s>n>end b>end", '<error id="e" errorCode="${x}"/>'), "constant-syntax") == ["b"]


ROOTS = (
    '<error id="e1" errorCode="a"/><error id="e2" errorCode="a"/><error id="e3" errorCode="b"/>'
    '<escalation id="c1" escalationCode="a"/><message id="m1" name="a"/><message id="m2" name="b"/>'
    '<signal id="s1" name="a"/>'
)
ERROR, ANY = '<errorEventDefinition errorRef="{}"/>', "<errorEventDefinition/>"
ESCALATION = '<escalationEventDefinition escalationRef="c1"/>'
MESSAGE, SIGNAL = '<messageEventDefinition messageRef="{}"/>', '<signalEventDefinition signalRef="s1"/>'


@pytest.mark.parametrize(
    ("one", "two", "found"),
    [
        (ERROR.format("e1"), ERROR.format("e2"), ["two"]),
        (ERROR.format("e1"), ERROR.format("e3"), []),
        (ERROR.format("e1"), ANY, []),
        (ANY, ANY, ["two"]),
        (ESCALATION, ESCALATION, ["two"]),
        (ESCALATION, ERROR.format("e1"), []),
        (MESSAGE.format("m1"), MESSAGE.format("m1"), ["two"]),
        (MESSAGE.format("m1"), MESSAGE.format("m2"), []),
        (SIGNAL, SIGNAL, ["two"]),
    ],
)
def test_two_catchers_of_the_same_at_one_activity_are_warned_about(one: str, two: str, found: list[str]) -> None:
    nodes = (
        '<startEvent id="s"/><subProcess id="n"><task id="t"/></subProcess><endEvent id="e"/>'
        f'<boundaryEvent id="one" attachedToRef="n">{one}</boundaryEvent>'
        f'<boundaryEvent id="two" attachedToRef="n">{two}</boundaryEvent>'
    )

    assert warned(process(nodes, "s>n>e one>e two>e", ROOTS), "duplicate-catcher") == found


def test_two_starts_of_a_process_and_two_event_subprocesses_are_looked_at_too() -> None:
    def begin(name: str) -> str:
        return f'<startEvent id="{name}">{MESSAGE.format("m1")}</startEvent>'

    def inside(name: str) -> str:
        held = f'{begin(name)}<endEvent id="{name}e"/>{flows(f"{name}>{name}e")}'
        return f'<subProcess id="in-{name}" triggeredByEvent="true">{held}</subProcess>'

    starts = process(f'{begin("a")}{begin("b")}<endEvent id="e"/>', "a>e b>e", ROOTS)
    events = process(f'<startEvent id="s"/><endEvent id="e"/>{inside("a")}{inside("b")}', "s>e", ROOTS)

    assert warned(starts, "duplicate-catcher") == ["b"]
    assert warned(events, "duplicate-catcher") == ["b"]


def test_a_message_or_signal_without_a_name_is_warned_about_where_it_is_used() -> None:
    throw = '<intermediateThrowEvent id="n"><signalEventDefinition signalRef="g"/></intermediateThrowEvent>'

    assert warned(around(throw, '<signal id="g"/><signal id="unused"/>'), "unnamed-message") == ["g"]
