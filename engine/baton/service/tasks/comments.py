"""Comments of people on tasks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from baton.model.errors import BadRequest, NotFound
from baton.model.records import UserTask
from baton.service.core.clock import Clock
from baton.service.core.ids import Ids
from baton.service.tasks.known_tasks import KnownTasks, make_missing_task
from baton.store.comments import Comment, TooManyComments
from baton.store.store import Store

MOST_COMMENTS = 1_000
"""Of one instance."""
LONGEST_COMMENT = 4_000
"""Characters, as in Camunda 7."""


class Comments:
    """They stay when the task is done, and go with its instance. Instances that are out of reach are not there."""

    def __init__(self, store: Store, tasks: KnownTasks, ids: Ids, clock: Clock) -> None:
        self._comments, self._tasks = store.comments, tasks
        self._ids, self._clock = ids, clock

    def list_of_instance(self, instance_id: str) -> list[Comment]:
        """The oldest first. Raises NotFound."""
        return self._comments.list(self._tasks.get_instance(instance_id).id)

    def list_of_task(self, task_id: str) -> list[Comment]:
        """Of an open task, or one that has ended; the oldest first. Raises NotFound."""
        header = self._tasks.find_instance(task_id)
        found = [comment for comment in self._comments.list(header.id) if comment.task_id == task_id]
        if not found:
            self._tasks.require(header, task_id)
        return found

    def find_tasks_with(self, tasks: Sequence[UserTask]) -> set[str]:
        """Which of them, all within reach, have comments: by the ids that are shown of them."""
        instances = list(dict.fromkeys(task.instance_id for task in tasks))
        return self._comments.list_task_ids(instances) if instances else set()

    def add(self, task_id: str, text: str | None, by: str | None, command_id: str | None) -> Comment:
        """Repeated with the same command id it gives the comment that is there. Raises NotFound, BadRequest."""
        header = self._tasks.find_instance(task_id)
        self._tasks.require(header, task_id)
        comment_id = command_id or self._ids.make_command_id()
        if (there := self._comments.get(header.id, comment_id)) is not None:
            return there
        now = self._clock.now()
        comment = Comment(id=comment_id, instance_id=header.id, task_id=task_id, at=now, text=_check_text(text), by=by)
        try:
            if not self._comments.add(comment, MOST_COMMENTS):
                raise make_missing_task(task_id)
        except TooManyComments as error:
            raise BadRequest(
                f"Expected at most {MOST_COMMENTS} comments in one process instance, but {header.id} has them: "
                "delete some first"
            ) from error
        return comment

    def change(self, comment: Comment, text: str | None) -> None:
        """Raises NotFound when it was deleted meanwhile, BadRequest."""
        if not self._comments.change(replace(comment, text=_check_text(text)), self._clock.now()):
            raise NotFound(f"Expected a comment with id '{comment.id}', but there is none any more")

    def remove(self, *comments: Comment) -> None:
        """Some of one instance."""
        if comments:
            self._comments.remove(comments, self._clock.now())


def _check_text(text: str | None) -> str:
    if not text or not text.strip():
        raise BadRequest("Expected a value for the field 'message', but found none")
    if len(text) > LONGEST_COMMENT:
        raise BadRequest(f"Expected a message of at most {LONGEST_COMMENT} characters, but found {len(text)}")
    return text
