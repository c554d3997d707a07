"""Global tasks (clause 10.3.6): each becomes a process of one node, so that call activities call all alike."""

from __future__ import annotations

from dataclasses import replace

from baton.bpmn.document import Document
from baton.bpmn.element import Element
from baton.bpmn.lowering import data, nodes
from baton.bpmn.lowering.events import Events
from baton.bpmn.names import BPMN
from baton.model.definition import ProcessModel

TASKS = {
    "globalTask": "task",
    "globalManualTask": "manualTask",
    "globalScriptTask": "scriptTask",
    "globalUserTask": "userTask",
    "globalBusinessRuleTask": "businessRuleTask",
}


def lower_global_tasks(document: Document) -> tuple[ProcessModel, ...]:
    return tuple(_lower(document, element) for element in document.root.find_all(*TASKS) if element.id)


def _lower(document: Document, element: Element) -> ProcessModel:
    context = nodes.Context(document.ids, Events(document.ids), data.Names(document.ids), {}, {}, document.words)
    key = element.id or ""
    node = nodes.read_node(_as_task(element), f"{key}-task", key, context)
    return ProcessModel(
        id=key,
        nodes={node.id: replace(node, data=())},
        flows={},
        name=node.name,
        data=node.data,
        startable=False,
        line=element.line,
    )


def _as_task(element: Element) -> Element:
    attributes = dict(element.attributes)
    if "scriptLanguage" in attributes:
        attributes["scriptFormat"] = attributes.pop("scriptLanguage")
    return Element(
        BPMN,
        TASKS[element.name],
        element.line,
        attributes=attributes,
        extensions=element.extensions,
        children=element.children,
        parent=element.parent,
    )
