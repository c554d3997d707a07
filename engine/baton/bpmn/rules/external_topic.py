"""An external task names the topic under which workers ask for it."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import name_node, refuse_node
from baton.model.attributes import ExternalWork
from baton.model.definition import Node, ProcessModel
from baton.model.problems import Problem

RULE = "external-topic"


def check(model: ProcessModel) -> Iterator[Problem]:
    for node in model.nodes.values():
        if any(not work.topic.text for work in _works(node)):
            yield refuse_node(
                RULE,
                node,
                f"Expected a topic (camunda:topic or zeebe type) at the external {name_node(node)}, but found none",
            )


def _works(node: Node) -> Iterator[ExternalWork]:
    if node.external is not None:
        yield node.external
    yield from (event.external for event in node.events if event.external is not None)
