"""What events have said of an observed instance before a token has come to the element: kept until one does."""

from __future__ import annotations

from dataclasses import astuple, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from baton.model.errors import Conflict
from baton.runtime.core.reachability import Reachability

if TYPE_CHECKING:
    from baton.model.definition import ProcessModel
    from baton.model.values import Value, Variables
    from baton.runtime.core.token import Token
    from baton.runtime.core.workflow import TokenWorkflow

MOST = 200
"""Reports that an instance keeps."""


@dataclass(frozen=True, slots=True)
class Report:
    """What an event said of an activity. ``error_code`` and ``message``: why it failed."""

    element: str
    happened: Literal["started", "completed", "failed", "undone"] = "completed"
    variables: Variables = field(default_factory=dict[str, "Value"])
    error_code: str | None = None
    message: str | None = None


def list_kept(workflow: TokenWorkflow) -> list[Report]:
    """In the order in which they came."""
    return [Report(*row) for row in workflow.root.memory.early or ()]


def keep(workflow: TokenWorkflow, report: Report) -> None:
    """Raises Conflict when there are too many."""
    kept = workflow.root.memory.early or []
    if len(kept) >= MOST:
        raise Conflict(
            f"Expected at most {MOST} events of instance '{workflow.instance_id}' that came before their turn, but "
            f"found one more, about '{report.element}'"
        )
    _write(workflow, [*kept, list(astuple(report))])


def take(workflow: TokenWorkflow, element: str) -> Report | None:
    """The first that was kept about the element."""
    kept = workflow.root.memory.early or []
    place = next((place for place, row in enumerate(kept) if row[0] == element), None)
    if place is None:
        return None
    _write(workflow, [*kept[:place], *kept[place + 1 :]])
    return Report(*kept[place])


def _write(workflow: TokenWorkflow, rows: list[Any]) -> None:
    workflow.root.memory.early = rows or None
    workflow.root.touch()


def find_ahead(token: Token) -> set[str]:
    """The elements that a token can still come to, also out of the subprocess that it is in."""
    model = token.spec.model
    reach = Reachability.from_model(model)
    scopes = [scope for scope in model.walk_scopes(token.task_spec.name) if scope != model.id]
    handlers = [node for scope in (*scopes, model.id) for node in model.event_subprocesses.get(scope, ())]
    found = set[str](node.id for node in handlers)
    todo = [token.task_spec.name, *scopes, *found]
    while todo:
        here = todo.pop()
        for target in (*reach.list_next_nodes(here), *_list_inside(model, here)):
            if target not in found:
                found.add(target)
                todo.append(target)
    return found


def _list_inside(model: ProcessModel, node: str) -> list[str]:
    """All of a subprocess."""
    return [member.id for member in model.members.get(node, ())]
