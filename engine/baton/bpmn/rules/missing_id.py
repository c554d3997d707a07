"""Processes and flow nodes need an id: everything else refers to them by it (clause 8.3.1)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.findings import refuse
from baton.bpmn.schema.types import is_a
from baton.model.problems import Problem

RULE = "missing-id"
NEEDED = ("process", "flowNode", "message", "signal", "error", "escalation", "participant")


def check(document: Document) -> Iterator[Problem]:
    for element, kind in document.typed.elements:
        if element.id is None and kind.name != "implicitThrowEvent" and is_a(kind.name, *NEEDED):
            name = f" called '{element.get('name')}'" if element.get("name") else ""
            yield refuse(RULE, element, f"Expected an id on the {element.name}{name}, but found none")
