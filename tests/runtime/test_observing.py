"""Observed processes: nothing is conducted, events say what happened elsewhere and move the tokens."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from baton.bpmn import read
from baton.model import commands
from baton.model.events import EventType
from baton.model.records import Incident, LedgerState
from tests.runtime.lab import Lab, Library, models
from tests.service.processes import MESSAGE, bpmn, external, line, receive, timer

MINUTE = 60_000


def properties(**named: str) -> str:
    found = "".join(f'<camunda:property name="baton:{name}" value="{value}"/>' for name, value in named.items())
    return f"<extensionElements><camunda:properties>{found}</camunda:properties></extensionElements>"


OBSERVED = properties(observed="true")


def task(id_: str, **named: str) -> str:
    return f'<serviceTask id="{id_}" name="{id_}">{properties(**named) if named else ""}</serviceTask>'


def undoable(id_: str) -> str:
    return (
        f'<boundaryEvent id="{id_}Undo" attachedToRef="{id_}"><compensateEventDefinition/></boundaryEvent>'
        f'<serviceTask id="Cancel{id_}" isForCompensation="true"/>'
        f'<association id="{id_}Tie" associationDirection="One" sourceRef="{id_}Undo" targetRef="Cancel{id_}"/>'
    )


LINE = OBSERVED + line(task("A"), task("B", expectedDuration="PT10M"), task("C"))
TRIP = (
    OBSERVED
    + line(task("Hotel"), task("Flight"), task("Car"))
    + undoable("Hotel")
    + undoable("Flight")
    + '<boundaryEvent id="NoCar" attachedToRef="Car"><errorEventDefinition/></boundaryEvent>'
    '<endEvent id="Undone"><compensateEventDefinition/></endEvent>'
    '<sequenceFlow id="back" sourceRef="NoCar" targetRef="Undone"/>'
)
STEPS = ("A", "B", "C")


class Observed(Lab):
    """Events go by ``tell``."""

    def tell(self, element: str | None, happened: str = "completed", **more: Any) -> str | None:
        """The kind of error, if the event was refused."""
        command = commands.ObserveActivity(
            event_id=f"e{self.count}",
            event_type="told",
            element=element,
            **{"happened": happened, **more},
        )
        return self.offer(command).error

    @property
    def alarms(self) -> list[str]:
        return [incident.kind for incident in self.open(Incident)]

    @property
    def here(self) -> list[str]:
        return sorted(element for element, _ in self.header.tokens)


def observe(body: str) -> Observed:
    lab = Observed(Library(*models(bpmn(body).decode())))
    lab.start()
    return lab


@pytest.mark.parametrize("order", list(permutations(STEPS)))
def test_events_move_the_token_in_whichever_order_they_come(order: tuple[str, ...]) -> None:
    lab = observe(LINE)
    assert (lab.here, lab.open_tasks) == (["A"], [])

    for number, step in enumerate(order):
        assert lab.tell(step, variables={step: number}) is None

    assert lab.state == "completed"
    assert [step for step in lab.path() if step in STEPS] == list(STEPS)
    assert {step: lab.variables[step] for step in STEPS} == {step: order.index(step) for step in STEPS}
    received = [event.element for event in lab.events if event.type is EventType.MESSAGE_RECEIVED]
    assert received == list(order), "history has the events as they came"


def test_an_event_about_what_is_over_is_refused() -> None:
    lab = observe(LINE)
    lab.tell("A")

    assert lab.tell("A") == "Conflict"
    assert lab.tell("D") == "BadRequest"
    assert lab.here == ["B"]
    for step in ("B", "C"):
        lab.tell(step)
    assert lab.tell("C") == "Conflict"
    assert lab.tell(None) is None, "that it began may be told last"


def test_a_step_that_is_not_reported_in_time_is_overdue_until_it_is() -> None:
    lab = observe(LINE)
    lab.tell("A")
    lab.wait(9 * MINUTE)
    assert lab.alarms == []

    lab.wait(MINUTE)
    assert lab.alarms == ["overdueStep"]
    lab.tell("B")
    assert (lab.alarms, lab.here) == ([], ["C"])


def test_a_step_is_missing_when_only_later_ones_are_reported_until_an_operator_goes_on_without() -> None:
    lab = observe(LINE)
    lab.tell("A")
    lab.tell("C")
    assert lab.alarms == []

    lab.wait(MINUTE)
    (incident,) = lab.open(Incident)
    assert (incident.kind, incident.element) == ("missingStep", "B")
    assert "'C'" in incident.message
    lab.send(commands.SkipIncident(incident_id=incident.id))
    assert (lab.state, lab.alarms) == ("completed", [])


def test_a_step_that_failed_elsewhere_is_an_incident_until_it_is_done() -> None:
    lab = observe(LINE)
    lab.tell("A", "started")
    lab.tell("A", "failed", message="no paper")
    assert lab.alarms == ["failedStep"]

    lab.tell("A")
    assert (lab.alarms, lab.here) == ([], ["B"])


def book(lab: Observed) -> None:
    lab.tell("Hotel")
    lab.tell("Flight")


def test_a_saga_runs_backwards_as_its_services_report_it() -> None:
    lab = observe(TRIP)
    book(lab)
    lab.tell("Car", "failed", error_code="sold-out")
    assert lab.here == ["CancelFlight", "Undone"]

    lab.tell("Flight", "undone")
    lab.tell("Hotel", "undone")

    assert (lab.undone, lab.state) == (["Flight", "Hotel"], "completed")
    assert {entry.state for entry in lab.ledger} == {LedgerState.UNDONE}


@pytest.mark.parametrize("told", list(permutations([("Car", "failed"), ("Flight", "undone"), ("Hotel", "undone")])))
def test_undoing_is_shown_whatever_is_reported_first(told: tuple[tuple[str, str], ...]) -> None:
    lab = observe(TRIP)
    book(lab)

    for element, happened in told:
        assert lab.tell(element, happened, error_code="sold-out") is None

    assert lab.state == "completed"
    assert sorted(lab.undone) == ["Flight", "Hotel"]
    assert lab.alarms == []


def test_what_is_undone_before_it_is_known_to_be_done_is_undone_when_it_is() -> None:
    lab = observe(TRIP)
    assert lab.tell("Hotel", "undone") is None
    assert lab.undone == []

    lab.tell("Hotel")
    assert (lab.undone, lab.here) == (["Hotel"], ["Flight"])
    assert lab.tell("Hotel", "undone") == "Conflict"


def test_only_what_has_a_handler_can_be_undone() -> None:
    lab = observe(LINE)
    lab.tell("A")

    assert lab.tell("A", "undone") == "BadRequest"


def test_events_do_not_move_what_baton_conducts() -> None:
    lab = observe(line(external("A")))

    assert lab.tell("A") == "BadRequest"
    assert lab.tell(None) == "BadRequest"


BAD = {
    "sends": '<sendTask id="A"/><endEvent id="x"><messageEventDefinition messageRef="m1"/></endEvent>',
    "waits for a message": line(receive("w")),
    "starts by itself": '<startEvent id="s"><timerEventDefinition><timeDuration>PT1M</timeDuration>'
    "</timerEventDefinition></startEvent>",
    "starts another process": line('<callActivity id="c" calledElement="p"/>'),
    "repeats": line('<task id="t"><standardLoopCharacteristics/></task>'),
    "has no order": line('<adHocSubProcess id="h"><task id="t"/></adHocSubProcess>'),
    "has a listener": line(
        '<task id="t"><extensionElements><camunda:executionListener event="start" topic="x"/></extensionElements>'
        "</task>"
    ),
    "a duration such as PT10M": line(task("t", expectedDuration="soon")),
}


@pytest.mark.parametrize("words", BAD)
def test_what_cannot_be_observed_is_refused_with_the_reason(words: str) -> None:
    found = read(bpmn(OBSERVED + BAD[words], extra=MESSAGE))

    assert any(problem.rule == "not-observable" and words in problem.message for problem in found.errors), found.errors


def test_tasks_of_an_observed_process_need_not_say_what_is_done() -> None:
    tasks = ("sendTask", "scriptTask", "businessRuleTask", "userTask", "receiveTask", "serviceTask")
    lab = observe(OBSERVED + line(*(f'<{kind} id="{kind}"/>' for kind in tasks), timer("rest", "PT1M")))

    for kind in tasks:
        lab.tell(kind)
    assert lab.wait(MINUTE).state == "completed"
