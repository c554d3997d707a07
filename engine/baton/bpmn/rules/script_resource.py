"""A script that is not in the file but in a resource beside it (``camunda:resource``): it is not read."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.findings import refuse
from baton.bpmn.names import CAMUNDA
from baton.model.problems import Problem

RULE = "script-resource"


def check(document: Document) -> Iterator[Problem]:
    for element in document.root.walk():
        inside = element.get("resource") if element.namespace == CAMUNDA and element.name == "script" else None
        found = element.get_extension(CAMUNDA, "resource") or inside
        if found:
            yield refuse(
                RULE, element, f"Expected the script itself in {element.label}, but found the resource '{found}'"
            )
