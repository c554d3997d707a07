"""In an executable process a flow is taken at once: isImmediate is not false (clause 8.4.13)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.findings import warn
from baton.model.problems import Problem

RULE = "immediate-flow"


def check(document: Document) -> Iterator[Problem]:
    for element, kind in document.typed.elements:
        if kind.name == "sequenceFlow" and element.get("isImmediate") in ("false", "0"):
            yield warn(RULE, element, f'Expected no isImmediate="false" on {element.label}: Baton takes it at once')
