"""What workers and operators do with external tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from baton.expression import ExpressionError
from baton.expression.timing import Duration
from baton.model.commands import CompleteExternalTask, FailExternalTask, SetExternalTask, ThrowTaskError
from baton.model.errors import BadRequest
from baton.model.events import TIMED_OUT, EventType
from baton.model.records import ExternalTask, InstanceState, Lock, UserTask
from baton.runtime import failures
from baton.runtime.data import inputs, variables
from baton.runtime.data.expressions import evaluate_text
from baton.runtime.elements.activity import LEAVE, Activity
from baton.runtime.elements.throwing import Throwing
from baton.runtime.elements.worker_task import WorkerTask
from baton.runtime.events import propagation
from baton.runtime.handlers import backoff

if TYPE_CHECKING:
    from baton.expression.timing import RetryPlan
    from baton.model.values import Value
    from baton.runtime.core.token import Token
    from baton.runtime.elements.external_work import WorkCode
    from baton.runtime.handlers.context import Turn

DEFAULT_ATTEMPTS = 3
MAX_MESSAGE = 666
"""Camunda 7 cuts error messages to this many characters; clients rely on a bound."""


def complete(turn: Turn, command: CompleteExternalTask) -> None:
    task = turn.get_owned(command.task_id, command.worker_id)
    token = turn.get_token(task.token)
    element = token.task_spec
    if isinstance(element, Activity) and element.schema is not None and not token.memory.hearing:
        inputs.check(element.node, element.schema, {**command.local_variables, **command.variables})
    _close(turn, task)
    data: dict[str, Value] = {"id": task.id, "worker": command.worker_id}
    turn.workflow.journal.record(EventType.EXTERNAL_TASK_COMPLETED, task.element, token.id, data)
    _set(token, command.variables, command.local_variables)
    if not _mapped_error(turn, token, None, None):
        token.task_spec.resume(token)


def skip(turn: Turn, task: ExternalTask, values: Mapping[str, Value], by: str | None) -> None:
    """An operator gives the result, also of a task that a worker holds; the worker is refused when it completes it."""
    token = turn.get_token(task.token)
    _close(turn, task)
    data: dict[str, Value] = {"id": task.id, "worker": None, "skippedBy": by}
    turn.workflow.journal.record(EventType.EXTERNAL_TASK_COMPLETED, task.element, token.id, data)
    _set(token, values, {})
    token.task_spec.resume(token)


def fail(turn: Turn, command: FailExternalTask) -> None:
    task = turn.get_owned(command.task_id, command.worker_id)
    if command.retries is not None and command.retries < 0:
        raise BadRequest(f"Expected retries of at least 0, but found {command.retries}")
    token = turn.get_token(task.token)
    _set(token, command.variables, command.local_variables)
    if _mapped_error(turn, token, command.error_message, command.error_details, task):
        return
    plan = _plan(token)
    retries = command.retries if command.retries is not None else _left(task, plan)
    _record_failure(turn, task, command, retries, _not_before(turn, task, command, plan, retries))


def fail_overdue(turn: Turn) -> None:
    """Fail every attempt that has taken longer than the model lets it, also where its worker is silent.

    What a worker has reported in this turn comes before: work that is done is not done again.
    """
    workflow = turn.workflow
    if workflow.state is not InstanceState.ACTIVE:
        return
    for lock in turn.locks.values():
        late = lock.deadline is not None and lock.deadline <= workflow.journal.now
        if late and lock.task_id not in turn.guards and workflow.waits.get(ExternalTask, lock.task_id) is not None:
            fail(turn, FailExternalTask(task_id=lock.task_id, worker_id=lock.worker_id, error_message=_say_late(lock)))


def _say_late(lock: Lock) -> str:
    limit = Duration(micros=lock.timeout * 1000)
    return f"{TIMED_OUT}expected the attempt to end within {limit}, but worker '{lock.worker_id}' was still at it"


def throw_error(turn: Turn, command: ThrowTaskError) -> None:
    if command.worker_id is None:
        user_task = turn.find(UserTask, command.task_id)
        turn.require_running()
        turn.workflow.waits.remove(user_task)
        token = turn.get_token(user_task.token)
    else:
        task = turn.get_owned(command.task_id, command.worker_id)
        token = turn.get_token(task.token)
        _close(turn, task)
    propagation.throw_error(token, command.error_code, command.error_message, command.variables)


def change(turn: Turn, command: SetExternalTask) -> None:
    task = turn.find(ExternalTask, command.task_id)
    if command.retries is not None and command.retries < 0:
        raise BadRequest(f"Expected retries of at least 0, but found {command.retries}")
    retries = task.retries if command.retries is None else command.retries
    priority = task.priority if command.priority is None else command.priority
    again, no_more = task.retries == 0 and bool(retries), task.retries != 0 and retries == 0
    now = turn.workflow.journal.now
    not_before = now if again else task.not_before
    turn.workflow.waits.put(replace(task, retries=retries, priority=priority, not_before=not_before))
    if again:
        failures.resolve_caused_by(turn.workflow, task.token, task.id)
    if no_more:
        failures.report_out_of_retries(turn.get_token(task.token), "failedExternalTask", task)


def _record_failure(turn: Turn, task: ExternalTask, command: FailExternalTask, retries: int, not_before: int) -> None:
    message = (command.error_message or "")[:MAX_MESSAGE] or None
    failed = replace(
        task,
        retries=retries,
        not_before=not_before,
        error_message=message,
        error_details=command.error_details or command.error_message,
    )
    turn.workflow.waits.put(failed)
    data: dict[str, Value] = {"id": task.id, "worker": command.worker_id, "message": message, "retries": retries}
    turn.workflow.journal.record(EventType.EXTERNAL_TASK_FAILED, task.element, task.token, data)
    if task.retries == 0 and retries > 0:  # its last holder thinks again (decision 0036)
        failures.resolve_caused_by(turn.workflow, task.token, task.id)
    if retries == 0:
        failures.open_incident(
            turn.get_token(task.token),
            "failedExternalTask",
            message or "The worker reported a failure without a message",
            details=failed.error_details,
            configuration=task.id,
        )


def _left(task: ExternalTask, plan: RetryPlan | None) -> int:
    if task.retries is not None:
        return max(task.retries - 1, 0)
    return (plan.attempts if plan is not None else DEFAULT_ATTEMPTS) - 1


def _not_before(turn: Turn, task: ExternalTask, command: FailExternalTask, plan: RetryPlan | None, retries: int) -> int:
    """The worker's pause, else the model's; if both are silent also about retries, one that grows."""
    now = turn.workflow.journal.now
    if command.retry_timeout is not None:
        return now + command.retry_timeout
    if retries == 0:
        return now
    attempts = plan.attempts if plan is not None else DEFAULT_ATTEMPTS
    if plan is not None and plan.delays:
        return plan.find_due(now, max(attempts - retries, 1))
    return now + backoff.compute_delay(task.id, attempts - retries) if command.retries is None else now


def _plan(token: Token) -> RetryPlan | None:
    """The model's retries; one that cannot be read any more, because variables changed, counts as none."""
    work = _work(token)
    try:
        return work.plan_retries(token) if work is not None else None
    except ExpressionError:
        return None


