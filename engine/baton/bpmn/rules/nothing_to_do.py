"""A task whose kind says that something is done, but not what."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import name_node, refuse_node
from baton.model.definition import Node, ProcessModel
from baton.model.elements import Work
from baton.model.problems import Problem

RULE = "nothing-to-do"


EXPECTED = {
    Work.EXTERNAL: 'camunda:type="external" with a topic, a zeebe:taskDefinition or a camunda:expression',
    Work.MESSAGE_OUT: 'a messageRef or camunda:type="external" with a topic',
    Work.MESSAGE_IN: "a messageRef, whose message starts the process,",
    Work.SCRIPT: "a script",
    Work.DECISION: 'camunda:decisionRef, zeebe:calledDecision or camunda:type="external" with a topic',
}


def check(model: ProcessModel) -> Iterator[Problem]:
    """Plain and manual tasks do nothing; a receive task without a message waits for a request that continues it.

    What an observed task does is done elsewhere.
    """
    for node in model.nodes.values():
        expected = None if node.observed else EXPECTED.get(node.traits.work)
        if expected is not None and not _names_work(node):
            yield refuse_node(RULE, node, f"Expected {expected} in {name_node(node)}, but found none")


def _names_work(node: Node) -> bool:
    if node.traits.work is Work.MESSAGE_IN:
        return bool(node.events) or not node.instantiate
    if node.traits.work is Work.SCRIPT:
        return node.external is not None or (node.script is not None and bool(node.script.source.strip()))
    return node.external is not None or node.result is not None or node.call is not None or bool(node.events)
