"""An element of BPMN in a place where the standard does not allow it."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.findings import refuse
from baton.bpmn.schema.types import list_child_names
from baton.model.problems import Problem

RULE = "misplaced-element"


def check(document: Document) -> Iterator[Problem]:
    for element in document.typed.strays:
        if element.name in list_child_names() and element.parent is not None:
            yield refuse(
                RULE,
                element,
                f"Expected no '{element.name}' in {element.parent.label}: BPMN 2.0 does not allow it there",
            )
