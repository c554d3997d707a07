"""A token as others may see it: SpiffWorkflow's task never leaves this room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from SpiffWorkflow.util.task import TaskState

from baton.model.called import CalledProcess
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


def list_called(instance_id: str, fields: Mapping[str, Any]) -> list[CalledProcess]:
    """The called processes that run in an instance, from the rows of its tokens among decoded fields: those of all
    tokens, or of some with those around them.

    The scope of a called process is named after its process, as no other element of it can be. Releases before 0.3 have
    left out the definition of a process that has called itself: it is that of the token around it.
    """
    rows = {int(name[1:]): cast("list[Any]", row) for name, row in fields.items() if name[0] == "t"}
    definitions: dict[int, str] = {}
    found: list[CalledProcess] = []
    for number, row in sorted(rows.items()):  # a parent's number is lower than its children's
        element, parent, _, memory = row[:4]
        definition = row[4] if len(row) > 4 else definitions.get(parent, "")
        definitions[number] = definition
        if number and element == definition.partition(":")[0]:
            found.append(
                CalledProcess(
                    id=f"{instance_id}.{number}",
                    definition_id=definition,
                    started_at=memory.get("since") or 0,
                    business_key=memory.get("business_key"),
                )
            )
    return found
