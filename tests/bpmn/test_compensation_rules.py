"""The deployment problems of compensation: each is found, with the element; what is right gives none."""

from __future__ import annotations

import pytest

from baton.bpmn import read
from tests.bpmn.build import process, rules_of

BOOK = '<serviceTask id="book" camunda:type="external" camunda:topic="book"/>'
UNDO = '<boundaryEvent id="undo" attachedToRef="book"><compensateEventDefinition/></boundaryEvent>'
UNBOOK = '<serviceTask id="unbook" isForCompensation="true" camunda:type="external" camunda:topic="unbook"/>'
TIE = '<association id="tie" sourceRef="undo" targetRef="unbook"/>'
THROW = '<intermediateThrowEvent id="throw"><compensateEventDefinition {}/></intermediateThrowEvent>'
EVENT_SUB = (
    '<subProcess id="{0}" triggeredByEvent="true"><startEvent id="{0}-start"><compensateEventDefinition/></startEvent>'
    "</subProcess>"
)


def problems(*parts: str, throw: str = "", flow: str = "start>book>throw>end") -> dict[str, list[str | None]]:
    nodes = f'<startEvent id="start"/>{"".join(parts)}{THROW.format(throw)}<endEvent id="end"/>'
    found: dict[str, list[str | None]] = {}
    for problem in read(process(nodes, flow)).problems:
        found.setdefault(problem.rule, []).append(problem.element)
    return found


def test_a_handler_tied_to_its_activity_is_all_right() -> None:
    assert problems(BOOK, UNDO, UNBOOK, TIE) == {}
    assert problems(BOOK, UNDO, UNBOOK, TIE, throw='activityRef="book"') == {}


def test_a_boundary_event_without_association_is_refused() -> None:
    assert problems(BOOK, UNDO)["compensation-handler"] == ["undo"]


def test_a_handler_without_the_marker_is_refused() -> None:
    unmarked = UNBOOK.replace(' isForCompensation="true"', "")

    assert "unbook" in problems(BOOK, UNDO, unmarked, TIE)["compensation-handler"]


def test_a_handler_with_flows_is_refused() -> None:
    found = problems(BOOK, UNDO, UNBOOK, TIE, flow="start>book>throw>end unbook>end")

    assert "unbook" in found["compensation-handler"]


def test_a_handler_with_boundary_events_is_refused() -> None:
    timer = (
        '<boundaryEvent id="late" attachedToRef="unbook"><timerEventDefinition><timeDuration>PT1H</timeDuration>'
        "</timerEventDefinition></boundaryEvent>"
    )

    assert "unbook" in problems(BOOK, UNDO, UNBOOK, TIE, timer)["compensation-handler"]


def test_a_handler_of_two_boundary_events_is_refused() -> None:
    more = (
        '<serviceTask id="pay" camunda:type="external" camunda:topic="pay"/><boundaryEvent id="undo2" '
        'attachedToRef="pay">'
        '<compensateEventDefinition/></boundaryEvent><association id="tie2" sourceRef="undo2" targetRef="unbook"/>'
    )
    found = problems(BOOK, UNDO, UNBOOK, TIE, more, flow="start>book>pay>throw>end")

    assert "unbook" in found["compensation-handler"]


def test_two_compensation_boundaries_on_one_activity_are_refused() -> None:
    again = UNDO.replace('"undo"', '"undo2"') + UNBOOK.replace("unbook", "unbook2")
    tie = '<association id="tie2" sourceRef="undo2" targetRef="unbook2"/>'

    assert problems(BOOK, UNDO, UNBOOK, TIE, again, tie)["compensation-handler"] == ["undo2"]


def test_two_compensation_event_subprocesses_in_a_scope_are_refused() -> None:
    inner = BOOK + EVENT_SUB.format("one") + EVENT_SUB.format("two")
    found = problems(f'<subProcess id="sub">{inner}</subProcess>', flow="start>sub>throw>end")

    assert found["compensation-subprocess"] == ["two"]


