"""A sequence flow joins two nodes of one scope; it never crosses a subprocess or a pool (clause 7.6.1)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.findings import refuse
from baton.model.problems import Problem

RULE = "flow-across-scopes"


def check(document: Document) -> Iterator[Problem]:
    for element, kind in document.typed.elements:
        if kind.name != "sequenceFlow":
            continue
        source = document.ids.get(element.get_ref("sourceRef") or "")
        target = document.ids.get(element.get_ref("targetRef") or "")
        if source is None or target is None or source.parent is target.parent:
            continue
        yield refuse(
            RULE,
            element,
            f"Expected both ends of the flow in one scope, but found {source.label} in "
            f"{source.parent.label if source.parent else '?'} and {target.label} in "
            f"{target.parent.label if target.parent else '?'}",
        )
