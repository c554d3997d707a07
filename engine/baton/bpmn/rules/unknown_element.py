"""An element of the BPMN namespace that the standard does not know: it would be dropped in silence."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.findings import error
from baton.bpmn.schema.types import child_names
from baton.model.problems import Problem

RULE = "unknown-element"


def check(document: Document) -> Iterator[Problem]:
    for element in document.typed.strays:
        if element.name not in child_names():
            yield error(RULE, element, f"Expected an element of BPMN 2.0, but found '{element.name}'")
