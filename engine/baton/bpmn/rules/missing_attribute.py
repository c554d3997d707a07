"""An attribute that the standard requires is missing or empty."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.findings import refuse
from baton.model.problems import Problem

RULE = "missing-attribute"


def check(document: Document) -> Iterator[Problem]:
    for element, kind in document.typed.elements:
        for attribute in kind.attributes.values():
            if attribute.required and element.get(attribute.name) is None:
                yield refuse(
                    RULE, element, f"Expected the attribute '{attribute.name}' on {element.label}, but found none"
                )
