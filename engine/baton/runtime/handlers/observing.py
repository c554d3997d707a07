"""What events say of an observed instance: reports move its tokens, at once or when a token comes to the element."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from baton.expression.timing import parse_duration
from baton.model.errors import BadRequest, Conflict
from baton.model.events import EventType
from baton.runtime.compensation import undoing
from baton.runtime.core.ledger import AT_WORK
from baton.runtime.data import variables
from baton.runtime.elements import reports
from baton.runtime.elements.observed_task import (
    DEFAULT_GRACE,
    GRACE,
    ObservedTask,
    begin_reported_undoing,
    find_undoable,
    set_alarm,
)
from baton.runtime.elements.reports import Report

if TYPE_CHECKING:
    from baton.model.commands import ObserveActivity
    from baton.model.values import Value
    from baton.runtime.core.token import Token
    from baton.runtime.core.workflow import TokenWorkflow
    from baton.runtime.handlers.context import Turn


def observe(turn: Turn, command: ObserveActivity) -> None:
    """Raises BadRequest for what the model does not have, Conflict for what can no longer happen."""
    workflow = turn.workflow
    if command.element is None and workflow.state.is_ended:
        return  # that it began is told last, and all else has happened
    turn.require_running()
    model = workflow.root.spec.model
    if not model.observed:
        raise BadRequest(f"Expected an observed process, but '{model.id}' is conducted by Baton")
    if command.element is None:
        _record(workflow, command, None)
        variables.set_local(workflow.root, command.variables)
        return
    task = _get_task(workflow, command.element)
    report = Report(task.name, command.happened, command.variables, command.error_code, command.message)
    if command.happened == "undone":
        _undo(workflow, task, report, command)
    else:
        _report(workflow, task, report, command)


def _get_task(workflow: TokenWorkflow, name: str) -> ObservedTask:
    found = workflow.root.spec.elements.get(name)
    if not isinstance(found, ObservedTask):
        raise BadRequest(
            f"Expected a task of process '{workflow.root.spec.model.id}' to observe, but '{name}' is none; "
            "instances that run keep the version that they began with"
        )
    return found


def _record(workflow: TokenWorkflow, command: ObserveActivity, token: Token | None) -> None:
    data: dict[str, Value] = {
        "id": command.event_id,
        "name": command.event_type,
        "happened": command.happened,
    }
    workflow.journal.record(EventType.MESSAGE_RECEIVED, command.element, None if token is None else token.id, data)


def _report(workflow: TokenWorkflow, task: ObservedTask, report: Report, command: ObserveActivity) -> None:
    token = _find_waiting(workflow, task)
    if token is None:
        _keep(workflow, task, report, command)
        return
    _record(workflow, command, token)
    if task.apply(token, report):
        task.resume(token)


def _find_waiting(workflow: TokenWorkflow, task: ObservedTask) -> Token | None:
    """The oldest token that waits there."""
    return next(
        (token for token in workflow.tasks.values() if token.task_spec is task and task.is_waiting(token)), None
    )


def _keep(workflow: TokenWorkflow, task: ObservedTask, report: Report, command: ObserveActivity) -> None:
    """A token may still come; those that wait before the element have a while left."""
    before = [token for token in _list_waiting(workflow) if task.name in reports.find_ahead(token)]
    if not before and not _may_come(workflow, task):
        raise Conflict(
            f"Expected an event about something that is still to come, but '{task.name}' has {command.happened} "
            f"before, or the instance '{workflow.instance_id}' has taken another way"
        )
    reports.keep(workflow, report)
    _record(workflow, command, None)
    grace = parse_duration(workflow.root.spec.model.properties.get(GRACE, DEFAULT_GRACE))
    for token in before:
        set_alarm(token, grace)


def _list_waiting(workflow: TokenWorkflow) -> list[Token]:
    return [
        token
        for token in workflow.tasks.values()
        if isinstance(token.task_spec, ObservedTask) and token.task_spec.is_waiting(token)
    ]


def _may_come(workflow: TokenWorkflow, task: ObservedTask) -> bool:
    """Whether a token is on its way, such as one that waits for a timer or stopped at a gateway."""
    tokens = [token for token in workflow.tasks.values() if token.task_spec.is_node]
    return any(task.name in reports.find_ahead(token) or token.task_spec is task for token in tokens)


def _undo(workflow: TokenWorkflow, task: ObservedTask, report: Report, command: ObserveActivity) -> None:
    """The handler of the activity is reported as completed: the ledger runs backwards by it."""
    if task.handler is None:
        raise BadRequest(
            f"Expected a compensation handler at '{task.name}', so that the ledger can say that it was undone, but "
            "found none"
        )
    at_work = _find_undoing(workflow, task)
    if at_work is not None:
        _record(workflow, command, at_work)
        variables.set_visible(at_work, report.variables)
        at_work.task_spec.resume(at_work)
        return
    undoable = find_undoable(workflow, task.name)
    if undoable is None and _find_waiting(workflow, task) is None and not _may_come(workflow, task):
        raise Conflict(f"Expected '{task.name}' to be undone once, after it was done, but found nothing left to undo")
    reports.keep(workflow, replace(report, element=task.handler, happened="completed"))
    _record(workflow, command, None)
    if undoable is not None:
        begin_reported_undoing(workflow, task.name)


def _find_undoing(workflow: TokenWorkflow, task: ObservedTask) -> Token | None:
    """The token of its handler that waits."""
    for entry in workflow.ledger.entries.values():
        if entry.element == task.name and entry.state in AT_WORK:
            token = undoing.find_handler_token(workflow, entry.seq)
            element = None if token is None else token.task_spec
            if token is not None and isinstance(element, ObservedTask) and element.is_waiting(token):
                return token
    return None
