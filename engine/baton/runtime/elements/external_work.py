"""External tasks: work that a worker takes, does and completes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from baton.expression.timing import RetryPlan, parse_duration, parse_retry_cycle
from baton.model.attributes import ExternalWork
from baton.model.events import EventType
from baton.model.records import ExternalTask, InstanceState
from baton.runtime import failures
from baton.runtime.core.errors import StepFailed
from baton.runtime.data.expressions import Compiled, compile_optional

if TYPE_CHECKING:
    from baton.model.times import Millis
    from baton.model.values import Value
    from baton.runtime.core.token import Token


class WorkCode:
    """External work with its expressions compiled."""

    def __init__(self, work: ExternalWork) -> None:
        self.topic = Compiled(work.topic)
        self.priority = compile_optional(work.priority)
        self.retries = compile_optional(work.retries)
        self.timeout = compile_optional(work.timeout)
        self.errors = [
            (error.error_code, Compiled(error.condition), compile_optional(error.message)) for error in work.errors
        ]

    def plan_retries(self, token: Token) -> RetryPlan | None:
        """How often and when the work is tried again, if the model says so. Raises ExpressionError."""
        text = self.retries.evaluate_text(token) if self.retries is not None else None
        return parse_retry_cycle(text) if text else None

    def find_timeout(self, token: Token, now: Millis) -> Millis | None:
        """How long one attempt may take, in ms, if the model says so. Raises ExpressionError, StepFailed."""
        text = self.timeout.evaluate_text(token) if self.timeout is not None else None
        if not text:
            return None
        duration = parse_duration(text)
        if not duration.is_positive:
            raise StepFailed(
                "failedJob", f"Expected a timeout above zero at '{token.task_spec.name}', but found '{text}'"
            )
        return max(duration.add_to(now) - now, 1)


def open_task(token: Token, work: WorkCode) -> None:
    """Put the work of the token on its topic."""
    workflow = token.workflow
    topic = work.topic.evaluate_text(token)
    if not topic:
        raise StepFailed(
            "failedJob", f"Expected a topic at '{token.task_spec.name}', but '{work.topic.text}' gives none"
        )
    _check_use(token, topic)
    priority = work.priority.evaluate_integer(token, "the task priority") if work.priority is not None else 0
    plan = work.plan_retries(token) if work.retries is not None else None
    now = workflow.journal.now
    timeout = work.find_timeout(token, now) if work.timeout is not None else None
    task = ExternalTask(
        **failures.make_identity(token),
        topic=topic,
        created_at=now,
        priority=priority,
        retries=plan.attempts if plan is not None else None,
        not_before=now,
        business_key=workflow.business_key,
        suspended=workflow.state is InstanceState.SUSPENDED,
        visit=token.id,
        undoes=failures.find_undone(token),
    )
    workflow.waits.put(task)
    if timeout is not None:
        workflow.waits.limit(task, timeout)
    data: dict[str, Value] = {"id": task.id, "topic": topic}
    workflow.journal.record(EventType.EXTERNAL_TASK_CREATED, task.element, token.id, data)


def _check_use(token: Token, topic: str) -> None:
    """Raises StepFailed for a topic that the process may not use."""
    ports = token.workflow.ports
    key = ports.definitions.get_definition(token.spec.definition_id).key
    if not ports.may_use_topic(topic, key):
        raise StepFailed(
            "failedJob",
            f"Expected a topic that process '{key}' may use at '{token.task_spec.name}', but '{topic}' is for others: "
            "an operator of topics can allow it",
        )
