"""Task listeners that are an expression or a script: they see the user task as ``task``, and may change it.

All listeners of one event run together: when one fails, none of them has changed anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

from baton.expression import ChangingScope, ExpressionError, Facade
from baton.expression.juel.execution import EXECUTION
from baton.model.definition import Listener, Node
from baton.model.records import UserTask
from baton.model.times import to_datetime
from baton.model.values import Value
from baton.runtime.data import variables
from baton.runtime.data.expressions import compile_optional

if TYPE_CHECKING:
    from baton.expression.core.frame import Frame
    from baton.runtime.core.token import Token

CREATE, ASSIGNMENT, UPDATE, COMPLETE, DELETE = "create", "assignment", "update", "complete", "delete"
EVENTS = (CREATE, ASSIGNMENT, UPDATE, COMPLETE, DELETE)
SETTERS: Mapping[str, str] = {
    "setName": "name",
    "setDescription": "description",
    "setAssignee": "assignee",
    "setOwner": "owner",
}
"""Methods of ``task`` that change a text of it -> the field of the record."""
LISTS: Mapping[str, str] = {
    "addCandidateUser": "candidate_users",
    "addCandidateGroup": "candidate_groups",
    "deleteCandidateUser": "candidate_users",
    "deleteCandidateGroup": "candidate_groups",
}


@dataclass
class TaskFacade(Facade):
    """The ``task`` of a listener, with what the listeners have changed so far."""

    record: UserTask
    event: str
    changes: dict[str, Any] = field(default_factory=dict[str, Any])

    def read(self, name: str) -> Any:
        facts = self.list_facts()
        if name in facts:
            return facts[name]
        raise ExpressionError(f"Expected a property of 'task', but found '{name}'")

    def call(self, frame: Frame, name: str, arguments: Sequence[Any]) -> Any:
        if name in EXECUTION:
            return _call_checked(frame, name, arguments)
        if name in SETTERS:
            return self._set(SETTERS[name], _one(name, arguments, str | None))
        if name == "setPriority":
            return self._set("priority", _one(name, arguments, int))
        if name in LISTS:
            return self._change_list(name, cast("str", _one(name, arguments, str)))
        if name.startswith("get") and not arguments:
            return self.read(name[3].lower() + name[4:] if len(name) > 3 else name)
        raise ExpressionError(f"Expected a method of 'task', but found '{name}'")

    def list_facts(self) -> dict[str, Value]:
        """What can be read of the task, by the names of Camunda 7's DelegateTask."""
        now = replace(self.record, **self.changes)
        return {
            "id": now.id,
            "name": now.name,
            "description": now.description,
            "assignee": now.assignee,
            "owner": now.owner,
            "priority": now.priority,
            "dueDate": None if now.due is None else to_datetime(now.due),
            "followUpDate": None if now.follow_up is None else to_datetime(now.follow_up),
            "createTime": to_datetime(now.created_at),
            "taskDefinitionKey": now.element,
            "processInstanceId": now.instance_id,
            "processDefinitionId": now.definition_id,
            "executionId": f"{now.instance_id}.{now.token}",
            "tenantId": now.tenant_id,
            "eventName": self.event,
        }

    def _set(self, name: str, value: Any) -> None:
        self.changes[name] = value

    def _change_list(self, method: str, value: str) -> None:
        name = LISTS[method]
        others = [change for change in self.changes.get(name, getattr(self.record, name)) if change != value]
        self.changes[name] = tuple([*others, value] if method.startswith("add") else others)


class TaskListener:
    """An expression or script, compiled."""

    def __init__(self, listener: Listener) -> None:
        self.event = listener.event
        self.expression = compile_optional(listener.expression)
        self.script = listener.script


@dataclass(frozen=True)
class Heard:
    """What the listeners of one event have changed, before anything has been written."""

    record: UserTask
    changed: Mapping[str, Value]
    removed: frozenset[str]

    def apply(self, token: Token) -> None:
        """Change the variables."""
        variables.remove_visible(token, self.removed)
        variables.set_visible(token, self.changed)


def compile_task_listeners(node: Node) -> list[TaskListener]:
    """The task listeners of a user task that run in place."""
    return [TaskListener(listener) for listener in node.listeners if listener.is_inline and listener.of_task]


def hear(
    token: Token,
    listeners: Sequence[TaskListener],
    event: str,
    record: UserTask,
    brought: Mapping[str, Value] | None = None,
) -> Heard:
    """Run the listeners of the event on a task; ``brought`` are variables that come with it and are set by ``apply``.

    Raises ExpressionError, or BpmnErrorRaised.
    """
    facade = TaskFacade(record, event)
    scope = ChangingScope(variables.TokenScope(token, {"task": cast("Value", facade)}))
    scope.change(brought or {})
    workflow = token.workflow
    for listener in filter(lambda listener: listener.event == event, listeners):
        workflow.listening = event, event == DELETE
        try:
            _run(token, listener, facade, scope)
        finally:
            workflow.listening = None
    return Heard(replace(record, **facade.changes), scope.changed, frozenset(scope.removed))


def _run(token: Token, listener: TaskListener, facade: TaskFacade, scope: ChangingScope) -> None:
    if listener.expression is not None:
        listener.expression.evaluate(scope)
    elif listener.script is not None:
        seen: dict[str, Value] = {**scope.changed, "task": facade.list_facts()}
        done = token.workflow.script_engine.run(token, listener.script, seen)
        scope.change({name: value for name, value in done.variables_set.items() if name != "task"})


def _call_checked(frame: Frame, name: str, arguments: Sequence[Any]) -> Any:
    function = EXECUTION[name]
    if not function.least <= len(arguments) <= function.most:
        raise ExpressionError(f"Expected {function.least} arguments for 'task.{name}', but found {len(arguments)}")
    return function.call(frame, *arguments)


def _one(name: str, arguments: Sequence[Any], kind: Any) -> Any:
    if len(arguments) != 1 or not isinstance(arguments[0], kind) or isinstance(arguments[0], bool):
        raise ExpressionError(f"Expected one fitting argument for 'task.{name}', but found {list(arguments)!r}")
    return arguments[0]
