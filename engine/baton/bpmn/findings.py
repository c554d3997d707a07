"""Problems with their place: an element of the file, or a node or flow of a model."""

from __future__ import annotations

from baton.bpmn.element import Element
from baton.model.definition import Flow, Node
from baton.model.problems import Problem, Severity


def refuse(rule: str, at: Element, message: str) -> Problem:
    return Problem(rule=rule, severity=Severity.ERROR, message=message, element=at.nearest_id, line=at.line)


def warn(rule: str, at: Element, message: str) -> Problem:
    return Problem(rule=rule, severity=Severity.WARNING, message=message, element=at.nearest_id, line=at.line)


def refuse_node(rule: str, at: Node | Flow, message: str) -> Problem:
    return Problem(rule=rule, severity=Severity.ERROR, message=message, element=at.id, line=at.line)


def warn_node(rule: str, at: Node | Flow, message: str, steps: tuple[str, ...] = ()) -> Problem:
    return Problem(rule=rule, severity=Severity.WARNING, message=message, element=at.id, line=at.line, steps=steps)


def name_node(node: Node) -> str:
    """How messages call a node: ``userTask 'approve'``."""
    return f"{node.kind.value} '{node.id}'"
