"""Which sequence flows a token at a node can still come to."""

from __future__ import annotations

from functools import cache
from weakref import WeakKeyDictionary

from baton.model.definition import ProcessModel

_CACHE: WeakKeyDictionary[ProcessModel, Reachability] = WeakKeyDictionary()


class Reachability:
    """Reachability over sequence flows and boundary events of one model; computed on demand, kept per question."""

    def __init__(self, model: ProcessModel) -> None:
        self._next: dict[str, list[tuple[str, str]]] = {}
        for flow in model.flows.values():
            self._next.setdefault(flow.source, []).append((flow.id, flow.target))
        self._boundaries = {host: [node.id for node in nodes] for host, nodes in model.boundaries.items()}
        self._links = _links(model)
        self.flows_from = cache(self._flows_from)
        self.own_flows_from = cache(self._own_flows_from)
        self.nodes_from = cache(self._nodes_from)

    @classmethod
    def from_model(cls, model: ProcessModel) -> Reachability:
        found = _CACHE.get(model)
        if found is None:
            found = _CACHE[model] = cls(model)
        return found

    def leads(self, node: str, flow: str, *, past: str) -> bool:
        """Whether a token at ``node`` can come over ``flow`` without going through the node ``past``."""
        return flow in self.flows_from(node, past)

    def leads_by_flows(self, node: str, flow: str, *, past: str) -> bool:
        """The same over sequence flows and links alone: a boundary event may begin another token beside this one."""
        return flow in self.own_flows_from(node, past)

    def list_next_nodes(self, node: str) -> list[str]:
        """The nodes that a token at ``node`` can come to in one step; boundary events are one step from their host."""
        return [target for _, target in self._steps(node)]

    def _flows_from(self, node: str, past: str) -> frozenset[str]:
        return self._walk(node, past)[0]

    def _own_flows_from(self, node: str, past: str) -> frozenset[str]:
        return self._walk(node, past, boundaries=False)[0]

    def _nodes_from(self, node: str) -> frozenset[str]:
        """The nodes that a token at ``node`` can come to; ``node`` itself only if it is on a loop."""
        return self._walk(node, None)[1]

    def _walk(self, node: str, past: str | None, boundaries: bool = True) -> tuple[frozenset[str], frozenset[str]]:
        flows: set[str] = set()
        seen: set[str] = set()
        todo = [node]
        while todo:
            current = todo.pop()
            for flow, target in self._steps(current, boundaries):
                if flow is not None:
                    flows.add(flow)
                if target != past and target not in seen:
                    seen.add(target)
                    todo.append(target)
        return frozenset(flows), frozenset(seen)

    def _steps(self, node: str, boundaries: bool = True) -> list[tuple[str | None, str]]:
        steps: list[tuple[str | None, str]] = list(self._next.get(node, ()))
        if boundaries:
            steps.extend((None, boundary) for boundary in self._boundaries.get(node, ()))
        steps.extend((None, target) for target in self._links.get(node, ()))
        return steps


def _links(model: ProcessModel) -> dict[str, list[str]]:
    """Throwing link events lead to the catching ones of the same name in the same scope (§10.5.6)."""
    catching: dict[tuple[str, str], list[str]] = {}
    throwing: list[tuple[str, tuple[str, str]]] = []
    for node in model.nodes.values():
        for event in node.events:
            if event.kind == "link" and event.name is not None:
                key = (node.scope, event.name.text)
                if node.traits.is_intermediate and node.traits.catches:
                    catching.setdefault(key, []).append(node.id)
                else:
                    throwing.append((node.id, key))
    return {source: catching.get(key, []) for source, key in throwing}
