"""A child element that the standard requires is not there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.element import Element
from baton.bpmn.findings import refuse
from baton.bpmn.schema.types import Type
from baton.model.problems import Problem

RULE = "missing-element"


def check(document: Document) -> Iterator[Problem]:
    for element, kind in document.typed.elements:
        if any(slot.least for slot in kind.children):
            yield from _check_missing(document, element, kind)


def _check_missing(document: Document, element: Element, kind: Type) -> Iterator[Problem]:
    slots = (document.typed.slots.get(id(child)) for child in element.children)
    found = Counter(slot.name for slot in slots if slot is not None)
    for slot in kind.children:
        if slot.least > found[slot.name]:
            yield refuse(RULE, element, f"Expected '{slot.name}' in {element.label}, but found none")
