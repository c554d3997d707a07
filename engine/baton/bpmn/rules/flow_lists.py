"""What a node says of its flows (incoming, outgoing) agrees with the flows (clause 8.4.13)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.element import Element
from baton.bpmn.findings import error
from baton.bpmn.schema.types import is_a
from baton.model.problems import Problem

RULE = "flow-lists"


def check(document: Document) -> Iterator[Problem]:
    """A listed flow that does not touch the node contradicts the file; lists may leave flows out."""
    for element, kind in document.typed.elements:
        if is_a(kind.name, "flowNode"):
            yield from _side(document, element, "incoming", "targetRef")
            yield from _side(document, element, "outgoing", "sourceRef")


def _side(document: Document, node: Element, name: str, end: str) -> Iterator[Problem]:
    for ref in node.refs(name):
        flow = document.ids.get(ref)
        if flow is not None and flow.is_bpmn("sequenceFlow") and flow.ref(end) != node.id:
            yield error(
                RULE,
                node,
                f"Expected '{ref}', {name} of {node.label}, to have it as {end}, but found '{flow.ref(end)}'",
            )
