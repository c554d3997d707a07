"""A scope as a net: places are flows, and a step of a node takes tokens from some and puts tokens on others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations

from baton.bpmn.queries.nodes import catches_link, get_link_name, has_event, throws_link
from baton.model.definition import EventKind, Node, ProcessModel
from baton.model.elements import Join, Split

MANY = 4
"""With more conditional flows than this, only «each alone» and «all» are tried: the findings are mostly the same."""


@dataclass(frozen=True, slots=True)
class Step:
    """``takes`` and ``puts`` are flow ids; ``ends``: every other token of the scope is removed."""

    node: str
    takes: tuple[str, ...]
    puts: tuple[str, ...]
    words: str
    ends: bool = False


@dataclass
class Net:
    """The nodes of one scope. ``passes``: nodes that only pass each token on (no choice, no waiting)."""

    model: ProcessModel
    scope: str
    nodes: dict[str, Node] = field(default_factory=dict[str, Node])
    links: dict[str, str] = field(default_factory=dict[str, str])
    """Link name -> id of the node that catches it."""

    @classmethod
    def from_scope(cls, model: ProcessModel, scope: str) -> Net:
        members = model.members.get(scope, ())
        net = cls(model, scope, {node.id: node for node in members})
        for node in members:
            if catches_link(node):
                net.links.setdefault(get_link_name(node), node.id)
        return net

    def list_starts(self) -> list[list[Node]]:
        """The ways to start: each start event of a process alone, else everything at once that nothing leads to."""
        events = [n for n in self.nodes.values() if n.traits.starts_scope or n.instantiate]
        if events and self.scope == self.model.id:
            return [[node] for node in events]
        if events:
            return [events]
        return [[node for node in self.nodes.values() if self.begins(node)]]

    def begins(self, node: Node) -> bool:
        """Whether no flow leads to the node, and nothing else either."""
        beside = not node.traits.has_incoming or node.for_compensation or catches_link(node)
        return not node.incoming and not beside

    def find_only_way(self, node: Node) -> tuple[str, ...] | None:
        """The flows on which a token goes on at once; None if the node waits or has a choice."""
        if self.model.boundaries.get(node.id) or node.is_join or _cuts(node):
            return None
        options = self.list_choices(node)
        return options[0] if len(options) == 1 and len(options[0]) <= 1 else None

    def list_choices(self, node: Node) -> list[tuple[str, ...]]:
        """The sets of flows on which the node may go on."""
        if throws_link(node):
            catch = self.nodes.get(self.links.get(get_link_name(node), ""))
            return [catch.outgoing if catch is not None else ()]
        if node.traits.split in (Split.EXCLUSIVE, Split.FIRST_EVENT):
            return [(flow,) for flow in node.outgoing] or [()]
        if node.traits.split is Split.ALL:
            return [node.outgoing]
        return self._choose_conditional(node)

    def _choose_conditional(self, node: Node) -> list[tuple[str, ...]]:
        flows = self.model.flows
        some = tuple(f for f in node.outgoing if flows[f].condition is not None and f != node.default)
        always = tuple(f for f in node.outgoing if f not in some and f != node.default)
        default = tuple(f for f in node.outgoing if f == node.default)
        if not some:
            return [always or default]
        found = [always + chosen for chosen in _list_subsets(some)]
        return [*found, always + default] if default else found

    def list_steps(self, node: Node) -> Iterator[Step]:
        """What the node can do, not asking whether the tokens that it takes are there."""
        for takes in self._takes(node):
            for puts in self.list_choices(node):
                yield Step(node.id, takes, puts, _describe_step(node, puts), _cuts(node))
            yield from self._list_boundary_steps(node, takes)

    def _takes(self, node: Node) -> list[tuple[str, ...]]:
        if node.traits.join is Join.ALL:
            return [node.incoming]
        return [(flow,) for flow in node.incoming]

    def _list_boundary_steps(self, node: Node, takes: tuple[str, ...]) -> Iterator[Step]:
        for event in self.model.boundaries.get(node.id, ()):
            if event.id not in self.nodes or has_event(event, EventKind.COMPENSATION):
                continue
            for out in self.list_choices(event):
                if event.interrupting:
                    yield Step(event.id, takes, out, f"'{event.id}' interrupts '{node.id}'")
                else:
                    for puts in self.list_choices(node):
                        yield Step(event.id, takes, out + puts, f"'{event.id}' fires during '{node.id}'")


def _cuts(node: Node) -> bool:
    """Whether the node ends its whole scope."""
    return node.traits.ends_path and has_event(node, EventKind.TERMINATE, EventKind.ERROR, EventKind.CANCEL)


def _list_subsets(flows: tuple[str, ...]) -> list[tuple[str, ...]]:
    if len(flows) > MANY:
        return [*((flow,) for flow in flows), flows]
    return [chosen for size in range(1, len(flows) + 1) for chosen in combinations(flows, size)]


def _describe_step(node: Node, puts: tuple[str, ...]) -> str:
    if len(node.outgoing) > 1 and len(puts) < len(node.outgoing):
        return f"'{node.id}' takes {', '.join(puts)}"
    return f"'{node.id}'"
