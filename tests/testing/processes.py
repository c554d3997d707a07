"""Processes and workers that the tests of ``baton.testing`` use, as a user would write them."""

from __future__ import annotations

from baton.worker import BpmnError, Failure, Task, worker

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="test" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn">'
)


def make_task(id: str, topic: str, *, retry: str = "") -> str:
    cycle = f"<camunda:failedJobRetryTimeCycle>{retry}</camunda:failedJobRetryTimeCycle>" if retry else ""
    return (
        f'<serviceTask id="{id}" camunda:type="external" camunda:topic="{topic}">'
        f"<extensionElements>{cycle}</extensionElements></serviceTask>"
    )


def make_undo(of: str, by: str) -> str:
    return (
        f'<boundaryEvent id="On{by}" attachedToRef="{of}"><compensateEventDefinition/></boundaryEvent>'
        f'<serviceTask id="{by}" isForCompensation="true" camunda:type="external" camunda:topic="undo"/>'
        f'<association id="a{by}" sourceRef="On{by}" targetRef="{by}" associationDirection="One"/>'
    )


def make_flows(*pairs: tuple[str, str]) -> str:
    return "".join(f'<sequenceFlow id="f{a}{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in pairs)


CONTRACT = (
    f'{HEAD}<process id="contract" isExecutable="true"><startEvent id="Start"/>'
    + make_task("Reserve", "reserve")
    + make_undo("Reserve", "Release")
    + make_task("Contract", "contract", retry="R3/PT10M")
    + make_undo("Contract", "Void")
    + '<userTask id="Approve"/>'
    + '<boundaryEvent id="Late" attachedToRef="Approve"><timerEventDefinition><timeDuration>P14D</timeDuration>'
    "</timerEventDefinition></boundaryEvent>"
    '<intermediateThrowEvent id="UndoAll"><compensateEventDefinition/></intermediateThrowEvent>'
    '<endEvent id="GivenUp"/><endEvent id="Signed"/>'
    + make_flows(
        ("Start", "Reserve"),
        ("Reserve", "Contract"),
        ("Contract", "Approve"),
        ("Approve", "Signed"),
        ("Late", "UndoAll"),
        ("UndoAll", "GivenUp"),
    )
    + "</process></definitions>"
)

LOOP = (
    f'{HEAD}<process id="loop" isExecutable="true"><startEvent id="Start"/>'
    + make_task("Again", "again", retry="R1000000/PT0S")
    + '<endEvent id="End"/>'
    + make_flows(("Start", "Again"), ("Again", "End"))
    + "</process></definitions>"
)

EVERY_DAY = (
    f'{HEAD}<process id="daily" isExecutable="true"><startEvent id="Morning"><timerEventDefinition>'
    '<timeCycle>R/P1D</timeCycle></timerEventDefinition></startEvent><endEvent id="End"/>'
    + make_flows(("Morning", "End"))
    + "</process></definitions>"
)


@worker("reserve")
def reserve(item: str) -> dict[str, str]:
    return {"reservation": f"R-{item}"}


@worker("contract")
def sign_contract(task: Task) -> dict[str, int]:
    if task.variables.get("notary") == "away" and task.attempt < 3:
        raise Failure("the notary is away")
    if task.variables.get("notary") == "none":
        raise BpmnError("no-notary")
    return {"attempts": task.attempt}


@worker("undo")
def undo(task: Task) -> None:
    return None
