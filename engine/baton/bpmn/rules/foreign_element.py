"""An element of another namespace outside extensionElements (clause 8.2.3): no tool would find it there."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.findings import warn
from baton.bpmn.names import BPMNDI
from baton.model.problems import Problem

RULE = "foreign-element"


def check(document: Document) -> Iterator[Problem]:
    for element in document.typed.foreign:
        if element.namespace != BPMNDI and element.parent is not None:
            yield warn(
                RULE,
                element,
                f"Expected '{element.name}' of {element.parent.label} inside extensionElements: here it has no effect",
            )
