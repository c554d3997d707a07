"""Listeners run at nodes, on flows and processes those that are an expression or a script; elsewhere none is called."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.findings import refuse
from baton.bpmn.lowering.work import read_listener_topic
from baton.bpmn.names import CAMUNDA, ZEEBE
from baton.bpmn.schema.types import is_a
from baton.model.problems import Problem

RULE = "listener-place"
LISTENERS = ("executionListener", "taskListener", "executionListeners", "taskListeners")


def check(document: Document) -> Iterator[Problem]:
    for element, kind in document.typed.elements:
        if is_a(kind.name, "flowNode"):
            continue
        for extension in (*element.find_extensions(CAMUNDA), *element.find_extensions(ZEEBE)):
            inline = is_a(kind.name, "sequenceFlow", "process") and extension.name == "executionListener"
            if extension.name in LISTENERS and not (inline and read_listener_topic(extension) is None):
                yield refuse(
                    RULE,
                    extension,
                    f"Expected a listener at a node, but found {extension.label} at {element.label}: nothing "
                    "would call it there",
                )
