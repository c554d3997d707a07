"""The name and the documentation of a user task may hold expressions, as in Camunda 7."""

from __future__ import annotations

from baton.bpmn import read
from baton.model import commands
from tests.bpmn.build import around
from tests.runtime.lab import Lab


def asked(name: str, documentation: str = "") -> str:
    inside = f"<documentation>{documentation}</documentation>" if documentation else ""
    return around(f'<userTask id="n" name="{name}">{inside}</userTask>').decode()


def test_expressions_in_name_and_documentation_are_evaluated_when_the_task_is_made() -> None:
    lab = Lab.of(asked("Check order ${order.id}", "For ${customer}, by #{order.by}"))
    lab.start(order={"id": 7, "by": "Monday"}, customer="Ann")
    lab.set(customer="Bob")
    task = lab.user_task("n")

    assert (task.name, task.description) == ("Check order 7", "For Ann, by Monday")


def test_a_plain_text_is_shown_as_it_is() -> None:
    task = Lab.of(asked("=x $5", "=y")).start().user_task("n")

    assert (task.name, task.description) == ("=x $5", "=y")


def test_a_name_that_cannot_be_evaluated_is_an_incident_and_can_be_repeated() -> None:
    lab = Lab.of(asked("Order ${order}")).start()
    (incident,) = lab.incidents
    assert "order" in incident.message

    lab.set(order=8)
    lab.send(commands.ResolveIncident(incident_id=incident.id))

    assert lab.user_task("n").name == "Order 8"


def test_a_name_that_cannot_be_read_is_refused_with_its_place() -> None:
    found = read(asked("Order ${order.").encode()).errors

    assert [(problem.rule, problem.element) for problem in found] == [("expression-syntax", "n")]
