"""``camunda:out`` when an error or escalation leaves the called process, and ``camunda:in`` of signals."""

from __future__ import annotations

import pytest

from tests.runtime.compensation import building as b
from tests.runtime.lab import Lab

OUT = '<extensionElements><camunda:out source="found" target="result"/></extensionElements>'
CALLED = b.file(
    '<error id="no" errorCode="no"/><escalation id="up" escalationCode="up"/>',
    b.process("called", b.start(), b.task("work"), b.end(), flow="start>work>end"),
)


def call(name: str, called: str) -> str:
    return f'<callActivity id="{name}" calledElement="{called}">{OUT}</callActivity>'


def caller(name: str, called: str, caught: str = "", more: str = "") -> str:
    return b.file(
        '<error id="no" errorCode="no"/><escalation id="up" escalationCode="up"/>',
        b.process(name, b.start(), call("call", called), b.end(), caught, more, flow="start>call>end"),
    )


CATCHES = b.boundary("caught", "call", b.error("no")) + b.task("repair") + b.end("repaired")
FLOWS = (
    '<sequenceFlow id="r1" sourceRef="caught" targetRef="repair"/>'
    '<sequenceFlow id="r2" sourceRef="repair" targetRef="repaired"/>'
)


def test_an_error_brings_the_outputs_to_where_it_is_caught() -> None:
    lab = Lab.of(caller("p", "called", CATCHES, FLOWS), CALLED).start()
    lab.error("work", "no", found=7)

    assert lab.waiting == ["repair"]
    assert lab.variables["result"] == 7


def test_an_error_brings_them_through_every_call_on_its_way() -> None:
    middle = caller("middle", "called").replace('target="result"', 'target="found"')
    lab = Lab.of(caller("p", "middle", CATCHES, FLOWS), middle, CALLED).start()
    lab.error("work", "no", found=7)

    assert lab.waiting == ["repair"]
    assert lab.variables["result"] == 7


@pytest.mark.parametrize("interrupting", [True, False])
def test_an_escalation_brings_them_too(interrupting: bool) -> None:
    called = b.file(
        '<escalation id="up" escalationCode="up"/>',
        b.process(
            "called",
            b.start(),
            b.task("work"),
            b.throw("escalate", '<escalationEventDefinition escalationRef="up"/>'),
            b.task("after"),
            b.end(),
            flow="start>work>escalate>after>end",
        ),
    )
    escalation = '<escalationEventDefinition escalationRef="up"/>'
    catches = b.boundary("caught", "call", escalation, interrupting) + b.task("repair") + b.end("repaired")
    lab = Lab.of(caller("p", "called", catches, FLOWS), called).start().complete("work", found=7)

    assert lab.waiting == (["repair"] if interrupting else ["after", "repair"])
    assert lab.variables["result"] == 7


def test_an_uncaught_error_changes_nothing() -> None:
    lab = Lab.of(caller("p", "called"), CALLED).start()
    lab.error("work", "no", found=7)

    assert "result" not in lab.variables
    assert [incident.kind for incident in lab.incidents] == ["unhandledError"]


SIGNAL = (
    '<intermediateThrowEvent id="tell"><extensionElements><camunda:inputOutput>'
    '<camunda:inputParameter name="own">1</camunda:inputParameter></camunda:inputOutput></extensionElements>'
    '<signalEventDefinition signalRef="S"><extensionElements><camunda:in variables="all" {}/></extensionElements>'
    "</signalEventDefinition></intermediateThrowEvent>"
)


@pytest.mark.parametrize(("local", "sent"), [('local="true"', {"own"}), ("", {"own", "other"})])
def test_a_signal_takes_all_variables_or_those_of_its_own_event(local: str, sent: set[str]) -> None:
    model = b.file(
        '<signal id="S" name="S"/>',
        b.process("p", b.start(), SIGNAL.format(local), b.end(), flow="start>tell>end"),
    )
    lab = Lab.of(model).start(other=2)

    assert set(lab.sent[0].variables) == sent
