"""A start listener at a gateway that joins runs once, when all tokens have come; in Camunda 7 once for each of them."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import name_node, warn_node
from baton.model.definition import ProcessModel
from baton.model.problems import Problem

RULE = "join-listener"


def check(model: ProcessModel) -> Iterator[Problem]:
    for node in model.nodes.values():
        if node.is_join and any(listener.is_inline and listener.event == "start" for listener in node.listeners):
            yield warn_node(
                RULE,
                node,
                f"Expected no start listener at {name_node(node)}, which joins, but found one: it runs once, when "
                "all that "
                "is waited for has come",
            )
