"""An element of the BPMN namespace that the standard does not have: it would be silently ignored."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.findings import refuse
from baton.bpmn.schema.types import list_child_names
from baton.model.problems import Problem

RULE = "unknown-element"


def check(document: Document) -> Iterator[Problem]:
    for element in document.typed.strays:
        if element.name not in list_child_names():
            yield refuse(RULE, element, f"Expected an element of BPMN 2.0, but found '{element.name}'")
