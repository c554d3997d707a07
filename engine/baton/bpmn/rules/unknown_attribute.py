"""An attribute that the standard does not know: it has no effect, and the author may think that it has one."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.findings import warn
from baton.bpmn.schema.types import list_attribute_names
from baton.model.problems import Problem

RULE = "unknown-attribute"


def check(document: Document) -> Iterator[Problem]:
    for element, kind in document.typed.elements:
        for name in element.attributes:
            if name not in kind.attributes and name not in list_attribute_names():
                yield warn(
                    RULE,
                    element,
                    f"Expected an attribute of BPMN 2.0 on {element.label}, but found '{name}': it has no effect",
                )