def _work(token: Token) -> WorkCode | None:
    """The work as the model has it; a listener has no retries or errors of its own."""
    element = token.task_spec
    if token.memory.hearing:
        return None
    if isinstance(element, Throwing):
        return element.work[token.memory.thrown or 0]
    return element.work if isinstance(element, WorkerTask) else None


def _mapped_error(
    turn: Turn, token: Token, error_message: str | None, details: str | None, task: ExternalTask | None = None
) -> bool:
    """``camunda:errorEventDefinition``: whether the result is thrown as a BPMN error, or stops at a mapping that fails.

    ``task`` is given when it has failed: the failure then stands if the mapping cannot be evaluated.
    """
    work = _work(token)
    if work is None or not work.errors:
        return False
    facts = _make_facts(error_message, details)
    for code, condition, message in work.errors:
        try:
            holds = condition.holds(token, facts)
            text = evaluate_text(message, token) if holds else None
        except ExpressionError as error:
            if task is not None:
                continue
            token.memory.at = LEAVE
            token.touch()
            failures.stop(token, error)
            return True
        if holds:
            if task is not None:
                _close(turn, task)
            propagation.throw_error(token, code, text)
            return True
    return False


def _make_facts(message: str | None, details: str | None) -> dict[str, Value]:
    """What a mapping may look at, also of a task that has not failed."""
    facts: dict[str, Value] = {"errorMessage": message, "errorDetails": details}
    return {"externalTask": facts, **facts}


def _close(turn: Turn, task: ExternalTask) -> None:
    waits = turn.workflow.waits
    if waits.incidents:
        failures.resolve_caused_by(turn.workflow, task.token, task.id)
    waits.remove(task)


def _set(token: Token, values: Mapping[str, Value], local: Mapping[str, Value]) -> None:
    element = token.task_spec
    if local:
        variables.set_local(token, local)
    if isinstance(element, Activity) and not element.node.propagate_outputs:
        variables.set_local(token, values)
    elif values:
        variables.set_visible(token, values)
