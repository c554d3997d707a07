"""What a handler works with, and the checks that several of them need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from baton.model.errors import CannotComplete, Conflict, NotFound, TaskNotLocked
from baton.model.records import ExternalTask, Incident, InstanceState, Job, Lock, Subscription, UserTask

if TYPE_CHECKING:
    from baton.runtime.core.token import Token
    from baton.runtime.core.workflow import TokenWorkflow

R = TypeVar("R", ExternalTask, UserTask, Job, Subscription, Incident)
NAMES: Mapping[type, str] = {
    ExternalTask: "external task",
    UserTask: "user task",
    Job: "job",
    Subscription: "event subscription",
    Incident: "incident",
}


@dataclass
class Turn:
    """One turn of one instance: the workflow, the locks as the turn found them, and those it relied on."""

    workflow: TokenWorkflow
    locks: Mapping[str, Lock]
    guards: dict[str, int | None] = field(default_factory=dict[str, "int | None"])

    def find(self, kind: type[R], some_id: str) -> R:
        """The open record. Raises NotFound."""
        record = self.workflow.waits.get(kind, some_id)
        if record is None:
            raise NotFound(
                f"Expected an open {NAMES[kind]} with id '{some_id}', but found none; "
                "it may have been completed or cancelled"
            )
        return record

    def get_token(self, number: int) -> Token:
        """The live token. Raises NotFound."""
        token = self.workflow.tasks.get(number)
        if token is None:
            raise NotFound(f"Expected a live token {number} in instance '{self.workflow.instance_id}', but found none")
        return token

    def get_owned(self, task_id: str, worker_id: str) -> ExternalTask:
        """The external task, if the worker holds it. Raises NotFound, TaskNotLocked, CannotComplete."""
        task = self.find(ExternalTask, task_id)
        lock = self.locks.get(task_id)
        if lock is None or lock.worker_id != worker_id:
            holder = f"it is locked by '{lock.worker_id}'" if lock is not None else "nobody has locked it"
            raise TaskNotLocked(
                f"Expected external task '{task_id}' to be locked by worker '{worker_id}', but {holder}; "
                "fetch and lock it again"
            )
        self.require_running()
        self.guards[task_id] = lock.fence
        return task

    def require_running(self) -> None:
        """Raises CannotComplete if the instance is suspended, Conflict if it has ended."""
        if self.workflow.state is not InstanceState.ACTIVE:
            self.require_alive()
            raise CannotComplete(
                f"Expected instance '{self.workflow.instance_id}' to be active, but it is suspended; activate it first"
            )

    def require_alive(self) -> None:
        if self.workflow.state.is_ended:
            raise Conflict(
                f"Expected instance '{self.workflow.instance_id}' to be running, but it has ended "
                f"({self.workflow.state.value})"
            )
