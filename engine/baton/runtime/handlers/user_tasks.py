"""What people do with user tasks."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

from baton.model.commands import ChangeUserTask, CompleteUserTask, ThrowTaskEscalation
from baton.model.errors import BadRequest, Conflict
from baton.model.events import EventType
from baton.model.records import UserTask
from baton.runtime.data import variables
from baton.runtime.elements.activity import Activity
from baton.runtime.events import propagation

if TYPE_CHECKING:
    from baton.model.values import Value
    from baton.runtime.handlers.context import Turn

CHANGEABLE = frozenset(
    {
        "name",
        "description",
        "assignee",
        "owner",
        "delegation_state",
        "candidate_users",
        "candidate_groups",
        "due",
        "follow_up",
        "priority",
    }
)


def complete(turn: Turn, command: CompleteUserTask) -> None:
    task = turn.find(UserTask, command.task_id)
    turn.require_running()
    token = turn.token(task.token)
    turn.workflow.waits.remove(task)
    data: dict[str, Value] = {"id": task.id, "by": command.by or task.assignee}
    turn.workflow.journal.event(EventType.USER_TASK_COMPLETED, task.element, token.id, data)
    variables.set_visible(token, command.variables)
    element = token.task_spec
    if isinstance(element, Activity):
        element.resume(token)


def change(turn: Turn, command: ChangeUserTask) -> None:
    task = turn.find(UserTask, command.task_id)
    turn.require_running()
    unknown = set(command.changes) - CHANGEABLE
    if unknown:
        known = ", ".join(sorted(CHANGEABLE))
        raise BadRequest(
            f"Expected fields of a user task that can change ({known}), but found {', '.join(sorted(unknown))}"
        )
    if command.claim and task.assignee not in (None, command.changes.get("assignee")):
        raise Conflict(f"Expected task '{task.id}' to be unclaimed, but it is claimed by '{task.assignee}'")
    changes = {name: tuple(value) if isinstance(value, list) else value for name, value in command.changes.items()}
    kept = {spec.name: getattr(task, spec.name) for spec in fields(task)}
    changed = replace(task, **{name: value for name, value in changes.items() if kept[name] != value})  # type: ignore[arg-type]
    turn.workflow.waits.put(changed)
    data: dict[str, Value] = {"id": task.id, **{str(k): v for k, v in command.changes.items()}}
    turn.workflow.journal.event(EventType.USER_TASK_CHANGED, task.element, task.token, data)


def throw_escalation(turn: Turn, command: ThrowTaskEscalation) -> None:
    task = turn.find(UserTask, command.task_id)
    turn.require_running()
    propagation.throw_escalation(turn.token(task.token), command.escalation_code, command.variables)
