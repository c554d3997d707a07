"""A message flow goes from something that sends to something that receives, in another pool (clause 9.3)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.element import Element
from baton.bpmn.findings import refuse, warn
from baton.model.problems import Problem

RULE = "message-flow"
CANNOT_SEND = ("startEvent", "intermediateCatchEvent", "boundaryEvent", "receiveTask")
CANNOT_RECEIVE = ("endEvent", "intermediateThrowEvent", "sendTask")


def check(document: Document) -> Iterator[Problem]:
    pools = _find_pools(document)
    for element, kind in document.typed.elements:
        if kind.name == "messageFlow":
            yield from _check_flow(document, pools, element)


def _check_flow(document: Document, pools: dict[str, str], flow: Element) -> Iterator[Problem]:
    source = document.ids.get(flow.get_ref("sourceRef") or "")
    target = document.ids.get(flow.get_ref("targetRef") or "")
    if source is None or target is None:
        return
    if _find_pool(source, pools) == _find_pool(target, pools):
        yield refuse(
            RULE, flow, f"Expected {flow.label} between two pools, but found both ends in '{_find_pool(source, pools)}'"
        )
    if source.name in CANNOT_SEND:
        yield refuse(RULE, flow, f"Expected {flow.label} to start at something that sends, but found {source.label}")
    if target.name in CANNOT_RECEIVE:
        yield refuse(RULE, flow, f"Expected {flow.label} to end at something that receives, but found {target.label}")
    for end in (source, target):
        if end.name in ("startEvent", "endEvent") and not _has_message(document, end):
            yield warn(RULE, flow, f"Expected a message event at an end of {flow.label}, but found {end.label} without")


def _has_message(document: Document, event: Element) -> bool:
    refs = (document.ids.get(ref) for ref in event.get_refs("eventDefinitionRef"))
    return any(e is not None and e.is_bpmn("messageEventDefinition") for e in (*event.children, *refs))


def _find_pools(document: Document) -> dict[str, str]:
    """Process id -> participant id."""
    found = document.root.find_all("collaboration")
    return {
        p.get_ref("processRef") or "": p.id or ""
        for c in found
        for p in c.find_all("participant")
        if p.get_ref("processRef")
    }


def _find_pool(element: Element, pools: dict[str, str]) -> str:
    if element.is_bpmn("participant"):
        return element.id or ""
    process = next((e for e in element.walk_up() if e.is_bpmn("process")), None)
    process_id = (process.id or "") if process is not None else ""
    return pools.get(process_id, process_id)
