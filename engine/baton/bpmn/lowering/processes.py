"""A ``process`` element as a `ProcessModel`: scopes, nodes, flows, lanes, handlers."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import replace

from baton.bpmn.document import Document
from baton.bpmn.element import Element, split_list
from baton.bpmn.lowering import data, expressions, nodes, work
from baton.bpmn.lowering.events import Events
from baton.bpmn.names import CAMUNDA, FALSE, TRUE, ZEEBE
from baton.model.definition import Flow, Node, ProcessModel
from baton.model.elements import TRAITS

OBSERVED = "baton:observed"
"""Extension property of a process that Baton does not conduct."""
_TTL = re.compile(r"P?(\d+)D?")


def find_executable(root: Element) -> list[Element]:
    """The processes to deploy: those marked executable, or, if no process says anything, all that hold a node."""
    processes = root.find_all("process")
    marked = [p for p in processes if p.get("isExecutable") in TRUE]
    if marked or any(p.get("isExecutable") for p in processes):
        return marked
    return [p for p in processes if any(nodes.get_kind(child) for child in p.children)]


def lower_process(document: Document, process: Element) -> ProcessModel:
    """The process with everything in it. What cannot be resolved is left out: the rules have said so."""
    context = _make_context(document, process)
    properties = work.read_properties(process)
    is_observed = properties.get(OBSERVED) == "true"
    found, flows = _collect(process, context, is_observed)
    _connect(found, flows)
    return ProcessModel(
        id=process.id or "",
        nodes=found,
        flows=flows,
        name=process.get("name"),
        documentation=_read_documentation(process) if "documentation" in document.words else None,
        version_tag=_read_version_tag(process) if "versionTag" in document.words else None,
        history_ttl_days=read_ttl_days(process) if "historyTimeToLive" in document.words else None,
        startable=process.get_extension(CAMUNDA, "isStartableInTasklist") not in FALSE,
        candidate_groups=split_list(process.get_extension(CAMUNDA, "candidateStarterGroups")),
        candidate_users=split_list(process.get_extension(CAMUNDA, "candidateStarterUsers")),
        data=data.read_items(process, context.names) if not document.words.isdisjoint(data.KINDS) else (),
        message_targets=_read_message_targets(document, found) if "messageFlow" in document.words else {},
        line=process.line,
        properties=properties,
        listeners=work.read_listeners(process) if not document.words.isdisjoint(work.LISTENERS) else (),
        observed=is_observed,
    )


def _make_context(document: Document, process: Element) -> nodes.Context:
    return nodes.Context(
        ids=document.ids,
        events=Events(document.ids),
        names=data.Names(document.ids),
        lanes=_read_lanes(process) if "lane" in document.words else {},
        handlers=_read_handlers(document) if "association" in document.words else {},
        words=document.words,
    )


def _collect(process: Element, context: nodes.Context, is_observed: bool) -> tuple[dict[str, Node], dict[str, Flow]]:
    found: dict[str, Node] = {}
    flows: dict[str, Flow] = {}
    for element in process.walk():
        scope = element.parent
        if scope is None or element is process or not _is_open(scope, process, found):
            continue
        if nodes.get_kind(element) and element.id and element.id not in found:
            node = nodes.read_node(element, element.id, scope.id or "", context)
            found[element.id] = nodes.make_observed(node) if is_observed and node.traits.is_task else node
        elif element.is_bpmn("sequenceFlow"):
            flow = _read_flow(element, flows, context)
            flows.setdefault(flow.id, flow)
    return found, flows


def _is_open(scope: Element, process: Element, found: dict[str, Node]) -> bool:
    """Whether nodes of the scope belong to the model: not those of a subprocess that is not in it (no id)."""
    kind = nodes.get_kind(scope)
    is_scope = kind is not None and TRAITS[kind].is_scope
    return scope is process or (is_scope and (scope.id or "") in found)


def _read_flow(element: Element, flows: dict[str, Flow], context: nodes.Context) -> Flow:
    source, target = element.get_ref("sourceRef") or "", element.get_ref("targetRef") or ""
    return Flow(
        id=make_flow_id(element, flows, context.ids),
        source=source,
        target=target,
        name=element.get("name"),
        condition=expressions.read_expression(element.find("conditionExpression")),
        line=element.line,
        implicit=element.id is None,
        listeners=work.read_listeners(element) if not context.words.isdisjoint(work.LISTENERS) else (),
    )


def make_flow_id(element: Element, flows: Container[str], ids: Container[str]) -> str:
    """The flow's own id, or one that nothing in the file has: the same file gives the same ids."""
    if element.id is not None:
        return element.id
    wanted = f"flow-{element.get_ref('sourceRef') or ''}-{element.get_ref('targetRef') or ''}"
    found, number = wanted, 1
    while found in flows or found in ids:
        number += 1
        found = f"{wanted}-{number}"
    return found


