"""Events in all positions, with what they refer to looked up; compensation and its handlers."""

from __future__ import annotations

import pytest

from baton.bpmn import read
from baton.model.attributes import Expression
from baton.model.definition import EventKind, NodeKind
from tests.bpmn.build import around, model, node, process, rules_of

ROOT = (
    '<message id="m" name="paid"/><signal id="s" name="go-${x}"/><error id="e" name="Declined" errorCode="E1"/>'
    '<error id="any"/><escalation id="x" escalationCode="X1"/>'
)


def event(definition: str) -> tuple[EventKind, object]:
    (found,) = node(around(f'<intermediateCatchEvent id="n">{definition}</intermediateCatchEvent>', ROOT)).events
    return found.kind, found


@pytest.mark.parametrize(
    ("name", "value", "timer", "dialect"),
    [
        ("timeDate", "2030-01-01T00:00:00Z", "date", "literal"),
        ("timeDate", "PT15M", "duration", "literal"),
        ("timeDuration", "PT15M", "duration", "literal"),
        ("timeDuration", '"PT15M"', "duration", "python"),
        ("timeDuration", "${wait}", "duration", "juel"),
        ("timeDuration", "=duration(wait)", "duration", "feel"),
        ("timeCycle", "R3/PT10M", "cycle", "literal"),
        ("timeCycle", "0 0 9-17 * * MON-FRI", "cycle", "literal"),
    ],
)
def test_timers_keep_their_kind_and_text(name: str, value: str, timer: str, dialect: str) -> None:
    definition = f"<timerEventDefinition><{name}>{value}</{name}></timerEventDefinition>"
    (found,) = node(around(f'<intermediateCatchEvent id="n">{definition}</intermediateCatchEvent>')).events

    assert (found.kind, found.timer) == (EventKind.TIMER, timer)
    assert found.value == Expression(value, dialect, 1)  # pyright: ignore[reportArgumentType]


def test_names_and_codes_are_looked_up() -> None:
    boundary = (
        '<task id="n"/><boundaryEvent id="b" attachedToRef="n"><errorEventDefinition errorRef="e" '
        'camunda:errorCodeVariable="code" camunda:errorMessageVariable="text"/></boundaryEvent>'
        '<boundaryEvent id="c" attachedToRef="n"><errorEventDefinition errorRef="any"/></boundaryEvent>'
        '<boundaryEvent id="d" attachedToRef="n" cancelActivity="false"><escalationEventDefinition escalationRef="x" '
        'camunda:escalationCodeVariable="why"/></boundaryEvent>'
        '<boundaryEvent id="f" attachedToRef="n"><signalEventDefinition signalRef="s"/></boundaryEvent>'
    )
    nodes = model(around(boundary, ROOT)).nodes
    error, catch_all, escalation, signal = (nodes[i].events[0] for i in "bcdf")

    assert (error.code, error.code_variable, error.message_variable) == (Expression("E1", "literal", 1), "code", "text")
    assert catch_all.code is None
    assert (escalation.code, escalation.code_variable) == (Expression("X1", "literal", 1), "why")
    assert signal.name == Expression("go-${x}", "juel", 1)
    assert (nodes["b"].attached_to, nodes["b"].interrupting, nodes["d"].interrupting) == ("n", True, False)


def test_shared_and_own_definitions_of_one_event_are_read_in_order() -> None:
    catch = (
        '<intermediateCatchEvent id="n" parallelMultiple="true"><messageEventDefinition messageRef="m"/>'
        "<eventDefinitionRef>shared</eventDefinitionRef></intermediateCatchEvent>"
    )
    found = node(around(catch, ROOT + '<signalEventDefinition id="shared" signalRef="s"/>'))

    assert [item.kind for item in found.events] == [EventKind.MESSAGE, EventKind.SIGNAL]
    assert found.parallel_multiple


def test_conditions_keep_the_filter_on_variables() -> None:
    definition = (
        '<conditionalEventDefinition camunda:variableName="stock" camunda:variableEvents="create, update">'
        "<condition>${stock > 0}</condition></conditionalEventDefinition>"
    )
    _, found = event(definition)

    assert found.value == Expression("${stock > 0}", "juel", 1)  # type: ignore[attr-defined]
    assert found.variable_names == ("stock",)  # type: ignore[attr-defined]
    assert found.variable_events == ("create", "update")  # type: ignore[attr-defined]


