"""A data element that is a collection has a type that is one, and the other way round (clause 10.4.1)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.findings import refuse
from baton.bpmn.names import TRUE
from baton.bpmn.queries.items import find_definition
from baton.model.problems import Problem

RULE = "collection-type"
KINDS = ("dataInput", "dataOutput", "dataObject")


def check(document: Document) -> Iterator[Problem]:
    """Only where both say it: an element without isCollection takes that of its type."""
    for element, kind in document.typed.elements:
        stated = element.get("isCollection") if kind.name in KINDS else None
        found = find_definition(document, element) if stated else None
        if found is None:
            continue
        if (stated in TRUE) != (found.get("isCollection") in TRUE):
            yield refuse(
                RULE,
                element,
                f"Expected isCollection of {element.label} as in its type {found.label}, but found {stated}",
            )
