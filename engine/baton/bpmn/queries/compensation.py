"""What compensation can reach (compensation rules 3 to 7, 11)."""

from __future__ import annotations

from baton.bpmn.queries.nodes import has_event
from baton.model.definition import EventKind, Node, ProcessModel


def find_throw_scope(model: ProcessModel, node: Node) -> str:
    """The outermost scope that a throw at ``node`` undoes: in an event subprocess the one around it."""
    return find_throw_scopes(model, node)[-1]


def find_throw_scopes(model: ProcessModel, node: Node) -> tuple[str, ...]:
    """The scopes that a throw at ``node`` undoes: its own; in an event subprocess also the one around it (rule 3).

    What a compensation event subprocess has done itself is never undone.
    """
    around = model.nodes.get(node.scope)
    if around is None or not around.traits.triggered_by_event:
        return (node.scope,)
    handles = any(has_event(start, EventKind.COMPENSATION) for start in model.list_starts(around.id))
    return (around.scope,) if handles else (node.scope, around.scope)


def find_compensation_boundary(model: ProcessModel, activity: Node) -> Node | None:
    found = model.boundaries.get(activity.id, ())
    return next((boundary for boundary in found if has_event(boundary, EventKind.COMPENSATION)), None)


def find_compensation_subprocess(model: ProcessModel, scope: str) -> Node | None:
    """The event subprocess of the scope that compensation starts."""
    found = model.event_subprocesses.get(scope, ())
    return next((e for e in found if any(has_event(s, EventKind.COMPENSATION) for s in model.list_starts(e.id))), None)


def can_be_undone(model: ProcessModel, activity: Node) -> bool:
    """By a handler of its own, or by what is inside it; a call activity always may have something inside."""
    if find_compensation_boundary(model, activity) is not None or activity.traits.calls_process:
        return True
    return activity.traits.is_scope and can_scope_be_undone(model, activity.id)


def can_scope_be_undone(model: ProcessModel, scope: str) -> bool:
    """Whether anything inside can be undone, at any depth."""
    pending = [scope]
    while pending:
        at = pending.pop()
        if find_compensation_subprocess(model, at) is not None:
            return True
        for node in model.members.get(at, ()):
            if node.traits.calls_process or find_compensation_boundary(model, node) is not None:
                return True
            if node.traits.is_scope:
                pending.append(node.id)
    return False
