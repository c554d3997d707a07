"""User task: work for a person (§13.3.3)."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from SpiffWorkflow.bpmn.specs.mixins import UserTaskMixin

from baton.expression import ExpressionError
from baton.expression.scripts import BpmnErrorRaised
from baton.expression.timing import parse_date, parse_duration
from baton.model.attributes import UserWork
from baton.model.definition import Node
from baton.model.events import EventType
from baton.model.records import CHANGEABLE
from baton.model.records import UserTask as UserTaskRecord
from baton.model.times import from_datetime
from baton.runtime import failures
from baton.runtime.core.errors import STEP_FAILURES
from baton.runtime.data.expressions import Compiled, compile_optional, evaluate_text
from baton.runtime.elements import task_listeners
from baton.runtime.elements.activity import Activity
from baton.runtime.events import propagation

if TYPE_CHECKING:
    from baton.model.times import Millis
    from baton.model.values import Value
    from baton.runtime.core.spec import Spec
    from baton.runtime.core.token import Token


_DEFAULTS = {spec.name: spec.default for spec in fields(UserTaskRecord) if spec.name in CHANGEABLE}


class UserTask(Activity, UserTaskMixin):
    def __init__(self, spec: Spec, node: Node) -> None:
        super().__init__(spec, node)
        work = node.user or UserWork()
        self.shown_name = compile_optional(work.name)
        self.shown_description = compile_optional(work.description)
        self.assignee = compile_optional(work.assignee)
        self.candidate_users = compile_optional(work.candidate_users)
        self.candidate_groups = compile_optional(work.candidate_groups)
        self.due = compile_optional(work.due)
        self.follow_up = compile_optional(work.follow_up)
        self.priority = compile_optional(work.priority)
        self.task_listeners = task_listeners.compile_task_listeners(node)
        self.form_key = compile_optional(node.form.key) if node.form is not None else None

    def _execute(self, task: Token) -> bool | None:
        workflow = task.workflow
        record = UserTaskRecord(
            **failures.make_identity(task),
            created_at=workflow.journal.now,
            name=self.node.name if self.shown_name is None else self.shown_name.evaluate_text(task),
            description=self.node.documentation
            if self.shown_description is None
            else self.shown_description.evaluate_text(task),
            assignee=evaluate_text(self.assignee, task),
            candidate_users=_names(self.candidate_users, task),
            candidate_groups=_names(self.candidate_groups, task),
            due=_moment(self.due, task),
            follow_up=_moment(self.follow_up, task),
            priority=self.priority.evaluate_integer(task, "the task priority") if self.priority is not None else 50,
            form_key=evaluate_text(self.form_key, task),
            business_key=workflow.business_key,
            suspended=workflow.suspended,
            undoes=failures.find_undone(task),
        )
        given = workflow.given_task
        if given is not None:
            record = replace(record, **cast("dict[str, Any]", given))
        heard = self._hear_created(task, record)
        if heard is None:
            return False
        record = heard
        workflow.waits.put(record)
        data: dict[str, Value] = {
            "id": record.id,
            "assignee": record.assignee,
            **self._list_own(record),
            **(given or {}),
        }
        workflow.journal.record(EventType.USER_TASK_CREATED, record.element, task.id, data)
        return False

    def _list_own(self, record: UserTaskRecord) -> dict[str, Value]:
        """What the model does not tell of a new task, for its history."""
        told = {"name": self.node.name, "description": self.node.documentation, "assignee": record.assignee}
        values = {name: getattr(record, name) for name in CHANGEABLE}
        own = {name: value for name, value in values.items() if value != told.get(name, _DEFAULTS[name])}
        return {
            name: [*cast("tuple[str, ...]", value)] if isinstance(value, tuple) else value
            for name, value in own.items()
        }

    def on_cancelled(self, token: Token) -> None:
        for record in token.workflow.waits.list_of_token(token.id) if self.task_listeners else ():
            if isinstance(record, UserTaskRecord):
                self._hear_deleted(token, record)
        super().on_cancelled(token)

    def _hear_deleted(self, token: Token, record: UserTaskRecord) -> None:
        """A listener that fails cannot keep the task; it is an incident of the scope around."""
        try:
            task_listeners.hear(token, self.task_listeners, task_listeners.DELETE, record).apply(token)
        except (*STEP_FAILURES, BpmnErrorRaised) as error:
            failures.open_incident(token.scope, "expression", f"A listener of '{self.name}' failed: {error}")

    def _hear_created(self, token: Token, record: UserTaskRecord) -> UserTaskRecord | None:
        """What the listeners make of a task before it is there; None if one has thrown a BPMN error."""
        for event in (task_listeners.CREATE, task_listeners.ASSIGNMENT) if self.task_listeners else ():
            if event == task_listeners.ASSIGNMENT and record.assignee is None:
                break
            try:
                heard = task_listeners.hear(token, self.task_listeners, event, record)
            except BpmnErrorRaised as error:
                propagation.throw_error(token, error.code, error.message)
                return None
            heard.apply(token)
            record = heard.record
        return record


def _names(expression: Compiled | None, token: Token) -> tuple[str, ...]:
    return () if expression is None else expression.evaluate_texts(token)


def _moment(expression: Compiled | None, token: Token) -> Millis | None:
    """A date, or a duration from now. Raises ExpressionError for anything else."""
    value = expression.evaluate_at(token) if expression is not None else None
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return from_datetime(value)
    if not isinstance(value, str):
        raise ExpressionError(f"Expected a date or a duration, but found {value!r}")
    now = token.workflow.journal.now
    return parse_duration(value).find_first(now) if value.startswith("P") else parse_date(value).find_first(now)