@pytest.mark.parametrize(
    ("target", "names"),
    [("inner", "of 'sub'"), ("throw", ""), ("nobody", "")],
)
def test_a_reference_outside_the_scope_or_to_what_cannot_be_undone_is_refused(target: str, names: str) -> None:
    nodes = (
        f'<startEvent id="start"/>{BOOK}{UNDO}{UNBOOK}{TIE}<subProcess id="sub"><task id="inner"/></subProcess>'
        f'{THROW.format(f"activityRef={chr(34)}{target}{chr(34)}")}<endEvent id="end"/>'
    )
    found = read(process(nodes, "start>book>sub>throw>end")).errors

    assert {problem.element for problem in found} == {"throw"}
    assert any(names in problem.message for problem in found)


def test_inside_an_event_subprocess_the_scope_around_it_is_meant() -> None:
    handle = (
        '<subProcess id="handle" triggeredByEvent="true"><startEvent id="caught"><errorEventDefinition/></startEvent>'
        f"{THROW.format('activityRef=' + chr(34) + 'book' + chr(34)).replace('throw', 'inside')}"
        '<endEvent id="handled"/><sequenceFlow id="f1" sourceRef="caught" targetRef="inside"/>'
        '<sequenceFlow id="f2" sourceRef="inside" targetRef="handled"/></subProcess>'
    )

    assert problems(BOOK, UNDO, UNBOOK, TIE, handle) == {}


def test_cancel_events_outside_a_transaction_are_refused() -> None:
    cancel = '<endEvent id="give-up"><cancelEventDefinition/></endEvent>'
    boundary = '<boundaryEvent id="cancelled" attachedToRef="book"><cancelEventDefinition/></boundaryEvent>'
    flow = "start>book>throw>end start>give-up cancelled>end"

    assert problems(BOOK, UNDO, UNBOOK, TIE, cancel, boundary, flow=flow)["cancel-event"] == ["give-up", "cancelled"]


def test_two_cancel_boundaries_on_one_transaction_are_refused() -> None:
    boundary = '<boundaryEvent id="{}" attachedToRef="tx"><cancelEventDefinition/></boundaryEvent>'
    parts = [
        f'<transaction id="tx">{BOOK}{UNDO}{UNBOOK}{TIE}</transaction>',
        boundary.format("c1"),
        boundary.format("c2"),
    ]

    assert problems(*parts, flow="start>tx>throw>end c1>end c2>end")["cancel-event"] == ["c2"]


def test_a_throw_that_finds_nothing_and_words_without_effect_are_warnings() -> None:
    catching = UNDO.replace("<compensateEventDefinition/>", '<compensateEventDefinition waitForCompletion="false"/>')
    idle = read(process(f'<startEvent id="s"/>{THROW.format("")}<endEvent id="e"/>', "s>throw>e"))

    assert problems(BOOK, catching, UNBOOK, TIE) == {"compensation-reference": ["undo"]}
    assert rules_of(idle) == ["idle-compensation"]
    assert idle.ok


PAY = '<serviceTask id="pay" camunda:type="external" camunda:topic="pay"/>'
SAGA = "start>book>ship>pay>throw>end"


def ship(more: str = "") -> str:
    return f'<serviceTask id="ship" camunda:type="external" camunda:topic="ship" {more}/>'


def test_a_step_that_nothing_undoes_before_one_that_can_fail_is_a_warning() -> None:
    found = problems(BOOK, UNDO, UNBOOK, TIE, ship(), PAY, flow=SAGA)

    assert found == {"missing-undo": ["ship", "pay"]}


def test_the_last_step_needs_no_undo() -> None:
    end = '<endEvent id="done"/><exclusiveGateway id="paid" default="paid-mail"/>'
    mail = '<sendTask id="mail" camunda:type="external" camunda:topic="mail"/>'
    choice = (
        '<sequenceFlow id="no" sourceRef="paid" targetRef="throw"><conditionExpression>${x}</conditionExpression>'
        "</sequenceFlow>"
    )
    found = problems(BOOK, UNDO, UNBOOK, TIE, end, mail, choice, flow="start>book>paid>mail>done throw>end")

    assert found == {}


def test_a_process_without_any_compensation_is_left_alone() -> None:
    reading = read(process(f'<startEvent id="s"/>{ship()}{PAY}<endEvent id="e"/>', "s>ship>pay>e"))

    assert reading.problems == ()
