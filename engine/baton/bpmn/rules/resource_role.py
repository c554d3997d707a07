"""A resource is named directly or found by an expression, not both (clause 10.3.1, table 10.5)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.findings import refuse
from baton.bpmn.schema.types import is_a
from baton.model.problems import Problem

RULE = "resource-role"


def check(document: Document) -> Iterator[Problem]:
    for element, kind in document.typed.elements:
        if not is_a(kind.name, "resourceRole"):
            continue
        named, found = element.find("resourceRef"), element.find("resourceAssignmentExpression")
        if named is not None and found is not None:
            yield refuse(
                RULE,
                element,
                f"Expected resourceRef or resourceAssignmentExpression in {element.label}, but found both",
            )
        if named is None and element.find_all("resourceParameterBinding"):
            yield refuse(
                RULE, element, f"Expected resourceRef beside the parameter bindings of {element.label}, but found none"
            )
