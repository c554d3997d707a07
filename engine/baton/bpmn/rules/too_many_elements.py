"""A child element stands more often than the standard allows: it would be unclear which one counts."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.findings import refuse
from baton.model.problems import Problem

RULE = "too-many-elements"


def check(document: Document) -> Iterator[Problem]:
    for element, kind in document.typed.elements:
        if all(slot.many for slot in kind.children):
            continue
        seen: set[str] = set()
        for child in element.children:
            slot = document.typed.slots.get(id(child))
            if slot is None or slot.many or slot.name == "anything":
                continue
            if slot.name in seen:
                yield refuse(RULE, child, f"Expected at most one '{slot.name}' in {element.label}, but found another")
            seen.add(slot.name)
