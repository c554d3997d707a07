"""Tasks that belong to no process: created and deleted by hand, and removed from the history when their time is over.

Each is the one task of an instance whose id is computed from that of the task: so a task is found, and created once,
without a table of ids (docs/decisions/0133).
"""

from __future__ import annotations

from collections.abc import Mapping

from baton.model.commands import CancelInstance, CreateTask
from baton.model.errors import BadRequest, CannotComplete, Conflict, NotFound
from baton.model.events import EventType
from baton.model.ids import get_instance_id, parse_record_id
from baton.model.standalone import DEFINITION_ID, ELEMENT, KEY
from baton.model.times import Millis
from baton.model.values import Value
from baton.service.core.admission import AdmissionControl
from baton.service.core.ids import Ids
from baton.service.reads.user_tasks import UserTasks
from baton.service.turns.failures import raise_refusal
from baton.service.turns.mailbox import Mailbox
from baton.store.narrowed.gate import Gate
from baton.store.store import Store

LONGEST_ID = 255
"""Characters of an id that a client chooses."""
DELETED = "deleted"
_FIRST_EVENTS = 5


class StandaloneTasks:
    def __init__(
        self,
        store: Store,
        tasks: UserTasks,
        mailbox: Mailbox,
        admission: AdmissionControl,
        ids: Ids,
        gate: Gate | None = None,
    ) -> None:
        """``gate``: of a caller with limited rights, whose tasks belong to the tenant of the caller."""
        self._store, self._tasks, self._mailbox = store, tasks, mailbox
        self._admission, self._ids, self._gate = admission, ids, gate

    def create(
        self,
        fields: Mapping[str, Value],
        *,
        task_id: str | None = None,
        tenant_id: str | None = None,
        by: str | None = None,
        command_id: str | None = None,
    ) -> str:
        """The id that is shown of the new task; one that is there with the same fields is left as it is.

        ``fields``: those of UserTask that are given. Raises BadRequest, also for an id that another task has or had,
        and Forbidden.
        """
        tenant_id = self._choose_tenant(tenant_id)
        self._check_parent(fields)
        shown = self._ids.make_task_id(command_id) if task_id is None else _check_id(task_id)
        self._admission.admit("a task")
        record_id = self._ids.find_task(shown)
        given: dict[str, Value] = {name: value for name, value in fields.items() if value is not None}
        given["chosen"] = shown
        command = CreateTask(definition_id=DEFINITION_ID, before=(ELEMENT,), by=by, tenant_id=tenant_id, task=given)
        try:
            raise_refusal(self._mailbox.start(get_instance_id(record_id), command, command_id=command_id).answer)
        except Conflict:
            if not self._is_same(record_id, given, tenant_id):
                raise BadRequest(
                    f"Expected an id that no task has, nor has had in the history, but '{shown}' is one"
                ) from None
        return shown

    def _choose_tenant(self, tenant_id: str | None) -> str | None:
        """The caller's own, where none is named and they may not do without."""
        if self._gate is None:
            return tenant_id
        if tenant_id is None and not self._gate.can_reach(KEY, None):
            tenant_id = self._gate.access.may.sole_tenant
        self._gate.require(KEY, tenant_id, "a task without a process")
        return tenant_id

    def _check_parent(self, fields: Mapping[str, Value]) -> None:
        parent = fields.get("parent")
        if parent is not None:
            try:
                self._tasks.get(str(parent))
            except NotFound as error:
                raise BadRequest(f"Expected the parent to be an open task. {error.message}") from None

    def _is_same(self, record_id: str, given: Mapping[str, Value], tenant_id: str | None) -> bool:
        """Whether the task that is there was created with the same fields. Not, if it is out of reach."""
        instance_id = get_instance_id(record_id)
        for header in self._store.lists.get_headers([instance_id]):
            for event in self._store.history.iterate(instance_id, 1, _FIRST_EVENTS):
                if event.type is EventType.USER_TASK_CREATED:
                    return header.tenant_id == tenant_id and {"assignee": None, **given} == _drop_id(event.data)
        return False

    def delete(self, task_id: str, *, by: str | None = None, command_id: str | None = None) -> None:
        """Raises BadRequest where there is none, CannotComplete for one of a process."""
        try:
            task = self._tasks.get(task_id)
        except NotFound as error:
            if command_id and self._mailbox.find_answer(self._tasks.find_instance_id(task_id), command_id):
                return
            raise BadRequest(error.message) from None
        if not task.is_standalone:
            raise CannotComplete(
                f"Expected a task without a process, but '{task_id}' is part of the running instance "
                f"'{task.instance_id}': complete it, or cancel the instance"
            )
        self._mailbox.submit(task.instance_id, CancelInstance(reason=DELETED, by=by), command_id=command_id)

    def forget_ended(self, until: Millis, limit: int) -> int:
        """Remove tasks that ended before a moment from the history; returns how many."""
        old = [id_ for _, id_ in self._store.lists.list_ended(DEFINITION_ID, until=until)][:limit]
        held = self._store.holds.list_held(old) if old else set[str]()
        gone = [header for header in self._store.lists.get_headers(old) if header.id not in held]
        for header in gone:
            self._store.forget(header)
        return len(gone)


def _check_id(task_id: str) -> str:
    if parse_record_id(task_id) is not None or not task_id.isprintable() or not task_id.strip() or "/" in task_id:
        raise BadRequest(
            "Expected an id of printable characters without '/', and not of the form of Baton's own, "
            f"but found {task_id!r}"
        )
    if len(task_id) > LONGEST_ID:
        raise BadRequest(f"Expected an id of at most {LONGEST_ID} characters, but found {len(task_id)}")
    return task_id


def _drop_id(data: Mapping[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in data.items() if name not in ("id", "by")}
