"""Java classes and beans cannot run here: the work is done by an external task."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.element import Element
from baton.bpmn.findings import refuse
from baton.bpmn.lowering.connectors import HTTP
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
            yield from _check_connector(element)


_HELP = 'Java cannot run here; use camunda:type="external" with a topic and a worker'


def _check_connector(connector: Element) -> Iterator[Problem]:
    """The one for HTTP comes with Baton; others are Java."""
    named = connector.find("connectorId", CAMUNDA)
    found = named.text.strip() if named is not None else ""
    if found != HTTP:
        yield refuse(
            RULE,
            connector,
            f"Expected the camunda:connector '{HTTP}', but found '{found or 'no connectorId'}': {_HELP}",
        )


def _check_listener(element: Element) -> Iterator[Problem]:
    if read_listener_topic(element) is not None:
        return
    java = element.get("class") or element.get("delegateExpression")
    if java is not None or (element.get("expression") is None and element.find("script", CAMUNDA) is None):
        found = f"'{java}'" if java is not None else "nothing"
        yield refuse(
            RULE,
            element,
            f"Expected an expression, a script or a topic at the camunda:{element.name}, but found {found}: Java "
            "cannot run here; a listener with a topic is done by a worker",
        )
