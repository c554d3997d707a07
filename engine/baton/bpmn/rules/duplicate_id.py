"""An id stands for one element of the file (clause 8.3.1): with two, every reference to it is ambiguous."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.findings import refuse
from baton.model.problems import Problem

RULE = "duplicate-id"


def check(document: Document) -> Iterator[Problem]:
    for element, _ in document.typed.elements:
        first = document.ids.get(element.id or "")
        if first is not None and first is not element:
            yield refuse(
                RULE,
                element,
                f"Expected the id '{element.id}' once, but found it on {first.name} (line {first.line}) and here",
            )
