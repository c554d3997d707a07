"""What people do with user tasks."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

from baton.expression import ExpressionError
from baton.expression.scripts import BpmnErrorRaised
from baton.model.commands import ChangeUserTask, CompleteUserTask, CreateTask, ThrowTaskEscalation
from baton.model.errors import BadRequest, CannotComplete, Conflict
from baton.model.events import EventType
from baton.model.records import CHANGEABLE, UserTask
from baton.runtime.data import inputs
from baton.runtime.elements import task_listeners
from baton.runtime.elements.activity import Activity
from baton.runtime.elements.task_listeners import Heard
from baton.runtime.elements.user_task import UserTask as UserTaskElement
from baton.runtime.events import propagation
from baton.runtime.handlers import instances

if TYPE_CHECKING:
    from collections.abc import Mapping

    from baton.model.values import Value
    from baton.runtime.core.token import Token
    from baton.runtime.handlers.context import Turn


def create(turn: Turn, command: CreateTask) -> None:
    """The only task of a new instance."""
    instances.start(turn, command)
    turn.workflow.given_task = command.task


def complete(turn: Turn, command: CompleteUserTask) -> None:
    task = turn.find(UserTask, command.task_id)
    turn.require_running()
    token = turn.get_token(task.token)
    element = token.task_spec
    if isinstance(element, Activity) and element.schema is not None:
        inputs.check(element.node, element.schema, command.variables)
    try:
        heard = _hear(token, task_listeners.COMPLETE, task, command.variables)
    except BpmnErrorRaised as error:
        _close(turn, task, command.by)
        propagation.throw_error(token, error.code, error.message, command.variables)
        return
    _close(turn, task, command.by)
    heard.apply(token)
    if isinstance(element, Activity):
        element.resume(token)


def _close(turn: Turn, task: UserTask, by: str | None) -> None:
    turn.workflow.waits.remove(task)
    data: dict[str, Value] = {"id": task.id, "by": by or task.assignee}
    turn.workflow.journal.record(EventType.USER_TASK_COMPLETED, task.element, task.token, data)


def _hear(token: Token, event: str, task: UserTask, brought: Mapping[str, Value] | None = None) -> Heard:
    """Raises BpmnErrorRaised; CannotComplete if a listener fails, and then nothing has changed."""
    element = token.task_spec
    listeners = element.task_listeners if isinstance(element, UserTaskElement) else []
    try:
        return task_listeners.hear(token, listeners, event, task, brought)
    except ExpressionError as error:
        raise CannotComplete(f"Expected the listeners of '{task.element}' to run, but one failed: {error}") from None


def change(turn: Turn, command: ChangeUserTask) -> None:
    task = turn.find(UserTask, command.task_id)
    turn.require_running()
    unknown = set(command.changes) - set(CHANGEABLE)
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
    data: dict[str, Value] = {"id": task.id, **{str(k): v for k, v in command.changes.items()}}
    heard = _hear_changed(turn, task, changed)
    if heard != task:
        turn.workflow.waits.put(heard)
    data |= {
        name: getattr(heard, name) for name in sorted(CHANGEABLE) if getattr(heard, name) != getattr(changed, name)
    }
    turn.workflow.journal.record(EventType.USER_TASK_CHANGED, task.element, task.token, data)


def _hear_changed(turn: Turn, before: UserTask, after: UserTask) -> UserTask:
    """The task as its listeners leave it."""
    token = turn.get_token(after.token)
    events = [task_listeners.UPDATE] if before != after else []
    events += [task_listeners.ASSIGNMENT] if before.assignee != after.assignee else []
    all_heard: list[Heard] = []
    try:
        for event in events:
            all_heard.append(_hear(token, event, after))
            after = all_heard[-1].record
    except BpmnErrorRaised as error:
        raise CannotComplete(
            f"Expected the listeners of '{after.element}' to let the task be changed, but one threw the BPMN error "
            f"'{error.code}'"
        ) from None
    for heard in all_heard:
        heard.apply(token)
    return after


def throw_escalation(turn: Turn, command: ThrowTaskEscalation) -> None:
    task = turn.find(UserTask, command.task_id)
    turn.require_running()
    propagation.throw_escalation(turn.get_token(task.token), command.escalation_code, command.variables)
