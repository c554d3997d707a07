"""Results of steps of external tasks: recorded once, read by further attempts at the same task."""

from __future__ import annotations

from baton.model.errors import BadRequest, NotFound
from baton.model.records import ExternalTask
from baton.model.values import Value
from baton.service.core.sizes import estimate_size
from baton.service.tasks.external_tasks import ExternalTasks
from baton.store.store import Store

MOST_RESULTS = 100
"""Of one task."""
MOST_BYTES = 65_536
"""Of one result: it is what a service answered, not its data."""
LONGEST_KEY = 200
"""Characters."""


class RecordedResults:
    """The worker that did a step may record it, also when its lock has ended meanwhile: the step has been done."""

    def __init__(self, store: Store, tasks: ExternalTasks) -> None:
        self._results, self._tasks = store.results, tasks

    def read(self, task_id: str) -> dict[str, Value]:
        """By their keys. Raises NotFound."""
        task, _ = self._tasks.get(task_id)
        return self._results.read(task.id)

    def record(self, task_id: str, key: str, value: Value) -> Value:
        """What is recorded now: the first result that came for the key. Raises NotFound, BadRequest."""
        task, _ = self._tasks.get(task_id)
        word, recorded = self._results.record(task, key, self._encode(task, key, value), MOST_RESULTS)
        if word == "NONE":
            raise NotFound(f"Cannot find external task with id {task_id}: it is gone")
        if word == "FULL":
            raise BadRequest(f"Expected at most {MOST_RESULTS} recorded results of a task, but {task_id} has them")
        return recorded

    def _encode(self, task: ExternalTask, key: str, value: Value) -> bytes:
        if not 0 < len(key) <= LONGEST_KEY:
            raise BadRequest(f"Expected a key of 1 to {LONGEST_KEY} characters, but found {len(key)}")
        if (size := estimate_size(value)) > MOST_BYTES:
            raise BadRequest(
                f"Expected a result of at most {MOST_BYTES} bytes, but that of '{key}' has {size}: "
                "record what finds the data again"
            )
        return self._results.encode(task.id, key, value)
