"""What a file leaves out and Camunda 7 fills in: ids, the flag that a process can run, choices without a condition."""

from __future__ import annotations

from baton.bpmn.element import get_local_name
from baton.bpmn.names import XSI
from baton.bpmn.schema.types import is_a
from baton.convert.report import NoteKind
from baton.convert.tree import Node, Tree, describe, find_child, get, insert_child, remove, split

_TRUE = ("true", "1")


def add_ids(tree: Tree) -> None:
    """Of processes, nodes and flows: tokens, history and reports name them."""
    for node in tree.walk():
        kind = split(node)[1]
        if node.get("id") is None and (kind == "process" or is_a(kind, "flowNode", "sequenceFlow")):
            if kind == "implicitThrowEvent":
                continue
            node.set("id", tree.make_id(node.get("name") or kind))
            tree.note(NoteKind.CHANGED, node, f"the {kind} had no id: it is '{node.get('id')}' now")


def mark_executable(tree: Tree) -> None:
    """Camunda 7 runs a process without the attribute; one that says no only where no other would run."""
    processes = [node for node in tree.walk("process") if any(is_flow_node(child) for child in node)]
    silent = [node for node in processes if node.get("isExecutable") is None]
    runs = [node for node in tree.walk("process") if node.get("isExecutable") in _TRUE]
    for node in silent or ([] if runs else processes):
        was = "said nothing about" if node.get("isExecutable") is None else "denied"
        node.set("isExecutable", "true")
        tree.note(NoteKind.CHANGED, node, f"{describe(node)} {was} being executable: isExecutable is 'true' now")


def is_flow_node(node: Node) -> bool:
    return isinstance(node.tag, str) and is_a(split(node)[1], "flowNode")


def check_history(tree: Tree) -> None:
    for node in tree.walk("process"):
        if node.get("isExecutable") in _TRUE and get(node, "historyTimeToLive") is None:
            message = f"{describe(node)} has no historyTimeToLive: Baton keeps its history until it is deleted"
            tree.note(NoteKind.DIFFERS, node, message)


def complete_choices(tree: Tree) -> None:
    """A flow without condition out of a choice is taken when it is reached, as in Camunda 7."""
    flows = tree.walk("sequenceFlow")
    for gateway in tree.walk("exclusiveGateway"):
        leaving = [flow for flow in flows if flow.get("sourceRef") == gateway.get("id")]
        for flow in leaving if len(leaving) > 1 else ():
            if find_child(flow, "conditionExpression") is None and flow.get("id") != gateway.get("default"):
                _add_condition(tree, flow)


def _add_condition(tree: Tree, flow: Node) -> None:
    namespace = flow.tag.rpartition("}")[0]
    condition = insert_child(flow, None, f"{namespace}}}conditionExpression")
    condition.set(f"{{{XSI}}}type", _make_type(flow))
    condition.text = "${true}"
    tree.note(NoteKind.COMPLETED, flow, f"{describe(flow)} out of a choice had no condition: it has '${{true}}' now")


def _make_type(flow: Node) -> str:
    return f"{flow.prefix}:tFormalExpression" if flow.prefix else "tFormalExpression"


def drop_empty_messages(tree: Tree) -> None:
    """A throwing message event that sends nothing only passes in Camunda 7, as one without definition does here."""
    for definition in tree.walk("messageEventDefinition"):
        event = definition.getparent()
        throws = split(event)[1] in ("intermediateThrowEvent", "endEvent")
        if throws and not _names_message(tree, definition) and not _has_work(definition):
            message = f"{describe(event)} named no message and no work: it sends nothing, so its definition is removed"
            tree.note(NoteKind.COMPLETED, definition, message)
            tree.note(
                NoteKind.TO_DO, definition, f"{describe(event)}: give it a message, or a topic, if it is to send one"
            )
            remove(definition)


def _has_work(definition: Node) -> bool:
    return any(get(definition, name) for name in ("type", "class", "expression", "delegateExpression", "topic"))


def _names_message(tree: Tree, definition: Node) -> bool:
    reference = get_local_name(definition.get("messageRef") or "")
    return bool(reference) and tree.find(reference) is not None
