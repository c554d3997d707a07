"""Intermediate throw events; a link goes on at the catching link of the same name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from baton.model.definition import EventKind, Node
from baton.model.events import EventType
from baton.runtime.elements.throwing import Throwing

if TYPE_CHECKING:
    from baton.runtime.core.spec import Spec
    from baton.runtime.core.token import Token


class ThrowEvent(Throwing):
    def __init__(self, spec: Spec, node: Node) -> None:
        super().__init__(spec, node)
        self.link = next(
            (event.name.text for event in self.events if event.kind is EventKind.LINK and event.name), None
        )

    def _on_complete_hook(self, my_task: Token) -> None:
        if self.link is None:
            super()._on_complete_hook(my_task)
            return
        workflow, scope = my_task.workflow, my_task.scope
        workflow.journal.record(EventType.ELEMENT_COMPLETED, self.name, my_task.id)
        workflow.remove(my_task)
        scope.spawn(self.spec.elements[self._target()])

    def _target(self) -> str:
        for node in self.model.members[self.node.scope]:
            caught = [event for event in node.events if event.kind is EventKind.LINK and event.name is not None]
            if (
                node.traits.is_intermediate
                and node.traits.catches
                and any(e.name and e.name.text == self.link for e in caught)
            ):
                return node.id
        raise KeyError(
            f"Expected a catching link event named '{self.link}' in scope '{self.node.scope}', but found none"
        )
