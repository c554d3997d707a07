"""Trying all runs of a scope breadth-first, capped in states and steps: the first counterexample is the shortest."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from baton.bpmn.soundness.net import Net, Step
from baton.model.definition import Node
from baton.model.elements import Join

MAX_STATES = 4_000
MAX_STEPS = 30_000
MAX_TRACE = 40
MAX_WAYS = 16
NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class State:
    """``tokens``: flows with a token that waits; ``ended``: the flows by which tokens have reached an end."""

    tokens: frozenset[str]
    ended: frozenset[str] = frozenset()


@dataclass
class Exploration:
    """``twice``: flow -> how it got a second token; ``ended_twice``: the same at an end event; ``stuck``: flows on
    which tokens wait forever -> how; ``fired``: nodes that some run reached; ``complete``: all runs were tried."""

    fired: set[str] = field(default_factory=set[str])
    twice: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    ended_twice: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    stuck: dict[frozenset[str], tuple[str, ...]] = field(default_factory=dict[frozenset[str], tuple[str, ...]])
    complete: bool = True
    steps: int = 0


class Explorer:
    def __init__(self, net: Net) -> None:
        self._net = net
        self._found = Exploration()
        self._came: dict[State, tuple[State | None, tuple[str, ...]]] = {}
        self._queue: deque[State] = deque()
        self._ends: set[str] = set()
        self._targets = {f.id: net.nodes[f.target] for f in net.model.flows.values() if f.target in net.nodes}
        self._steps: dict[str, list[Step]] = {node.id: list(net.list_steps(node)) for node in net.nodes.values()}
        self._inclusive = {
            node.id for node in net.nodes.values() if node.is_join and node.traits.join is Join.REACHABLE
        }
        self._before: dict[tuple[str, str], set[str]] = {}

    def run(self, budget: int = MAX_STEPS) -> Exploration:
        """Explore with at most ``budget`` steps (all scopes of a process share `MAX_STEPS`)."""
        for nodes in self._net.list_starts():
            self._start(nodes)
        while self._queue:
            state = self._queue.popleft()
            tried = self._expand(state)  # it counts steps of its own, too
            self._found.steps += tried
            if self._found.steps > budget or len(self._came) > MAX_STATES:
                self._found.complete = False
                break
        return self._found

    def _start(self, nodes: list[Node]) -> None:
        """The nodes make their first step at once; a choice is tried one way at a time."""
        self._found.fired.update(node.id for node in nodes)
        begun = tuple(f"'{node.id}'" for node in nodes)
        ways: list[tuple[str, ...]] = [()]
        for node in nodes:
            ways = [way + puts for way in ways for puts in self._net.list_choices(node)][:MAX_WAYS]
        for way in ways:
            self._reach(State(NOTHING), None, NOTHING, way, begun)

    def _expand(self, state: State) -> int:
        tried = 0
        enabled = False
        for step in self._list_enabled(state):
            enabled = True
            tried += 1
            self._found.fired.add(step.node)
            left = NOTHING if step.ends else state.tokens.difference(step.takes)
            self._reach(state, state, left, step.puts, (step.words,))
        if state.tokens and not enabled:
            self._found.stuck.setdefault(state.tokens, self._trace(state))
        return tried + 1

    def _list_enabled(self, state: State) -> Iterator[Step]:
        seen: set[str] = set()
        for flow in sorted(state.tokens):
            node = self._targets[flow]
            if node.id in seen:
                continue
            seen.add(node.id)
            if node.id in self._inclusive:
                yield from self._list_inclusive_steps(node, state)
                continue
            for step in self._steps[node.id]:
                if state.tokens.issuperset(step.takes):
                    yield step

    def _list_inclusive_steps(self, node: Node, state: State) -> Iterator[Step]:
        """An inclusive join waits while a token elsewhere can still reach one of its empty flows (clause 13.4.3)."""
        here = tuple(flow for flow in node.incoming if flow in state.tokens)
        elsewhere = state.tokens.difference(here)
        for flow in node.incoming:
            if flow not in here and not self._get_before(flow, node.id).isdisjoint(elsewhere):
                return
        for puts in self._net.list_choices(node):
            yield Step(node.id, here, puts, f"'{node.id}' takes {', '.join(puts)}" if len(puts) > 1 else f"'{node.id}'")

    def _get_before(self, flow: str, avoid: str) -> set[str]:
        """The flows from which a token can come to ``flow`` without passing the node ``avoid``."""
        if (flow, avoid) not in self._before:
            self._before[(flow, avoid)] = self._collect_before(flow, avoid)
        return self._before[(flow, avoid)]

    def _collect_before(self, flow: str, avoid: str) -> set[str]:
        """Each node is visited once, and its flows count as steps: with many joins this is most of the work."""
        flows, nodes = self._net.model.flows, self._net.nodes
        found = {flow}
        seen: set[str] = {avoid}
        pending = [flows[flow].source]
        while pending:
            node = nodes.get(pending.pop())
            if node is None or node.id in seen:
                continue
            seen.add(node.id)
            host = nodes.get(node.attached_to or "")
            incoming = (*node.incoming, *(host.incoming if host is not None else ()))
            self._found.steps += len(incoming)
            found.update(incoming)
            pending.extend(flows[before].source for before in incoming)
        return found

    def _reach(
        self, state: State, came: State | None, left: frozenset[str], puts: tuple[str, ...], words: tuple[str, ...]
    ) -> None:
        """Put the tokens, let each pass on as far as nothing waits or chooses, and note what is wrong."""
        tokens, ended = set(left), set(state.ended)
        trace = list(words)
        for flow in puts:
            end = self._pass(flow, trace)
            where = ended if end in self._ends else tokens
            bad = self._found.ended_twice if end in self._ends else self._found.twice
            if end in where:
                bad.setdefault(end, (*self._trace(came), *trace)[-MAX_TRACE:])
                return
            where.add(end)
        reached = State(frozenset(tokens), frozenset(ended))
        if reached not in self._came:
            self._came[reached] = (came, tuple(trace))
            self._queue.append(reached)

    def _pass(self, flow: str, trace: list[str]) -> str:
        """Follow the flow over nodes that pass every token on; the flow where it waits, or by which it ended."""
        seen: set[str] = set()
        while flow not in seen:
            seen.add(flow)
            node = self._targets[flow]
            onward = self._net.find_only_way(node)
            if onward is None:
                return flow
            self._found.fired.add(node.id)
            trace.append(f"'{node.id}'")
            if not onward:
                self._ends.add(flow)
                return flow
            flow = onward[0]
        return flow

    def _trace(self, state: State | None) -> tuple[str, ...]:
        parts: list[tuple[str, ...]] = []
        while state is not None:
            came, words = self._came[state]
            parts.append(words)
            state = came
        return tuple(word for part in reversed(parts) for word in part)
