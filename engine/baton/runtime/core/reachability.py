"""Which sequence flows a token at a node can still come to."""

from __future__ import annotations

from functools import lru_cache
from weakref import WeakKeyDictionary

from baton.model.definition import ProcessModel

MOST_ANSWERS = 5_000
_CACHE: WeakKeyDictionary[ProcessModel, Reachability] = WeakKeyDictionary()


class Reachability:
    """Reachability over sequence flows and boundary events of one model; computed on demand, kept per question.

    What is kept is bounded: a bit for each node that can be reached, and of the answers only so many.
    """

    def __init__(self, model: ProcessModel) -> None:
        self._places = {node: place for place, node in enumerate(model.nodes)}
        self._sources = {flow.id: flow.source for flow in model.flows.values()}
        targets: dict[str, dict[str, None]] = {}
        for flow in model.flows.values():
            targets.setdefault(flow.source, {})[flow.target] = None
        self._next = {source: list(found) for source, found in targets.items()}
        self._boundaries = {host: [node.id for node in nodes] for host, nodes in model.boundaries.items()}
        self._links = _links(model)
        self._reach = lru_cache(MOST_ANSWERS)(self._walk)

    @classmethod
    def from_model(cls, model: ProcessModel) -> Reachability:
        found = _CACHE.get(model)
        if found is None:
            found = _CACHE[model] = cls(model)
        return found

    def leads(self, node: str, flow: str, *, past: str) -> bool:
        """Whether a token at ``node`` can come over ``flow`` without going through the node ``past``."""
        return self._leads(node, flow, past, True)

    def leads_by_flows(self, node: str, flow: str, *, past: str) -> bool:
        """The same over sequence flows and links alone: a boundary event may begin another token beside this one."""
        return self._leads(node, flow, past, False)

    def list_next_nodes(self, node: str) -> list[str]:
        """The nodes that a token at ``node`` can come to in one step; boundary events are one step from their host."""
        return self._list_steps(node, True)

    def _leads(self, node: str, flow: str, past: str, boundaries: bool) -> bool:
        """A token that comes to the source of a flow can come over it."""
        source = self._sources[flow]
        if source == node:
            return True
        place = self._places[source]
        return bool(self._reach(node, past, boundaries)[place // 8] >> place % 8 & 1)

    def _walk(self, node: str, past: str, boundaries: bool) -> bytes:
        """A bit for each node, by its place: whether a token at ``node`` can come to it, also again to ``node``."""
        seen, todo = {past}, [node]
        bits = bytearray(len(self._places) // 8 + 1)
        while todo:
            for target in self._list_steps(todo.pop(), boundaries):
                if target not in seen:
                    seen.add(target)
                    todo.append(target)
                    bits[self._places[target] // 8] |= 1 << self._places[target] % 8
        return bytes(bits)

    def _list_steps(self, node: str, boundaries: bool) -> list[str]:
        beside = self._boundaries.get(node, ()) if boundaries else ()
        return [*self._next.get(node, ()), *beside, *self._links.get(node, ())]


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
