"""eventDefinitionRef names a definition of its own, not one inside another event (clause 10.5.1)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.findings import refuse
from baton.model.problems import Problem

RULE = "event-definition-reference"


def check(document: Document) -> Iterator[Problem]:
    for element, slot in document.typed.references:
        if slot.name != "eventDefinitionRef" or element.parent is None:
            continue
        target = document.ids.get(element.text.strip().rpartition(":")[2])
        if target is not None and target.parent is not document.root:
            yield refuse(
                RULE,
                element,
                f"Expected eventDefinitionRef of {element.parent.label} to name a definition at the top of the "
                "file, but found "
                f"{target.label} inside {target.parent.label if target.parent else '?'}",
            )
