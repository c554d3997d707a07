"""A node that nothing leads to, in a scope that has a start event: it never runs (clause 10.5.2).

What is left over beside a path that is whole does no harm, and Camunda 7 runs such models: a warning; so is an end
event that nothing leads to. Where the lost flow cuts the path itself, so that work is lost and no end event is reached,
or a join waits forever, it is an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from baton.bpmn.findings import name_node, refuse_node, warn_node
from baton.bpmn.queries.nodes import catches_link, enters_by_itself, find_handlers, get_link_name, throws_link
from baton.model.definition import Node, ProcessModel
from baton.model.elements import Join
from baton.model.problems import Problem

RULE = "unreachable-node"


def check(model: ProcessModel) -> Iterator[Problem]:
    """Without a start event, every node that nothing leads to is a start (implicit start), so nothing is wrong."""
    undoing = find_handlers(model)
    for scope, members in model.members.items():
        around = model.nodes.get(scope)
        if around is not None and around.traits.runs_on_demand:
            continue
        if any(node.traits.starts_scope or node.instantiate for node in members):
            lost = [node for node in members if not node.incoming and not enters_by_itself(node, undoing)]
            if lost:
                yield from _check_scope(model, members, lost)


def _check_scope(model: ProcessModel, members: tuple[Node, ...], lost: list[Node]) -> Iterator[Problem]:
    reached = _find_reached(model, members, lost)
    ends = [node.id for node in members if node.traits.ends_path]
    cut = bool(ends) and not any(end in reached for end in ends)
    blocking = _find_blocking(model, members, reached)
    for node in lost:
        said = f"Expected a flow to {name_node(node)}, but found none: it would never run"
        if cut and not node.traits.ends_path:
            yield refuse_node(RULE, node, f"{said}, and no end event of '{node.scope}' is reached without it")
        elif node.id in blocking:
            yield refuse_node(RULE, node, f"{said}, and the gateway '{blocking[node.id]}' would wait forever")
        else:
            yield warn_node(RULE, node, said)


def _find_reached(model: ProcessModel, members: tuple[Node, ...], lost: list[Node]) -> set[str]:
    """The nodes that some run may reach: those that enter by themselves, and what follows them."""
    gone = {node.id for node in lost}
    links = {get_link_name(node): node.id for node in members if catches_link(node)}
    begun = [
        node.id
        for node in members
        if not node.incoming and node.id not in gone and not node.traits.is_boundary and not catches_link(node)
    ]
    reached: set[str] = set()
    while begun:
        at = begun.pop()
        if at in reached:
            continue
        reached.add(at)
        node = model.nodes[at]
        begun += [model.flows[flow].target for flow in node.outgoing]
        begun += [boundary.id for boundary in model.boundaries.get(at, ())]
        if throws_link(node):
            begun += [found for found in (links.get(get_link_name(node)),) if found is not None]
    return reached


def _find_blocking(model: ProcessModel, members: Iterable[Node], reached: set[str]) -> dict[str, str]:
    """Nodes out of reach that lead to a gateway in reach that waits for all its flows -> that gateway."""
    found: dict[str, str] = {}
    pending = [node for node in members if node.id in reached and node.is_join and node.traits.join is Join.ALL]
    while pending:
        node = pending.pop()
        for source in (model.flows[flow].source for flow in node.incoming):
            if source not in reached and source not in found:
                found[source] = found.get(node.id, node.id)
                pending.append(model.nodes[source])
    return found
