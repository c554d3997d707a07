"""Java classes and beans cannot run here: the work is done by an external task."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.element import Element
from baton.bpmn.findings import refuse
from baton.bpmn.lowering.work import read_listener_topic
from baton.bpmn.names import CAMUNDA
from baton.model.problems import Problem

RULE = "java-code"
ATTRIBUTES = (
    "class",
    "delegateExpression",
    "variableMappingClass",
    "variableMappingDelegateExpression",
    "formHandlerClass",
)
LISTENERS = ("executionListener", "taskListener")


def check(document: Document) -> Iterator[Problem]:
    for element in document.root.walk():
        for name in ATTRIBUTES:
            found = element.get_extension(CAMUNDA, name)
            if found:
                yield refuse(
                    RULE, element, f"Expected no camunda:{name} at {element.label}, but found '{found}': {_HELP}"
                )
        if element.namespace == CAMUNDA and element.name in LISTENERS:
            yield from _check_listener(element)
        if element.namespace == CAMUNDA and element.name == "connector":
            yield refuse(RULE, element, f"Expected no camunda:connector, but found one: {_HELP}")


_HELP = 'Java cannot run here; use camunda:type="external" with a topic and a worker'


def _check_listener(element: Element) -> Iterator[Problem]:
    if read_listener_topic(element) is None:
        yield refuse(
            RULE,
            element,
            f"Expected a topic at the camunda:{element.name}, but found none: only listeners that a worker does can "
            "run here",
        )