def _connect(found: dict[str, Node], flows: dict[str, Flow]) -> None:
    """Fill ``incoming`` and ``outgoing`` from the flows: ``sourceRef`` and ``targetRef`` are what counts."""
    incoming: dict[str, list[str]] = {}
    outgoing: dict[str, list[str]] = {}
    for flow in list(flows.values()):
        if flow.source not in found or flow.target not in found:
            del flows[flow.id]
            continue
        outgoing.setdefault(flow.source, []).append(flow.id)
        incoming.setdefault(flow.target, []).append(flow.id)
    for node_id, node in found.items():
        if node_id in incoming or node_id in outgoing:
            ins, outs = tuple(incoming.get(node_id, ())), tuple(outgoing.get(node_id, ()))
            found[node_id] = replace(node, incoming=ins, outgoing=outs)


def _read_lanes(process: Element) -> dict[str, str]:
    """Node id -> name (or id) of the innermost lane."""
    found: dict[str, str] = {}
    for element in process.walk():
        if element.is_bpmn("lane"):
            name = element.get("name") or element.id or ""
            found.update(dict.fromkeys(element.get_refs("flowNodeRef"), name))
    return found


def _read_handlers(document: Document) -> dict[str, str]:
    """Compensation boundary event -> activity at the other end of its association, whichever way it was drawn."""
    found: dict[str, str] = {}
    for item in document.root.walk():
        if not item.is_bpmn("association"):
            continue
        ends = [document.ids.get(item.get_ref(name) or "") for name in ("sourceRef", "targetRef")]
        for boundary, handler in (ends, ends[::-1]):
            if boundary is not None and handler is not None and _compensates(boundary, document) and handler.id:
                found.setdefault(boundary.id or "", handler.id)
    return found


def _compensates(element: Element, document: Document) -> bool:
    if not element.is_bpmn("boundaryEvent"):
        return False
    events = Events(document.ids).read_all(element)
    return any(event.kind.value == "compensation" for event in events)


def _read_message_targets(document: Document, found: dict[str, Node]) -> dict[str, str]:
    """Message flows out of this process: node -> process of the participant it goes to."""
    targets: dict[str, str] = {}
    for collaboration in document.root.find_all("collaboration"):
        processes = {p.id: p.get_ref("processRef") for p in collaboration.find_all("participant")}
        for flow in collaboration.find_all("messageFlow"):
            source, target = flow.get_ref("sourceRef") or "", flow.get_ref("targetRef") or ""
            process = processes.get(target) or _find_process(document.ids.get(target))
            if source in found and process:
                targets[source] = process
    return targets


def _find_process(element: Element | None) -> str | None:
    around = element.walk_up() if element is not None else ()
    return next((e.id for e in around if e.is_bpmn("process")), None)


def _read_documentation(process: Element) -> str | None:
    found = process.find("documentation")
    return found.text.strip() or None if found is not None else None


def _read_version_tag(process: Element) -> str | None:
    zeebe = process.find_extension(ZEEBE, "versionTag")
    return process.get_extension(CAMUNDA, "versionTag") or (zeebe.get("value") if zeebe is not None else None)


def read_ttl_days(process: Element) -> int | None:
    """``camunda:historyTimeToLive``: a number of days or ``P30D``; None if absent or wrong (a rule's finding)."""
    text = process.get_extension(CAMUNDA, "historyTimeToLive")
    match = _TTL.fullmatch(text) if text else None
    return int(match.group(1)) if match else None
