"""Going back to an element: what has to be interrupted, and what has to be undone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from baton.model.errors import BadRequest, Conflict
from baton.runtime.plan import Selection
from baton.runtime.reachability import Reachability

if TYPE_CHECKING:
    from baton.runtime.token import Token
    from baton.runtime.workflow import TokenWorkflow


@dataclass(frozen=True)
class Target:
    """``active``: the tokens at or behind the element. ``after``: the ledger's last number when it was last entered."""

    scope: Token
    elements: tuple[str, ...]
    active: tuple[Token, ...]
    after: int

    def selection(self, workflow: TokenWorkflow, gone: set[int]) -> Selection:
        """Entries of the elements behind, and of the scopes inside them that ``gone`` interrupted."""
        inner = {entry.element for number in gone for entry in workflow.ledger.of_scope(number)}
        return Selection(
            scopes=(self.scope.id, *sorted(gone)),
            elements=tuple(sorted({*self.elements, *inner})),
            after=self.after,
            upto=workflow.ledger.last,
        )


def target(workflow: TokenWorkflow, element: str) -> Target:
    """Where a rollback to ``element`` leads. Raises BadRequest or Conflict if the instance cannot go back there."""
    scope = _scope(workflow, element)
    visits = workflow.visits.get(scope.id, {}).get(element)
    if visits is None:
        raise BadRequest(f"Expected an element that the instance has come to, but it has not been at '{element}'")
    behind = {element, *Reachability.of(scope.spec.model).nodes_from(element)}
    active = [token for token in scope.children if token.task_spec.name in behind or _interrupts(token)]
    return Target(scope, tuple(sorted(behind)), tuple(active), visits[1])


def _scope(workflow: TokenWorkflow, element: str) -> Token:
    """The one live scope that the element runs in."""
    found = [
        token
        for token in workflow.tasks.values()
        if (node := token.spec.model.nodes.get(element)) is not None
        and node.scope == token.task_spec.name
        and not token.recall("body")
    ]
    if not found:
        raise BadRequest(
            f"Expected an element whose scope is active in instance '{workflow.instance_id}', but found '{element}'; "
            "choose one of the process itself, or of a subprocess that is running"
        )
    if len(found) > 1:
        raise Conflict(f"Expected one active scope with element '{element}', but found {len(found)} (multi-instance)")
    return found[0]


def _interrupts(token: Token) -> bool:
    """Whether the token is an event subprocess: it took over the scope, or runs beside what is to be gone back over."""
    node = token.spec.model.nodes.get(token.task_spec.name)
    return node is not None and node.kind == "eventSubProcess"
