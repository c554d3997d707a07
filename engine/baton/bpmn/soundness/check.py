"""The findings of an exploration as warnings, each with a counterexample as steps."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.findings import name_node, warn_node
from baton.bpmn.soundness.explore import MAX_STEPS, Exploration, Explorer
from baton.bpmn.soundness.net import Net
from baton.model.definition import Node, ProcessModel
from baton.model.elements import Join
from baton.model.problems import Problem

DEADLOCK = "soundness-deadlock"
SYNCHRONISATION = "soundness-synchronisation"
COMPLETION = "soundness-completion"
DEAD_PART = "soundness-dead-part"


def check(model: ProcessModel) -> Iterator[Problem]:
    """Checks every scope separately, a subprocess inside it as one activity. Warnings only: conditions are ignored."""
    inner = [node.id for node in model.nodes.values() if node.traits.is_scope]
    steps = MAX_STEPS
    for scope in (model.id, *inner):
        if steps > 0 and _can_be_explored(model, scope):
            net = Net.from_scope(model, scope)
            found = Explorer(net).run(steps)
            steps -= found.steps
            yield from _list_findings(net, found)


def _can_be_explored(model: ProcessModel, scope: str) -> bool:
    """Not for ad-hoc subprocesses, complex gateways and token quantities: what they do depends on data and people."""
    around = model.nodes.get(scope)
    members = model.members.get(scope, ())
    if not members or (around is not None and around.traits.runs_on_demand):
        return False
    ids = {node.id for node in members}
    crossing = any((f.source in ids) != (f.target in ids) for f in model.flows.values())
    return not crossing and not any(_is_unknown(node) for node in members)


def _is_unknown(node: Node) -> bool:
    quantities = node.traits.is_activity and (node.start_quantity, node.completion_quantity) != (1, 1)
    return quantities or node.traits.join is Join.ACTIVATION or (node.instantiate and node.gateway_type == "Parallel")


def _list_findings(net: Net, found: Exploration) -> Iterator[Problem]:
    seen: set[str] = set()
    for tokens, steps in found.stuck.items():
        for flow in sorted(tokens):
            node = net.nodes[net.model.flows[flow].target]
            if node.id not in seen:
                seen.add(node.id)
                yield warn_node(
                    DEADLOCK,
                    node,
                    f"Expected {name_node(node)} to continue in every run, but a run can wait there forever",
                    steps,
                )
    for flow, steps in (found.twice | found.ended_twice).items():
        yield _report_double(net, flow, steps)
    if found.complete and not found.twice and not found.ended_twice:
        yield from _find_dead_parts(net, found, seen)


def _report_double(net: Net, flow: str, steps: tuple[str, ...]) -> Problem:
    """Two tokens on one way: where branches meet without being joined, or, if they meet nowhere, at the end."""
    node = net.nodes[net.model.flows[flow].target]
    merge = _merge(net, flow)
    if merge is not None and not _is_in_loop(net, merge):
        return warn_node(
            SYNCHRONISATION,
            merge,
            f"Expected one token at a time at {name_node(merge)}, but a run can bring two: branches meet there without "
            "a join",
            steps,
        )
    return warn_node(
        COMPLETION,
        node,
        f"Expected one token to reach {name_node(node)} by '{flow}' in a run, but a run can bring more",
        steps,
    )


def _is_in_loop(net: Net, node: Node) -> bool:
    """Whether the second token may come from a loop: then the loop creates tokens, and there is no merge."""
    after = {net.model.flows[flow].target for flow in node.outgoing}
    return node.id in _collect_onward(net, after)


def _merge(net: Net, flow: str) -> Node | None:
    """The first node with several ways in, going back from the flow."""
    seen: set[str] = set()
    while flow not in seen:
        seen.add(flow)
        node = net.nodes[net.model.flows[flow].source]
        if len(node.incoming) != 1:
            return node if node.incoming else None
        flow = node.incoming[0]
    return None


def _find_dead_parts(net: Net, found: Exploration, stuck: set[str]) -> Iterator[Problem]:
    """Each dead part once, where it begins. What comes after a deadlock is dead for that reason, and what nothing leads
    to is another rule's finding, with all that comes after it."""
    lost = {node.id for node in net.nodes.values() if node.id not in found.fired and net.begins(node)}
    covered = _collect_onward(net, stuck | lost)
    for node in net.nodes.values():
        if node.id in found.fired or node.id in covered or not node.incoming:
            continue
        covered |= _collect_onward(net, {node.id})
        yield warn_node(DEAD_PART, node, f"Expected a run that reaches {name_node(node)}, but there is none")


def _collect_onward(net: Net, begin: set[str]) -> set[str]:
    """The nodes and all that flows lead to from them."""
    seen: set[str] = set()
    pending = list(begin)
    while pending:
        at = pending.pop()
        if at not in seen:
            seen.add(at)
            pending.extend(net.model.flows[flow].target for flow in net.nodes[at].outgoing)
    return seen
