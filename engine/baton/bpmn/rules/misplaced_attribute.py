"""An attribute of BPMN on an element for which it does not exist: what it says would not happen."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.findings import refuse, warn
from baton.bpmn.schema.types import list_attribute_names
from baton.model.problems import Problem

RULE = "misplaced-attribute"
HARMLESS = frozenset({"id", "name", "isCollection"})
"""Written by some tools where they do not belong; they say nothing about behaviour."""


def check(document: Document) -> Iterator[Problem]:
    for element, kind in document.typed.elements:
        if kind.open and kind.name == "extensionElements":
            continue
        for name in element.attributes:
            if name in kind.attributes or name not in list_attribute_names():
                continue
            find = warn if name in HARMLESS else refuse
            yield find(
                RULE, element, f"Expected no attribute '{name}' on {element.label}: BPMN 2.0 gives it no meaning there"
            )
