"""An attribute's value is not of the kind that the standard asks for: a number, true or false, one of a list, a URI."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.findings import refuse
from baton.bpmn.queries.values import find_mismatch
from baton.model.problems import Problem

RULE = "wrong-value"


def check(document: Document) -> Iterator[Problem]:
    for element, kind in document.typed.elements:
        for name, text in element.attributes.items():
            attribute = kind.attributes.get(name)
            expected = find_mismatch(attribute.kind, text.strip()) if attribute else None
            if expected:
                yield refuse(RULE, element, f"Expected {expected} as '{name}' of {element.label}, but found '{text}'")
