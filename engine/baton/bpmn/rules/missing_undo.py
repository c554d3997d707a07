"""A step that changes the world, that nothing can undo, before a step that can fail (the saga lint)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import name_node, warn_node
from baton.bpmn.queries.compensation import find_compensation_boundary, find_compensation_subprocess
from baton.bpmn.queries.nodes import find_handlers, has_event
from baton.model.definition import EventKind, Node, ProcessModel
from baton.model.problems import Problem

RULE = "missing-undo"
FAILURES = (EventKind.ERROR, EventKind.CANCEL, EventKind.COMPENSATION)


def check(model: ProcessModel) -> Iterator[Problem]:
    """Only in processes that use compensation somewhere: elsewhere nobody asked for it."""
    if not any(has_event(node, EventKind.COMPENSATION, EventKind.CANCEL) for node in model.nodes.values()):
        return
    undoing = find_handlers(model)
    for node in model.nodes.values():
        if _changes_the_world(node) and not _is_covered(model, node, undoing) and _can_fail_later(model, node):
            yield warn_node(
                RULE,
                node,
                f"Expected a way to undo {name_node(node)}, because a later step can fail, but found none: add a "
                "compensation "
                "handler, or set the property baton:readOnly to true if it changes nothing",
            )


def _changes_the_world(node: Node) -> bool:
    return node.traits.changes_world and node.external is not None and not node.read_only


def _is_covered(model: ProcessModel, node: Node, undoing: frozenset[str]) -> bool:
    """Undone by its own handler or that of a scope around it; or itself part of handling a failure."""
    if node.id in undoing or find_compensation_boundary(model, node) is not None:
        return True
    for scope in model.walk_scopes(node.id):
        around = model.nodes.get(scope)
        if around is None:
            return find_compensation_subprocess(model, scope) is not None
        if around.traits.triggered_by_event or around.id in undoing:
            return True
        if (
            find_compensation_boundary(model, around) is not None
            or find_compensation_subprocess(model, scope) is not None
        ):
            return True
    return False


def _can_fail_later(model: ProcessModel, node: Node) -> bool:
    """Whether something that can fail, or that undoes, is reachable, also after the subprocess around it has ended."""
    seen: set[str] = set()
    pending = _list_next(model, node)
    while pending:
        at = pending.pop()
        if at.id in seen:
            continue
        seen.add(at.id)
        throws = at.traits.throws and has_event(at, *FAILURES)
        if at.external is not None or at.traits.calls_process or throws:
            return True
        pending.extend(_list_next(model, at))
        pending.extend(child for child in model.members.get(at.id, ()) if not child.incoming)
    return False


def _list_next(model: ProcessModel, node: Node) -> list[Node]:
    """What comes next: over flows, or out of the subprocess if the node may be its last."""
    at: Node | None = node
    seen: set[str] = set()  # a subprocess with the id of its process would be around itself
    while at is not None and at.id not in seen:
        if at.outgoing:
            return [model.nodes[model.flows[flow].target] for flow in at.outgoing]
        seen.add(at.id)
        around = model.nodes.get(at.scope)
        at = None if around is not None and around.traits.triggered_by_event else around
    return []
