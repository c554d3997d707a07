"""A token as others may see it: SpiffWorkflow's task never leaves this room."""

from __future__ import annotations

from dataclasses import dataclass

from SpiffWorkflow.util.task import TaskState

from baton.model.times import Millis
from baton.runtime.core.token import Token
from baton.runtime.elements.flow_node import FlowNode


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenView:
    """One running element instance. ``kind`` is the BPMN name of the element, ``process`` for a called process;
    ``state`` is ``waiting``, ``ready`` or ``started``; ``undoes`` the ledger number that a handler undoes; ``body``
    tells that it holds the iterations of a loop or multi-instance marker.
    """

    number: int
    parent: int | None
    element: str
    kind: str
    state: str
    entered_at: Millis | None = None
    definition_id: str = ""
    undoes: int | None = None
    body: bool = False
    business_key: str | None = None
    """Of a called process, as its caller gave it."""


def make_view(token: Token) -> TokenView:
    element = token.task_spec
    return TokenView(
        number=token.id,
        parent=token.scope.id if token.id != 0 else None,
        element=element.name,
        kind=element.node.kind.value if isinstance(element, FlowNode) else "process",
        state=TaskState.get_name(token.state).lower(),
        entered_at=token.memory.since,
        definition_id=token.spec.definition_id,
        undoes=token.memory.undoes,
        body=element.is_body(token),
        business_key=token.memory.business_key,
    )
