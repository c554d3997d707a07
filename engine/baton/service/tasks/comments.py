"""Comments of people on tasks."""

from __future__ import annotations

from dataclasses import replace

from baton.model.errors import BadRequest, NotFound
from baton.model.ids import get_instance_id, parse_record_id
from baton.model.records import InstanceHeader
from baton.service.core.clock import Clock
from baton.service.core.ids import Ids
from baton.service.reads.history.reader import HistoryReader
from baton.service.reads.instance_queries import InstanceQueries
from baton.service.reads.user_tasks import UserTasks
from baton.store.comments import Comment
from baton.store.store import Store

MOST_COMMENTS = 1_000
"""Of one instance."""
LONGEST_COMMENT = 4_000
"""Characters, as in Camunda 7."""


class Comments:
    """They stay when the task is done, and go with its instance. Instances that are out of reach are not there."""

    def __init__(
        self, store: Store, tasks: UserTasks, instances: InstanceQueries, history: HistoryReader, ids: Ids, clock: Clock
    ) -> None:
        self._comments, self._tasks, self._instances, self._history = store.comments, tasks, instances, history
        self._ids, self._clock = ids, clock

    def list_of_instance(self, instance_id: str) -> list[Comment]:
        """The oldest first. Raises NotFound."""
        return self._comments.list(self._instances.get(instance_id).id)

    def list_of_task(self, task_id: str) -> list[Comment]:
        """Of an open task, or one that has ended; the oldest first. Raises NotFound."""
        header = self._find_instance(task_id)
        found = [comment for comment in self._comments.list(header.id) if comment.task_id == task_id]
        if not found:
            self._require(header, task_id)
        return found

    def add(self, task_id: str, text: str | None, by: str | None, command_id: str | None) -> Comment:
        """Repeated with the same command id it gives the comment that is there. Raises NotFound, BadRequest."""
        header = self._find_instance(task_id)
        self._require(header, task_id)
        comment_id = command_id or self._ids.make_command_id()
        if (there := self._comments.get(header.id, comment_id)) is not None:
            return there
        if self._comments.count(header.id) >= MOST_COMMENTS:
            raise BadRequest(
                f"Expected at most {MOST_COMMENTS} comments in one process instance, but {header.id} has them: "
                "delete some first"
            )
        now = self._clock.now()
        comment = Comment(id=comment_id, instance_id=header.id, task_id=task_id, at=now, text=_check_text(text), by=by)
        if not self._comments.put(comment, new=True):
            raise _make_missing(task_id)
        return comment

    def change(self, comment: Comment, text: str | None) -> None:
        """Raises NotFound when it was deleted meanwhile, BadRequest."""
        if not self._comments.put(replace(comment, text=_check_text(text)), new=False):
            raise NotFound(f"Expected a comment with id '{comment.id}', but there is none any more")

    def remove(self, instance_id: str, *comments: Comment) -> None:
        if comments:
            self._comments.remove(instance_id, *(comment.id for comment in comments))

    def _find_instance(self, task_id: str) -> InstanceHeader:
        try:
            return self._instances.get(get_instance_id(task_id))
        except NotFound:
            raise _make_missing(task_id) from None

    def _require(self, header: InstanceHeader, task_id: str) -> None:
        """Raises NotFound for what is no task of the instance, and never was."""
        try:
            self._tasks.get(task_id)
        except NotFound:
            if parse_record_id(task_id) is None or task_id not in self._history.project(header).tasks:
                raise _make_missing(task_id) from None


def _check_text(text: str | None) -> str:
    if not text or not text.strip():
        raise BadRequest("Expected a value for the field 'message', but found none")
    if len(text) > LONGEST_COMMENT:
        raise BadRequest(f"Expected a message of at most {LONGEST_COMMENT} characters, but found {len(text)}")
    return text


def _make_missing(task_id: str) -> NotFound:
    return NotFound(f"Expected a task with id '{task_id}', open or ended, but there is none")
