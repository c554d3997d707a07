"""What a node says of its flows (incoming, outgoing) agrees with the flows (clause 8.4.13)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.element import Element
from baton.bpmn.findings import refuse, warn
from baton.bpmn.schema.types import is_a
from baton.model.problems import Problem

RULE = "flow-lists"


def check(document: Document) -> Iterator[Problem]:
    """A listed flow that does not touch the node contradicts the file; an entry that is not a flow is a remnant."""
    for element, kind in document.typed.elements:
        if is_a(kind.name, "flowNode"):
            yield from _check_side(document, element, "incoming", "targetRef")
            yield from _check_side(document, element, "outgoing", "sourceRef")
        elif kind.name == "lane":
            for ref in element.get_refs("flowNodeRef"):
                if ref not in document.ids:
                    yield warn(RULE, element, f"Expected a node in {element.label}, but found no '{ref}' in the file")


def _check_side(document: Document, node: Element, name: str, end: str) -> Iterator[Problem]:
    for ref in node.get_refs(name):
        flow = document.ids.get(ref)
        if flow is None or not flow.is_bpmn("sequenceFlow"):
            yield warn(RULE, node, f"Expected a flow as {name} of {node.label}, but found no flow '{ref}'")
        elif flow.get_ref(end) != node.id:
            yield refuse(
                RULE,
                node,
                f"Expected '{ref}', {name} of {node.label}, to have it as {end}, but found '{flow.get_ref(end)}'",
            )
