"""Parts of the standard that are read but that no engine step acts on."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.element import Element
from baton.bpmn.findings import warn
from baton.model.problems import Problem

RULE = "no-effect"
HINTS = {
    "correlationKey": "messages are correlated by name, business key and variables, or by zeebe:subscription",
    "performer": "use humanPerformer or potentialOwner of a user task",
    "auditing": "the history records everything",
    "monitoring": "metrics are always on",
    "rendering": "use a form",
}


def check(document: Document) -> Iterator[Problem]:
    for element, kind in document.typed.elements:
        if kind.name in HINTS:
            yield _warn_of(element, HINTS[kind.name])
        elif kind.name in ("humanPerformer", "potentialOwner") and element.find("resourceRef") is not None:
            yield _warn_of(element, "name people and groups by a resourceAssignmentExpression")


def _warn_of(element: Element, hint: str) -> Problem:
    return warn(RULE, element, f"Expected nothing that has no effect, but found {element.label}: {hint}")
