"""What must hold after every turn, read from the events alone and compared with the instance."""

from __future__ import annotations

from collections import Counter

from baton.model.definition import NodeKind, ProcessModel
from baton.model.events import UNDO, Event, EventType
from baton.service import HistoryProjection
from tests.runtime.lab import Lab

JOINS = (NodeKind.PARALLEL_GATEWAY, NodeKind.INCLUSIVE_GATEWAY, NodeKind.COMPLEX_GATEWAY)


class Watch:
    """Follows one run."""

    def __init__(self, *models: ProcessModel) -> None:
        self._nodes = [node for model in models for node in model.nodes.values()]
        self._history: HistoryProjection | None = None
        self._entered: Counter[str] = Counter()
        self._taken: Counter[str] = Counter()
        self._elements: dict[int, str | None] = {}
        self._scopes: dict[int, int] = {}
        self._plans: dict[int, list[int]] = {}
        self._undone: set[int] = set()
        self._undoing: set[int] = set()

    def turn(self, lab: Lab) -> None:
        self._history = self._history or HistoryProjection(lab.header)
        for event in lab.decision.events:
            self._history.apply(event)
            self._flows(event)
        self._undoings(lab)
        self._tokens(lab)
        self._entries()

    # -- tokens ---------------------------------------------------------------------------------------------------

    def _tokens(self, lab: Lab) -> None:
        """History and instance know the same tokens, each inside a living one; an ended instance has none."""
        tokens = {number: token for number, token in lab.instance.workflow.tasks.items() if number}
        shown = {number: token for number, token in tokens.items() if token.task_spec.name != UNDO}
        expected = {number: (token.task_spec.name, token.scope.id) for number, token in shown.items()}
        assert self._history is not None
        assert {number: (value.element, value.parent) for number, value in self._history.tokens.items()} == expected
        assert all(parent == 0 or parent in tokens for _, parent in expected.values())
        if lab.header.state.is_ended:
            assert not tokens
            assert not lab.header.tokens
            assert not any(name[0] in "xujmi" for name in lab.fields)

    def _flows(self, event: Event) -> None:
        if event.type is EventType.FLOW_TAKEN:
            self._taken[event.element or ""] += 1
        elif event.type is EventType.ROLLED_BACK:
            self._entered[event.element or ""] -= 1
        elif event.type is EventType.UNDO_STARTED and event.token is not None:
            self._entered[self._elements.get(event.token) or ""] -= 1
        elif event.type is EventType.ELEMENT_ENTERED and event.token is not None:
            parent = event.data.get("parent", 0)
            around = self._elements.get(parent) if isinstance(parent, int) else None
            self._elements[event.token] = event.element
            if around != event.element:
                self._entered[event.element or ""] += 1

    def _entries(self) -> None:
        """No token comes from nowhere: a node is entered as often as flows into it were taken."""
        for node in self._nodes:
            if not node.incoming:
                continue
            came = sum(self._taken[flow] for flow in node.incoming)
            if node.kind in JOINS and len(node.incoming) > 1:
                assert self._entered[node.id] >= came, node.id
            else:
                assert self._entered[node.id] == came, node.id

    # -- undoing --------------------------------------------------------------------------------------------------

    def _undoings(self, lab: Lab) -> None:
        entries = lab.instance.workflow.ledger.entries
        for event in lab.decision.events:
            if event.type is EventType.COMPENSATION_STARTED:
                self._reverse(event, lab)
            elif event.type is EventType.UNDO_COMPLETED:
                seq = int(str(event.data["seq"]))
                assert seq not in self._undone, f"{seq} was undone twice"
                self._undone.add(seq)
        assert all(entries[seq].state.value == "undone" for seq in self._undone)

    def _reverse(self, event: Event, lab: Lab) -> None:
        """Within each scope what completed last is undone first."""
        plan = [int(str(seq)) for seq in event.data["plan"]]  # type: ignore[union-attr]
        entries = lab.instance.workflow.ledger.entries
        last: dict[int, int] = {}
        for seq in plan:
            scope = entries[seq].scope
            assert seq < last.get(scope, seq + 1), f"{plan} is not the reverse of completion"
            last[scope] = seq
