"""Tasks that are open, or have ended: what people write about them and attach to them stays when they are done."""

from __future__ import annotations

from baton.model.errors import NotFound
from baton.model.records import InstanceHeader
from baton.service.reads.history.reader import HistoryReader
from baton.service.reads.instance_queries import InstanceQueries
from baton.service.reads.user_tasks import UserTasks


class KnownTasks:
    """Tasks of instances that are out of reach are not there."""

    def __init__(self, tasks: UserTasks, instances: InstanceQueries, history: HistoryReader) -> None:
        self._tasks, self._instances, self._history = tasks, instances, history

    def get_instance(self, instance_id: str) -> InstanceHeader:
        """Raises NotFound."""
        return self._instances.get(instance_id)

    def find_instance(self, task_id: str) -> InstanceHeader:
        """The one that the task would be of. Raises NotFound."""
        try:
            return self._instances.get_any(self._tasks.find_instance_id(task_id))
        except NotFound:
            raise make_missing_task(task_id) from None

    def require(self, header: InstanceHeader, task_id: str) -> None:
        """Raises NotFound for what is no task of the instance, and never was."""
        try:
            self._tasks.get(task_id)
        except NotFound:
            if task_id not in self._history.project(header).list_task_ids():
                raise make_missing_task(task_id) from None


def make_missing_task(task_id: str) -> NotFound:
    return NotFound(f"Expected a task with id '{task_id}', open or ended, but there is none")
