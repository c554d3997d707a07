"""A task whose kind says that something is done, but not what."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import label, node_error
from baton.model.definition import Node, NodeKind, ProcessModel
from baton.model.problems import Problem

RULE = "nothing-to-do"


def check(model: ProcessModel) -> Iterator[Problem]:
    """Plain and manual tasks do nothing; a receive task without a message would wait for ever."""
    for node in model.nodes.values():
        missing = _missing(node)
        if missing:
            yield node_error(RULE, node, f"Expected {missing} in {label(node)}, but found none")


def _missing(node: Node) -> str | None:
    if node.kind is NodeKind.SERVICE_TASK and node.external is None and node.result is None:
        return 'camunda:type="external" with a topic, a zeebe:taskDefinition or a camunda:expression'
    if node.kind is NodeKind.SEND_TASK and node.external is None and node.result is None and not node.events:
        return 'a messageRef or camunda:type="external" with a topic'
    if node.kind is NodeKind.RECEIVE_TASK and not node.events:
        return "a messageRef"
    if node.kind is NodeKind.SCRIPT_TASK and (node.script is None or not node.script.source.strip()):
        return None if node.external is not None else "a script"
    if node.kind is NodeKind.BUSINESS_RULE_TASK and node.call is None and node.external is None and node.result is None:
        return 'camunda:decisionRef, zeebe:calledDecision or camunda:type="external" with a topic'
    return None