def test_a_throwing_message_may_be_sent_by_a_worker() -> None:
    throw = (
        '<intermediateThrowEvent id="n"><messageEventDefinition camunda:type="external" camunda:topic="mail"/>'
        "</intermediateThrowEvent>"
    )
    (found,) = node(around(throw)).events

    assert found.external is not None
    assert found.external.topic.text == "mail"


def test_a_thrown_signal_carries_variables() -> None:
    throw = (
        '<intermediateThrowEvent id="n"><signalEventDefinition signalRef="s"><extensionElements>'
        '<camunda:in source="a" target="b"/></extensionElements></signalEventDefinition></intermediateThrowEvent>'
    )
    (found,) = node(around(throw, ROOT)).events

    assert [(item.source, item.target) for item in found.payload] == [("a", "b")]


@pytest.mark.parametrize("ends", ['sourceRef="undo" targetRef="handler"', 'sourceRef="handler" targetRef="undo"'])
def test_an_association_ties_a_compensation_boundary_to_its_handler_whichever_way_it_is_drawn(ends: str) -> None:
    more = (
        '<boundaryEvent id="undo" attachedToRef="n"><compensateEventDefinition/></boundaryEvent>'
        f'<task id="handler" isForCompensation="true"/><association id="a" {ends}/>'
    )
    found = model(around('<task id="n"/>', more=more))

    assert found.nodes["undo"].handler == "handler"
    assert found.nodes["handler"].for_compensation


def test_a_compensation_throw_may_name_an_activity_and_not_wait() -> None:
    more = (
        '<boundaryEvent id="undo" attachedToRef="n"><compensateEventDefinition/></boundaryEvent>'
        '<task id="handler" isForCompensation="true"/><association id="a" sourceRef="undo" targetRef="handler"/>'
    )
    throw = '<intermediateThrowEvent id="t"><compensateEventDefinition activityRef="n" waitForCompletion="false"/>'
    data = process(
        f'<startEvent id="s"/><task id="n"/>{throw}</intermediateThrowEvent><endEvent id="e"/>{more}', "s>n>t>e"
    )
    (found,) = node(data, "t").events

    assert (found.activity_ref, found.wait_for_completion) == ("n", False)


def test_subprocesses_of_all_kinds_keep_their_scopes() -> None:
    data = process(
        '<subProcess id="a"><transaction id="b"><adHocSubProcess id="c" ordering="Sequential" '
        'cancelRemainingInstances="false"><task id="t"/><completionCondition>${done}</completionCondition>'
        '</adHocSubProcess></transaction></subProcess><subProcess id="d" triggeredByEvent="true"><startEvent id="s" '
        'isInterrupting="false"><signalEventDefinition signalRef="s1"/></startEvent></subProcess>',
        root='<signal id="s1" name="stop"/>',
    )
    found = model(data)

    kinds = {node_id: entry.kind for node_id, entry in found.nodes.items()}
    assert kinds["a"] is NodeKind.SUB_PROCESS
    assert kinds["b"] is NodeKind.TRANSACTION
    assert kinds["c"] is NodeKind.AD_HOC_SUB_PROCESS
    assert kinds["d"] is NodeKind.EVENT_SUB_PROCESS
    assert list(found.walk_scopes("t")) == ["c", "b", "a", "p"]
    assert not found.nodes["s"].interrupting
    ad_hoc = found.nodes["c"]
    assert (ad_hoc.ordering, ad_hoc.cancel_remaining) == ("Sequential", False)
    assert ad_hoc.completion_condition == Expression("${done}", "juel", 1)


def test_links_are_pairs_by_name_in_one_scope() -> None:
    throw = '<intermediateThrowEvent id="t"><linkEventDefinition name="on"/></intermediateThrowEvent>'
    catch = '<intermediateCatchEvent id="c"><linkEventDefinition name="on"/></intermediateCatchEvent>'
    nodes = f'<startEvent id="s"/>{throw}{catch}<endEvent id="e"/>'

    assert rules_of(read(process(nodes, "s>t c>e"))) == []
    assert "link-pairs" in rules_of(
        read(
            process(nodes, "s>t c>e").replace(
                b'id="c"><linkEventDefinition name="on"', b'id="c"><linkEventDefinition name="off"'
            )
        )
    )
