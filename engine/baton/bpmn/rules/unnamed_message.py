"""A message or signal without a name is known by its id (clause 8.4.11 wants a name)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.findings import warn
from baton.bpmn.schema.references import find_references
from baton.model.problems import Problem

RULE = "unnamed-message"
REFERENCES = ("messageRef", "signalRef")


def check(document: Document) -> Iterator[Problem]:
    """Only one that something refers to."""
    used = {ref.target for ref in find_references(document.typed) if ref.name in REFERENCES}
    for element in document.root.find_all("message", "signal"):
        if element.id in used and element.get("name") is None:
            yield warn(
                RULE, element, f"Expected a name at {element.label}, but found none: who sends it must use its id"
            )
